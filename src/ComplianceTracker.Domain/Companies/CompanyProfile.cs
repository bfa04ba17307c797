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

    /// <summary>True when the other has the same name, time zone and facts; a set declared under another vocabulary says the same.</summary>
    public bool SaysTheSameAs(CompanyProfile other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Name == other.Name && TimeZone == other.TimeZone && Facts.Keys.SequenceEqual(other.Facts.Keys, StringComparer.Ordinal)
            && Facts.All(f => f.Value.SaysTheSameAs(other.Facts[f.Key]));
    }

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
