using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Acceptance;

/// <summary>
/// One obligation as the net record writes it, and what follows from that on two days. It knows nothing of developments or effects:
/// an oracle for the fold that works on these.
/// </summary>
internal sealed class NetObligation(JsonObject net)
{
    private readonly DateOnly? proposedFrom = Corpus.MaybeDay(net["proposedFrom"]);
    private readonly DateOnly? lapsedOn = Corpus.MaybeDay(net["lapsedOn"]);
    private readonly DateOnly? publicEnactment = Corpus.MaybeDay(net["enactedOn"]);
    private readonly DateOnly? officialEnactment = Corpus.MaybeDay(net["enactedDate"] ?? net["enactedOn"]);
    private readonly DateOnly? effectiveFrom = Corpus.MaybeDay(net["effectiveFrom"]);
    private readonly DateOnly? effectiveTo = Corpus.MaybeDay(net["effectiveTo"]);
    private readonly List<(DateOnly SetOn, DateOnly? Day, DateOnly? LatestBy)> starts = History(net, "effectiveFrom");
    private readonly List<(DateOnly SetOn, DateOnly? Day, DateOnly? LatestBy)> ends = History(net, "effectiveTo");
    private readonly List<Window> suspensions = Windows(net, "suspensions");
    private readonly List<Window> pauses = Windows(net, "enforcementPauses");
    private readonly List<(DateOnly From, DateOnly? SetOn, string Condition)> conditions = Conditions(net);

    public string Id { get; } = (string)net["id"]!;

    /// <summary>The date fact of a start relative to it, or null.</summary>
    public string? RelativeFact { get; } = (string?)net["effectiveFromRelative"]?["fact"];

    /// <summary>Every day that the record names.</summary>
    public IEnumerable<DateOnly> Days { get; } = DaysIn(net).Distinct().ToList();

    /// <summary>The first day it can start for a company whose fact has that day.</summary>
    public DateOnly Relative(DateOnly fact)
    {
        var offset = (string)net["effectiveFromRelative"]!["offset"]!;
        var count = int.Parse(offset[1..^1]);
        return offset[^1] switch
        {
            'M' => fact.AddMonths(count),
            'Y' => fact.AddYears(count),
            'D' => fact.AddDays(count),
            _ => throw new NotSupportedException(offset),
        };
    }

    /// <summary>What the record says of it, or null: nothing public carries it.</summary>
    /// <param name="asOf">The legal day.</param>
    /// <param name="knownOn">What was public by then counts.</param>
    /// <param name="earliest">The company's own earliest start, or null.</param>
    public NetAnswer? On(DateOnly asOf, DateOnly knownOn, DateOnly? earliest = null)
    {
        var (start, latestBy) = StartKnownOn(knownOn);
        if (start < earliest)
        {
            start = earliest;
        }

        var end = ends.Count > 0 ? ends.LastOrDefault(e => e.SetOn <= knownOn).Day : effectiveTo <= knownOn ? effectiveTo : null;
        var stage =
            !(proposedFrom <= knownOn) && !(publicEnactment <= knownOn) ? null
            : end <= asOf ? "ended"
            : suspensions.Any(w => w.Holds(asOf, knownOn)) ? "suspended"
            : start <= asOf ? "in-force"
            : publicEnactment <= knownOn && officialEnactment <= asOf ? "upcoming"
            : lapsedOn <= knownOn && lapsedOn <= asOf ? "lapsed"
            : proposedFrom <= knownOn && proposedFrom <= asOf ? "proposed"
            : null;
        return stage is null ? null : new NetAnswer(
            stage,
            end <= start ? null : start,
            end,
            start is null ? latestBy : null,
            stage == "suspended" ? FreeFrom(asOf, knownOn) : null,
            stage == "in-force" && pauses.Any(w => w.Holds(asOf, knownOn)),
            ConditionOn(asOf, knownOn));
    }

    private (DateOnly? Start, DateOnly? LatestBy) StartKnownOn(DateOnly knownOn)
    {
        if (starts.Count == 0)
        {
            return (publicEnactment <= knownOn ? effectiveFrom : null, null);
        }

        var last = starts.LastOrDefault(s => s.SetOn <= knownOn);
        return (last.Day, last.LatestBy);
    }

    private DateOnly? FreeFrom(DateOnly day, DateOnly knownOn)
    {
        DateOnly? free = day;
        while (free is { } d && suspensions.FirstOrDefault(w => w.Holds(d, knownOn)) is { } window)
        {
            free = window.ToKnownOn(knownOn);
        }

        return free;
    }

    private string ConditionOn(DateOnly asOf, DateOnly knownOn)
    {
        var known = conditions.Where((c, i) => i == 0 || c.SetOn is null || c.SetOn <= knownOn).ToList();
        return known.LastOrDefault(c => c.From <= asOf, known[0]).Condition;
    }

    private static List<(DateOnly SetOn, DateOnly? Day, DateOnly? LatestBy)> History(JsonObject net, string name) =>
        [..(net[name + "History"]?.AsArray() ?? []).Select(e => (Corpus.Day(e!["setOn"]!), Corpus.MaybeDay(e[name]), Corpus.MaybeDay(e["latestBy"])))];

    private static List<Window> Windows(JsonObject net, string name) =>
        [..(net[name]?.AsArray() ?? []).Select(w => new Window(
            Corpus.Day(w!["from"]!),
            Corpus.MaybeDay(w["to"]),
            Corpus.Day((w["setOn"] ?? w["from"])!),
            Corpus.MaybeDay(w["toSetOn"] ?? w["to"])))];

    private static List<(DateOnly From, DateOnly? SetOn, string Condition)> Conditions(JsonObject net) => net["applicabilityHistory"] is JsonArray history
        ? [..history.Select(h => (Corpus.Day(h!["from"]!), Corpus.MaybeDay(h["setOn"]), (string)h["applicability"]!))]
        : [(DateOnly.MinValue, null, (string)net["applicability"]!)];

    private static IEnumerable<DateOnly> DaysIn(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(p => DaysIn(p.Value)),
        JsonArray a => a.SelectMany(DaysIn),
        JsonValue v when v.TryGetValue<string>(out var text) && DateOnly.TryParseExact(text, "yyyy-MM-dd", out var day) => [day],
        _ => [],
    };

    private sealed record Window(DateOnly From, DateOnly? To, DateOnly SetOn, DateOnly? ToSetOn)
    {
        public bool Holds(DateOnly day, DateOnly knownOn) => SetOn <= knownOn && From <= day && !(ToKnownOn(knownOn) <= day);

        public DateOnly? ToKnownOn(DateOnly knownOn) => ToSetOn <= knownOn ? To : null;
    }
}

/// <summary>What the net record says of an obligation on two days.</summary>
internal sealed record NetAnswer(
    string Stage, DateOnly? From, DateOnly? To, DateOnly? FromLatest, DateOnly? SuspendedUntil, bool EnforcementPaused, string Condition);
