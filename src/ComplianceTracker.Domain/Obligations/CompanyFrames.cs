using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Conditions;

namespace ComplianceTracker.Domain.Obligations;

/// <summary>
/// The facts of one company by day, laid out for evaluation: one frame for each run of days in which no fact changes, shared
/// by all rules. Not safe to share between threads.
/// </summary>
public sealed class CompanyFrames
{
    private readonly FactIndex index;
    private readonly ImmutableArray<DateOnly> bounds;
    private readonly Dictionary<string, FactTimeline> dated;
    private readonly FactFrame?[] frames;

    /// <summary>Prepares the company's facts for conditions compiled against the index.</summary>
    public CompanyFrames(CompanyProfile company, FactIndex index)
    {
        Company = company;
        this.index = index;
        dated = company.Facts
            .Where(f => f.Value.Pieces.Any(p => p.Days != Days.Always))
            .ToDictionary(f => f.Key, f => f.Value, StringComparer.Ordinal);
        bounds = [..dated.Values.SelectMany(BoundsOf).Distinct().Order()];
        frames = new FactFrame?[bounds.Length + 1];
    }

    /// <summary>The company.</summary>
    public CompanyProfile Company { get; }

    /// <summary>The days on which the value of the fact may change.</summary>
    internal IEnumerable<DateOnly> BoundsOf(string fact) => dated.TryGetValue(fact, out var timeline) ? BoundsOf(timeline) : [];

    /// <summary>The facts on the day.</summary>
    public FactFrame On(DateOnly day)
    {
        var found = bounds.BinarySearch(day);
        var run = found >= 0 ? found + 1 : ~found;
        return frames[run] ??= FactFrame.Of(index, Company.Facts.Select(f => KeyValuePair.Create(f.Key, f.Value.ValueOn(day))));
    }

    private static IEnumerable<DateOnly> BoundsOf(FactTimeline timeline) =>
        timeline.Pieces.SelectMany(p => new[] { p.Days.From, p.Days.To }).OfType<DateOnly>();
}
