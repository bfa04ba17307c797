using System.Diagnostics.CodeAnalysis;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>A compiled condition or the reason why there is none: exactly one of the two.</summary>
/// <param name="Condition">The condition, or null.</param>
/// <param name="Error">The first error of the text, or null.</param>
public sealed record ConditionResult(Condition? Condition, ConditionError? Error)
{
    /// <summary>True when the text is a condition.</summary>
    [MemberNotNullWhen(true, nameof(Condition))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsValid => Condition is not null;
}
