using System.Collections.Immutable;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Consequences;

namespace ComplianceTracker.Api.Consequences;

/// <summary>The law at a position of the log and an instant: each obligation on the date of its jurisdiction, as known there on that date.</summary>
internal sealed class World
{
    private readonly Dictionary<string, TodaysRule> rules;

    private World(DateTimeOffset instant, Dictionary<string, TodaysRule> rules) => (Instant, this.rules) = (instant, rules);

    /// <summary>The instant.</summary>
    public DateTimeOffset Instant { get; }

    /// <summary>Every obligation.</summary>
    public IEnumerable<KeyValuePair<string, TodaysRule>> Rules => rules;

    /// <summary>The obligation, or null: nothing public carries it.</summary>
    public TodaysRule? Find(string obligationId) => rules.GetValueOrDefault(obligationId);

    /// <summary>The law at the position and the instant.</summary>
    public static World Of(InstrumentCatalogue catalogue, CatalogueLog log, long position, DateTimeOffset instant)
    {
        // At one moment there are three dates on earth at most, and as a rule two.
        var dates = new Dictionary<TimeZoneInfo, DateOnly>();
        foreach (var record in log.Instruments.Values.Where(r => r.RegisteredAt <= position))
        {
            DateIn(TimeZones.Of(record.Identity.Jurisdiction));
        }

        var rules = new Dictionary<string, TodaysRule>(StringComparer.Ordinal);
        foreach (var today in dates.Values.Distinct().Order().ToList())
        {
            var view = catalogue.View(log, today, position);
            foreach (var rule in view.Rules)
            {
                if (TimeZones.Of(rule.History.Instrument.Jurisdiction) is var zone && DateIn(zone) == today)
                {
                    rules.TryAdd(rule.History.ObligationId, new TodaysRule(rule, today, zone, view));
                }
            }
        }

        return new World(instant, rules);

        DateOnly DateIn(TimeZoneInfo zone) => dates.TryGetValue(zone, out var date) ? date : dates[zone] = TimeZones.DateIn(zone, instant);
    }

    /// <summary>The obligations for which some company's answer may differ from that in the earlier world, whatever the company's own days.</summary>
    /// <param name="before">The earlier world.</param>
    /// <param name="leadTimes">How long before a day somebody wants to be told.</param>
    public ImmutableArray<string> DifferingFrom(World before, IReadOnlyCollection<CalendarOffset> leadTimes)
    {
        if (ReferenceEquals(this, before))
        {
            return [];
        }

        return [..rules
            .Where(r => before.Find(r.Key) is not { } was || Differs(was, r.Value, leadTimes))
            .Select(r => r.Key)
            .Concat(before.rules.Keys.Where(id => !rules.ContainsKey(id)))];
    }

    private static bool Differs(TodaysRule was, TodaysRule now, IReadOnlyCollection<CalendarOffset> leadTimes) =>
        (!ReferenceEquals(was.Rule, now.Rule) && (was.Rule.Signature != now.Rule.Signature || !LawChanges.SaysTheSame(was.Rule.History, now.Rule.History)))
        || (was.Today != now.Today && LawChanges.ADayArrives(now.Rule.History, was.Today, now.Today, leadTimes));
}

/// <summary>An obligation on the date of its jurisdiction.</summary>
/// <param name="Rule">The obligation as known on that date.</param>
/// <param name="Today">The date.</param>
/// <param name="Zone">The zone whose date it is.</param>
/// <param name="View">The law of which it is part.</param>
internal sealed record TodaysRule(RuleView Rule, DateOnly Today, TimeZoneInfo Zone, CatalogueView View);

/// <summary>The worlds that one batch of events is held against; the same are built once.</summary>
internal sealed class Worlds(InstrumentCatalogue catalogue, CatalogueLog log)
{
    // As a rule one event's law is the next one's law before it.
    private const int Most = 16;

    private readonly Dictionary<(int Changes, DateTimeOffset Instant), World> known = [];

    /// <summary>The law at the position and the instant.</summary>
    public World At(long position, DateTimeOffset instant)
    {
        var at = log.Positions.BinarySearch(position);
        var changes = at >= 0 ? at + 1 : ~at;
        if (!known.TryGetValue((changes, instant), out var world))
        {
            if (known.Count >= Most)
            {
                known.Clear();
            }

            known[(changes, instant)] = world = World.Of(catalogue, log, position, instant);
        }

        return world;
    }
}
