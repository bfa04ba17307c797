using System.Collections.Immutable;
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
    private readonly FactFrame?[] frames;

    /// <summary>Prepares the company's facts for conditions compiled against the index.</summary>
    public CompanyFrames(CompanyProfile company, FactIndex index)
    {
        Company = company;
        this.index = index;
        bounds = [..company.Facts.Values
            .SelectMany(f => f.Pieces)
            .SelectMany(p => new[] { p.Days.From, p.Days.To })
            .OfType<DateOnly>()
            .Distinct()
            .Order()];
        frames = new FactFrame?[bounds.Length + 1];
    }

    /// <summary>The company.</summary>
    public CompanyProfile Company { get; }

    /// <summary>The facts on the day.</summary>
    public FactFrame On(DateOnly day)
    {
        var found = bounds.BinarySearch(day);
        var run = found >= 0 ? found + 1 : ~found;
        return frames[run] ??= FactFrame.Of(index, Company.Facts.Select(f => KeyValuePair.Create(f.Key, f.Value.ValueOn(day))));
    }
}
