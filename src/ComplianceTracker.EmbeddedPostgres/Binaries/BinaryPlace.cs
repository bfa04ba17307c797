using System.Globalization;

namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>A place where a machine may keep PostgreSQL's programs.</summary>
/// <param name="Name">What the place is called in messages, for example <c>Debian</c>.</param>
/// <param name="Pattern">
/// The absolute path of the directory of the programs; one segment may hold a <c>*</c>, which stands for any text.
/// </param>
public sealed record BinaryPlace(string Name, string Pattern)
{
    /// <summary>
    /// The usual places in the order in which they are tried: the directories of <paramref name="searchPath"/>, then
    /// where the packages of Debian, Red Hat, Homebrew, Postgres.app and the Windows installer put them.
    /// </summary>
    /// <param name="searchPath">A <c>PATH</c> as in the environment; null for none.</param>
    public static IReadOnlyList<BinaryPlace> Usual(string? searchPath)
    {
        var places = (searchPath ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathFullyQualified)
            .Select(directory => new BinaryPlace("PATH", directory));
        return [.. places, .. OperatingSystem.IsWindows() ? WindowsPlaces() : UnixPlaces()];
    }

    /// <summary>The directories of this place that hold the programs, the highest version number in the path first.</summary>
    internal IEnumerable<string> Directories()
    {
        var star = Pattern.IndexOf('*', StringComparison.Ordinal);
        if (star < 0)
        {
            return PostgresBinaries.AreIn(Pattern) ? [Pattern] : [];
        }

        var before = Pattern.LastIndexOf(Path.DirectorySeparatorChar, star);
        var after = Pattern.IndexOf(Path.DirectorySeparatorChar, star);
        var parent = Pattern[..Math.Max(before, 1)];
        var segment = after < 0 ? Pattern[(before + 1)..] : Pattern[(before + 1)..after];
        var rest = after < 0 ? "" : Pattern[(after + 1)..];
        return Subdirectories(parent, segment)
            .OrderByDescending(Number)
            .Select(directory => Path.Combine(directory, rest))
            .Where(PostgresBinaries.AreIn);
    }

    private static BinaryPlace[] UnixPlaces() =>
    [
        new("Debian", "/usr/lib/postgresql/*/bin"),
        new("Red Hat", "/usr/pgsql-*/bin"),
        new("Homebrew", "/opt/homebrew/opt/postgresql*/bin"),
        new("Homebrew", "/usr/local/opt/postgresql*/bin"),
        new("Homebrew", "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin"),
        new("Postgres.app", "/Applications/Postgres.app/Contents/Versions/*/bin"),
    ];

    private static BinaryPlace[] WindowsPlaces() =>
    [
        new("Windows", Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL", "*", "bin")),
    ];

    private static string[] Subdirectories(string parent, string segment)
    {
        try
        {
            return Directory.GetDirectories(parent, segment);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Most machines lack most of these places.
            return [];
        }
    }

    private static decimal Number(string directory)
    {
        var digits = new string([.. Path.GetFileName(directory).SkipWhile(c => !char.IsAsciiDigit(c)).TakeWhile(c => char.IsAsciiDigit(c) || c == '.')]);
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
