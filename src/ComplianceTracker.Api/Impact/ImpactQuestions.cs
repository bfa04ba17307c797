using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Obligations.Changes;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Matching;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Impact;

/// <summary>Finds whom a change of law touches: the law with it against the law without it, for every company.</summary>
internal sealed class ImpactQuestions(CompanyPopulation companies, InstrumentCatalogue catalogue, ClockReader clocks, IEventStore store)
{
    private const string OperatesIn = "operates_in";

    /// <summary>The instrument as a whole, against a record that never held it.</summary>
    public async Task<ImpactPage> OfInstrumentAsync(string instrumentId, GivenClocks given, Truth applies, Paging paging, CancellationToken cancellationToken)
    {
        var (asked, position, log) = await ReadAsync(given, paging, cancellationToken);
        var law = catalogue.View(log, asked.KnownOn, position);
        var instrument = Instruments.InstrumentEndpoints.Find(law, instrumentId);
        return await AnswerAsync(
            instrumentId, [..instrument.Counted.Select(c => c.Development.Id)], Without(law, instrumentId), law, asked, position, applies, paging, cancellationToken);
    }

    /// <summary>One development, against a record without it and without what corrects it.</summary>
    public async Task<ImpactPage> OfDevelopmentAsync(string eventId, GivenClocks given, Truth applies, Paging paging, CancellationToken cancellationToken)
    {
        var (asked, position, log) = await ReadAsync(given, paging, cancellationToken);
        var place = Find(log, eventId, position);
        var gone = new HashSet<string>(StringComparer.Ordinal) { place.DevelopmentId };
        foreach (var recorded in log.Instruments[place.InstrumentId].Developments)
        {
            if (recorded.Development.Corrects is { } corrected && gone.Contains(corrected))
            {
                gone.Add(recorded.Development.Id);
            }
        }

        var law = catalogue.View(log, asked.KnownOn, position);
        var without = catalogue.Suppose(log.Without(place.InstrumentId, gone), new HashSet<string>(StringComparer.Ordinal) { place.InstrumentId }, asked.KnownOn, position);
        return await AnswerAsync(place.InstrumentId, [place.DevelopmentId], without, law, asked, position, applies, paging, cancellationToken);
    }

    /// <summary>Developments that have not happened.</summary>
    public async Task<ImpactPage> OfSupposedAsync(
        string instrumentId, IReadOnlyList<Development> developments, GivenClocks given, Truth applies, Paging paging, CancellationToken cancellationToken)
    {
        var (asked, position, log) = await ReadAsync(given, paging, cancellationToken);
        asked = paging.Pinned is null ? asked.Knowing(given, developments) : asked;
        var law = catalogue.View(log, asked.KnownOn, position);
        Instruments.InstrumentEndpoints.Find(law, instrumentId);
        var supposed = catalogue.Law(log, [..developments.Select(d => (instrumentId, d))], asked.KnownOn, position);
        return await AnswerAsync(instrumentId, [..developments.Select(d => d.Id)], law, supposed, asked, position, applies, paging, cancellationToken);
    }

    private async Task<(QuestionClocks Asked, long Position, CatalogueLog Log)> ReadAsync(GivenClocks given, Paging paging, CancellationToken cancellationToken)
    {
        var asked = await clocks.ReadAsync(paging.Pinned is { } pinned ? ObligationEndpoints.Pinned(pinned) : given, null, cancellationToken);
        var position = asked.Position ?? await store.HeadAsync(cancellationToken);
        return (asked, position, await catalogue.ThroughAsync(position, cancellationToken));
    }

    // By the id of the event, as the feed and deliveries name it, or by the development's own where only one instrument has it.
    private static DevelopmentPlace Find(CatalogueLog log, string eventId, long position)
    {
        var found = Guid.TryParse(eventId, out var id)
            ? log.Events.TryGetValue(id, out var place) ? [place] : []
            : log.Events.Values.Where(p => p.DevelopmentId == eventId).OrderByDescending(p => p.Position <= position).ToArray();
        return found switch
        {
            [var only] when only.Position <= position => only,
            [_] => throw new ApiProblem(ProblemTypes.DevelopmentNotFound, $"The development '{eventId}' was not recorded by position {position}."),
            [] => throw new ApiProblem(ProblemTypes.DevelopmentNotFound, $"No development was recorded under '{eventId}'."),
            [var first, var second, ..] when first.Position <= position && second.Position > position => first,
            _ => throw new ApiProblem(ProblemTypes.DevelopmentNotFound, $"Several instruments have a development '{eventId}': name the event by its id, as GET /api/v1/events gives it."),
        };
    }

    private static CatalogueView Without(CatalogueView law, string instrumentId) =>
        new(law.Index, [..law.Instruments.Where(i => i.Identity.Id != instrumentId)]);

    private async Task<ImpactPage> AnswerAsync(
        string instrumentId,
        IReadOnlyList<string> developmentIds,
        CatalogueView before,
        CatalogueView after,
        QuestionClocks asked,
        long position,
        Truth applies,
        Paging paging,
        CancellationToken cancellationToken)
    {
        var changes = before.RuleById.Keys.Union(after.RuleById.Keys, StringComparer.Ordinal)
            .Select(id => new RuleChange(id, before.RuleById.GetValueOrDefault(id)?.Rule, after.RuleById.GetValueOrDefault(id)?.Rule))
            .Where(c => !ReferenceEquals(c.Before, c.After) && (c.Before is null || c.After is null || !LawChanges.SaysTheSame(c.Before.History, c.After.History)))
            .OrderBy(c => c.ObligationId, StringComparer.Ordinal)
            .ToList();
        var recordedAt = paging.PinnedInstant ?? asked.RecordedAt ?? await store.RecordedAtOfAsync(position, cancellationToken);
        var (counts, items, more) = await companies.AskAsync(
            position, after.Index,
            population => Ask(population, changes, after, asked, applies, paging, cancellationToken), cancellationToken);
        return new ImpactPage(
            instrumentId, developmentIds, asked.AsOf, asked.KnownOn, recordedAt, asked.TimeZone, position, [..changes.Select(c => c.ObligationId)], counts, items,
            more ? paging.Cursor(items[^1].CompanyId, $"{asked.AsOf:yyyy-MM-dd} {asked.KnownOn:yyyy-MM-dd} {position} {asked.TimeZone} {recordedAt:O}") : null);
    }

    private static (ImpactCounts Counts, IReadOnlyList<ImpactItem> Items, bool More) Ask(
        Population population, List<RuleChange> changes, CatalogueView after, QuestionClocks asked, Truth applies, Paging paging, CancellationToken cancellationToken)
    {
        var impact = Domain.Matching.Impact.Of(population, changes, id => after.RuleById.GetValueOrDefault(id)?.Rule, asked.AsOf, cancellationToken);
        var own = population.Companies.Where(c => StreamIds.TenantOf(population.IdOf(c)) == StreamIds.DefaultTenant).ToList();
        var touched = own.Where(c => impact.TouchOf(c) != Touch.None).ToList();
        var wanted = applies == Truth.Unknown ? Touch.Undetermined : Touch.Sure;
        var last = paging.After is null ? null : StreamIds.Company(StreamIds.DefaultTenant, paging.After);
        var page = touched
            .Where(c => impact.TouchOf(c) == wanted && (last is null || string.CompareOrdinal(population.IdOf(c), last) > 0))
            .OrderBy(population.IdOf, StringComparer.Ordinal)
            .Take(paging.Limit + 1)
            .ToList();
        var tally = impact.Tally(touched);
        var counts = new ImpactCounts(
            own.Count,
            tally.Sure,
            tally.Undetermined,
            [..tally.Kinds.OrderBy(k => k.Key).Select(k => new KindCount(k.Key, k.Value.Companies, k.Value.Changes))],
            ByJurisdiction(population, touched, asked.AsOf),
            [
                ..tally.MissingFacts.OrderByDescending(f => f.Value).ThenBy(f => f.Key, StringComparer.Ordinal)
                    .Select(f => new FactCount(f.Key, after.Vocabulary.Find(f.Key)!.Description, f.Value)),
            ]);
        return (counts, [..page.Take(paging.Limit).Select(c => Item(population, impact, c, after))], page.Count > paging.Limit);
    }

    private static List<JurisdictionCount> ByJurisdiction(Population population, List<int> touched, DateOnly asOf)
    {
        var rows = touched.ConvertAll(c => population.RowOn(c, asOf));
        return [..population.ValuesOf(OperatesIn)
            .SelectMany(place => new[] { place, place.Split('-')[0] })
            .Distinct(StringComparer.Ordinal)
            .Select(place => (Place: place, Condition.Compile($"{OperatesIn}.covers({new Literal(new Domain.Vocabulary.StringValue(place))})", population.Index).Condition))
            .Where(p => p.Condition is not null)
            .Select(p => (p.Place, Bits: population.Match(p.Condition!)))
            .Select(p => new JurisdictionCount(p.Place, rows.Count(row => p.Bits.At(row) == Truth.Yes)))
            .Where(p => p.Companies > 0)
            .OrderByDescending(p => p.Companies).ThenBy(p => p.Jurisdiction, StringComparer.Ordinal)];
    }

    private static ImpactItem Item(Population population, Domain.Matching.Impact impact, int company, CatalogueView after)
    {
        var changes = impact.For(company);
        return new ImpactItem(
            StreamIds.IdOf(population.IdOf(company)),
            population.NameOf(company),
            impact.TouchOf(company) == Touch.Sure ? Truth.Yes : Truth.Unknown,
            [..changes.Select(c => DifferenceBody.For(c, after))],
            [..changes.SelectMany(c => c.After?.MissingFacts ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }
}
