using System.Collections.Immutable;

namespace ComplianceTracker.Api.Importing;

/// <summary>What became of an import.</summary>
/// <param name="Files">What became of each file, in the order of import.</param>
internal sealed record ImportReport(ImmutableArray<FileResult> Files)
{
    /// <summary>How many events were added.</summary>
    public int Added => Files.Sum(f => f.Added);

    /// <summary>The files that were refused.</summary>
    public IEnumerable<FileResult> Refused => Files.Where(f => f.Refusal is not null);

    /// <summary>What differs from the record and was left as the record has it.</summary>
    public IEnumerable<(string File, string Difference)> Differences => Files.SelectMany(f => f.Differences.Select(d => (f.File, d)));

    /// <summary>0: everything is on record as the files have it; 1: something was refused; 2: nothing was refused but something differs.</summary>
    public int ExitCode => Refused.Any() ? 1 : Differences.Any() ? 2 : 0;
}

/// <summary>What became of one file.</summary>
/// <param name="File">The file, relative to the folder.</param>
/// <param name="Added">How many events it added.</param>
/// <param name="Refusal">Why it was refused whole, with the place in the file; or null.</param>
/// <param name="Differences">What the record holds differently; nothing of it was changed.</param>
/// <param name="Position">The log position after it.</param>
internal sealed record FileResult(string File, int Added, string? Refusal, ImmutableArray<string> Differences, long Position);
