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

    /// <summary>
    /// Why there is no answer although facts are known (a division by zero, say); null unless <see cref="Result"/> is
    /// <see cref="Truth.Unknown"/>. The missing facts are then those that the failed part reads: their values need another look.
    /// </summary>
    public EvaluationError? Error { get; init; }

    /// <summary>Compares result, missing facts and error.</summary>
    public bool Equals(Evaluation? other) =>
        other is not null && Result == other.Result && MissingFacts.SequenceEqual(other.MissingFacts) && Error == other.Error;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Result, MissingFacts.Length);
}

/// <summary>Where and why an evaluation failed.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column in its line, from 1, counted in UTF-16 code units.</param>
/// <param name="Message">What went wrong, in one sentence.</param>
public sealed record EvaluationError(int Line, int Column, string Message);
