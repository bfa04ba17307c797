using System.Collections.Immutable;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Explanations;

/// <summary>A change of facts with which the answer would be another.</summary>
/// <param name="Changes">What would change, by fact.</param>
/// <param name="Becomes">The status it would have.</param>
public sealed record Counterfactual(ImmutableArray<FactChange> Changes, Status Becomes)
{
    /// <summary>Compares by content.</summary>
    public bool Equals(Counterfactual? other) => other is not null && Becomes == other.Becomes && Changes.SequenceEqual(other.Changes);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Becomes, Changes.Length);
}

/// <summary>One fact with another value.</summary>
/// <param name="Fact">The fact.</param>
/// <param name="From">Its value, or null: unknown.</param>
/// <param name="To">The nearest value that helps to change the answer.</param>
/// <param name="Range">For numbers and days: all values around <paramref name="To"/> that do, the rest unchanged; otherwise null.</param>
public sealed record FactChange(string Fact, FactValue? From, FactValue To, ValueRange? Range);

/// <summary>A run of numbers or days, each end named as the condition writes it; at most one of each pair is there.</summary>
/// <param name="AtLeast">The first value, included.</param>
/// <param name="MoreThan">The value above which it begins, not included.</param>
/// <param name="AtMost">The last value, included.</param>
/// <param name="Below">The value below which it ends, not included.</param>
public sealed record ValueRange(FactValue? AtLeast, FactValue? MoreThan, FactValue? AtMost, FactValue? Below);
