using System.Collections.Immutable;

namespace ComplianceTracker.Domain.Instruments;

/// <summary>
/// A development as one question counts it: with what the latest correction says in the place of what was recorded first.
/// </summary>
/// <param name="Development">The development under the original's id, with dates, kind and effects as corrected.</param>
/// <param name="Position">Where the log holds the record that counts: the correction, where there is one.</param>
/// <param name="RecordedAt">When that record was made, UTC.</param>
/// <param name="CorrectedBy">The id of the correction that counts, or null.</param>
public sealed record CountedDevelopment(Development Development, long Position, DateTimeOffset RecordedAt, string? CorrectedBy);

/// <summary>Which developments count for a question, and in which order. The order of recording never matters.</summary>
public static class Counting
{
    /// <summary>
    /// The developments recorded at or before the position and public on or before the day, corrections in the place of
    /// what they correct, ordered by date, then order, then id. Only the position hides a correction: what was wrong in the
    /// record was never news.
    /// </summary>
    /// <param name="all">The instrument's developments in any order, corrections among them.</param>
    /// <param name="knownOn">The last public day that counts.</param>
    /// <param name="position">The last log position that counts.</param>
    public static ImmutableArray<CountedDevelopment> Count(IEnumerable<RecordedDevelopment> all, DateOnly knownOn, long position)
    {
        var recorded = all.Where(r => r.Position <= position).ToList();
        var byId = recorded.ToDictionary(r => r.Development.Id, StringComparer.Ordinal);
        var corrections = recorded
            .Where(r => r.Development.Kind == DevelopmentKind.Corrected)
            .Select(r => (Correction: r, Chain: ChainOf(r, byId)))
            .GroupBy(c => c.Chain[^1].Development.Id, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, Ordered, StringComparer.Ordinal);

        return [..recorded
            .Where(r => r.Development.Kind != DevelopmentKind.Corrected)
            .Select(r => corrections.TryGetValue(r.Development.Id, out var later) ? Corrected(r, later) : AsRecorded(r))
            .Where(c => c.Development.PublicDay <= knownOn)
            .OrderBy(c => c.Development.Date)
            .ThenBy(c => c.Development.Order)
            .ThenBy(c => c.Development.Id, StringComparer.Ordinal)];
    }

    private static CountedDevelopment AsRecorded(RecordedDevelopment r) => new(r.Development, r.Position, r.RecordedAt, null);

    // The latest counts; but never what was corrected before its own correction, however their days stand.
    private static List<RecordedDevelopment> Ordered(IEnumerable<(RecordedDevelopment Correction, List<RecordedDevelopment> Chain)> corrections) =>
        [..corrections
            .OrderBy(c => c.Chain.Where(r => r.Development.Kind == DevelopmentKind.Corrected).Max(r => r.Development.Date))
            .ThenBy(c => c.Chain.Count)
            .ThenBy(c => c.Correction.Development.Order)
            .ThenBy(c => c.Correction.Development.Id, StringComparer.Ordinal)
            .Select(c => c.Correction)];

    // From the correction over those it corrects to the original. It ends, because nothing can name what is not recorded yet.
    private static List<RecordedDevelopment> ChainOf(RecordedDevelopment correction, Dictionary<string, RecordedDevelopment> byId)
    {
        List<RecordedDevelopment> chain = [correction];
        while (chain[^1].Development.Corrects is { } earlier && byId.TryGetValue(earlier, out var corrected))
        {
            chain.Add(corrected);
        }

        return chain;
    }

    private static CountedDevelopment Corrected(RecordedDevelopment original, List<RecordedDevelopment> corrections)
    {
        var development = original.Development;
        foreach (var restated in corrections.Select(c => c.Development.Restated).OfType<Restatement>())
        {
            development = development with
            {
                Kind = restated.Kind ?? development.Kind,
                Date = restated.Date ?? development.Date,
                PublicOn = restated.PublicOn ?? development.PublicOn,
                Order = restated.Order ?? development.Order,
                Scope = restated.Scope ?? development.Scope,
            };
        }

        var last = corrections[^1];
        var content = last.Development;
        return new(
            development with
            {
                Note = content.Note,
                Source = content.Source,
                Confidence = content.Confidence,
                CausedBy = content.CausedBy ?? development.CausedBy,
                Effects = content.Effects,
            },
            last.Position,
            last.RecordedAt,
            content.Id);
    }
}
