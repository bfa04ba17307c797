using System.Collections.Immutable;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Companies;

/// <summary>A company as its events tell it: what obligations are computed for.</summary>
/// <param name="Id">A slug, unique within the tenant.</param>
/// <param name="Name">The name people use.</param>
/// <param name="TimeZone">IANA time zone whose today is the default day of its questions, or null: UTC.</param>
/// <param name="Facts">What it declared, by fact name, ordinal. Facts without a declaration are unknown.</param>
/// <param name="IsArchived">True once it takes no more changes.</param>
public sealed record CompanyProfile(
    string Id,
    string Name,
    string? TimeZone,
    ImmutableSortedDictionary<string, FactTimeline> Facts,
    bool IsArchived)
{
    /// <summary>No facts.</summary>
    public static ImmutableSortedDictionary<string, FactTimeline> NoFacts { get; } =
        ImmutableSortedDictionary.Create<string, FactTimeline>(StringComparer.Ordinal);

    /// <summary>What was declared of the fact.</summary>
    public FactTimeline FactOf(string name) => Facts.GetValueOrDefault(name, FactTimeline.Empty);

    /// <summary>The value of the fact on the day, or null: unknown.</summary>
    public FactValue? ValueOn(string name, DateOnly day) => FactOf(name).ValueOn(day);

    /// <summary>The facts after the declarations, the later overriding the earlier.</summary>
    public static ImmutableSortedDictionary<string, FactTimeline> Declare(
        ImmutableSortedDictionary<string, FactTimeline> facts, IEnumerable<FactDeclaration> declarations)
    {
        var all = facts.ToBuilder();
        foreach (var declared in declarations)
        {
            all[declared.Fact] = all.GetValueOrDefault(declared.Fact, FactTimeline.Empty).Declare(declared.Days, declared.Value);
        }

        return all.ToImmutable();
    }
}
