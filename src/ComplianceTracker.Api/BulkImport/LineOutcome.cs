using ComplianceTracker.Api.Problems;

namespace ComplianceTracker.Api.BulkImport;

/// <summary>What became of a line.</summary>
/// <param name="Line">The line.</param>
/// <param name="Kind">What became of it.</param>
/// <param name="Position">The log position of the company's newest event; 0 where the line was refused.</param>
/// <param name="Problem">Why it was refused, or null.</param>
internal sealed record LineOutcome(ProfileLine Line, OutcomeKind Kind, long Position, ApiProblem? Problem)
{
    /// <summary>A line that was refused.</summary>
    public static LineOutcome Refused(ProfileLine line, ApiProblem problem) => new(line, OutcomeKind.Refused, 0, problem);
}

/// <summary>What can become of a line.</summary>
internal enum OutcomeKind
{
    /// <summary>The company is new.</summary>
    Registered,

    /// <summary>The company had another profile.</summary>
    Replaced,

    /// <summary>The company was on record so.</summary>
    Unchanged,

    /// <summary>Nothing was recorded.</summary>
    Refused,
}
