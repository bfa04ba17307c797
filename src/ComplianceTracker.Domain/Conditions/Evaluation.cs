using System.Collections.Immutable;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>What a condition says of a company.</summary>
/// <param name="Result">Whether the condition holds.</param>
/// <param name="MissingFacts">
/// The unknown facts read by operands that no other operand decides, by ordinal; never empty when the result is
/// <see cref="Truth.Unknown"/>, empty otherwise. A known set is missing too where it leaves the question open.
/// </param>
public sealed record Evaluation(Truth Result, ImmutableArray<string> MissingFacts)
{
    internal static Evaluation Yes { get; } = new(Truth.Yes, []);

    internal static Evaluation No { get; } = new(Truth.No, []);

    /// <summary>Compares result and missing facts.</summary>
    public bool Equals(Evaluation? other) =>
        other is not null && Result == other.Result && MissingFacts.SequenceEqual(other.MissingFacts);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Result, MissingFacts.Length);
}
