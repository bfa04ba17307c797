using System.Collections.Immutable;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Domain.Consequences;

/// <summary>What one step changed in the answer for one obligation of a company, before it is put into words.</summary>
/// <param name="Kind">What changed.</param>
/// <param name="ObligationId">The obligation.</param>
/// <param name="Before">The answer before, or null.</param>
/// <param name="After">The answer since, or null.</param>
/// <param name="ReplacedBy">Of a replacement, the answers for the obligations that take the place; otherwise empty.</param>
/// <param name="Changes">The members of the answer that differ, in the API's names; empty when there is no answer before or since.</param>
/// <param name="Approaching">The day that approaches, where that is the news; otherwise null.</param>
public sealed record Consequence(
    ConsequenceKind Kind,
    string ObligationId,
    ObligationAnswer? Before,
    ObligationAnswer? After,
    ImmutableArray<ObligationAnswer> ReplacedBy,
    ImmutableArray<string> Changes,
    ApproachingDay? Approaching);

/// <summary>The answer for one obligation of a company before and after a step.</summary>
/// <param name="ObligationId">The obligation.</param>
/// <param name="Before">The answer before, or null: nothing counted carried the rule, or the company was not registered.</param>
/// <param name="After">The answer after, or null.</param>
public sealed record AnswerChange(string ObligationId, ObligationAnswer? Before, ObligationAnswer? After);
