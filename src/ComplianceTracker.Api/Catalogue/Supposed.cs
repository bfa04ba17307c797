using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Domain.Instruments;

namespace ComplianceTracker.Api.Catalogue;

/// <summary>Law with developments that have not happened. They are held against the record as if they were to be recorded, and leave no trace in it.</summary>
internal static class Supposed
{
    /// <summary>The most developments that one question supposes.</summary>
    public const int Most = 100;

    /// <summary>The law as counted with the developments.</summary>
    /// <param name="catalogue">The catalogue.</param>
    /// <param name="log">The record.</param>
    /// <param name="developments">The instruments and what is supposed to happen to them, in order.</param>
    /// <param name="knownOn">The public day.</param>
    /// <param name="position">The position up to which the record counts.</param>
    /// <exception cref="ApiProblem">One of them could not happen; the problem points at it.</exception>
    public static CatalogueView Law(
        this InstrumentCatalogue catalogue, CatalogueLog log, IReadOnlyList<(string InstrumentId, Development Development)> developments, DateOnly knownOn, long position)
    {
        if (developments.Count > Most)
        {
            throw new ApiProblem(ProblemTypes.LimitExceeded, $"At most {Most} developments are supposed at once; these are {developments.Count}.") { Pointer = "/developments" };
        }

        var supposed = log;
        for (var i = 0; i < developments.Count; i++)
        {
            var (instrumentId, development) = developments[i];
            if (Decide(catalogue, log, supposed, instrumentId, development, position) is { } rejection)
            {
                var problem = ApiProblem.Of(rejection);
                throw problem.Pointer is null && problem.Type == ProblemTypes.InstrumentNotFound
                    ? new ApiProblem(ProblemTypes.InvalidBody, $"No instrument is registered as '{instrumentId}' by then.") { Pointer = $"/developments/{i}/instrumentId" }
                    : problem.At($"/developments/{i}");
            }

            supposed = supposed.With(new DevelopmentRecorded(development), Guid.Empty, position, DateTimeOffset.UnixEpoch, instrumentId);
        }

        return catalogue.Suppose(supposed, developments.Select(d => d.InstrumentId).ToHashSet(StringComparer.Ordinal), knownOn, position);
    }

    /// <summary>
    /// The clocks of a question that supposes something: where it names no public day, everything supposed is public.
    /// </summary>
    public static QuestionClocks Knowing(this QuestionClocks asked, GivenClocks given, IEnumerable<Development> supposed) => given.KnownOn is not null
        ? asked
        : asked with { KnownOn = supposed.Select(d => d.PublicDay).Append(asked.KnownOn).Max() };

    private static Domain.Common.Rejection? Decide(
        InstrumentCatalogue catalogue, CatalogueLog recorded, CatalogueLog supposed, string instrumentId, Development development, long position)
    {
        var record = supposed.Instruments.GetValueOrDefault(instrumentId) is { } found && found.RegisteredAt <= position ? found : null;
        var state = record is null ? null : record.Developments
            .Where(d => d.Position <= position)
            .Select(d => (InstrumentEvent)new DevelopmentRecorded(d.Development))
            .Aggregate(InstrumentDecider.Evolve(null, new InstrumentRegistered(record.Identity)), InstrumentDecider.Evolve);

        return InstrumentDecider.Decide(
            state, new RecordDevelopment(development),
            new InstrumentContext(recorded.VocabularyAt(position), id => supposed.OwnerOf(id, instrumentId, Law))).Rejection;

        // Nothing of what is only supposed may be kept by the catalogue.
        CatalogueView Law() => ReferenceEquals(recorded, supposed)
            ? catalogue.View(recorded, DateOnly.MaxValue, position)
            : catalogue.Suppose(supposed, Touched(recorded, supposed), DateOnly.MaxValue, position);
    }

    private static HashSet<string> Touched(CatalogueLog recorded, CatalogueLog supposed) =>
        [..supposed.Instruments.Where(i => !ReferenceEquals(i.Value, recorded.Instruments.GetValueOrDefault(i.Key))).Select(i => i.Key)];
}
