using System.Text.Json;
using ComplianceTracker.Api.Companies;
using ComplianceTracker.Api.Problems;

namespace ComplianceTracker.Api.BulkImport;

/// <summary>One line of an import in JSON Lines: a company with its whole profile.</summary>
public sealed record CompanyLineBody
{
    /// <summary>The company's id, a slug.</summary>
    public required string Id { get; init; }

    /// <summary>The name people use.</summary>
    public required string Name { get; init; }

    /// <summary>IANA time zone whose today is the default day of its questions; left out: UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Facts by name, holding always; null and left out mean unknown.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Facts { get; init; }

    /// <summary>Facts that hold from a day on; the later override the earlier.</summary>
    public IReadOnlyList<CompanyChangeBody>? Changes { get; init; }
}

/// <summary>What became of an import.</summary>
/// <param name="Lines">How many companies the import had; blank lines and the header of CSV are none.</param>
/// <param name="Registered">How many of them are new.</param>
/// <param name="Replaced">How many had another profile, which was replaced.</param>
/// <param name="Unchanged">How many were on record with the same profile.</param>
/// <param name="Refused">How many were refused; nothing of theirs was recorded.</param>
/// <param name="Problems">Why, in the order of the lines; the first thousand.</param>
/// <param name="MoreProblems">True when there were more than are shown.</param>
/// <param name="Position">The log position of everything imported; give it as <c>minPosition</c> to read it.</param>
public sealed record CompanyImportReport(
    long Lines,
    long Registered,
    long Replaced,
    long Unchanged,
    long Refused,
    IReadOnlyList<LineProblem> Problems,
    bool MoreProblems,
    long Position);

/// <summary>Why a line was refused.</summary>
/// <param name="Line">The line's number in the whole, from 1.</param>
/// <param name="Id">The company's id; null where it could not be read.</param>
/// <param name="Problem">What was wrong and what would be right.</param>
public sealed record LineProblem(long Line, string? Id, ProblemBody Problem);
