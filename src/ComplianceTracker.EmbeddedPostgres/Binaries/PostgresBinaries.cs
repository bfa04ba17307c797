using System.Globalization;
using System.Text.RegularExpressions;

namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>A directory that holds runnable <c>initdb</c>, <c>postgres</c> and <c>pg_ctl</c> of one version.</summary>
/// <param name="Directory">The directory of the programs.</param>
/// <param name="Version">What <c>postgres --version</c> said, for example 15.13.</param>
/// <param name="Source">Where it was found, in words for the log, for example <c>PATH</c>.</param>
internal sealed partial record PostgresBinaries(string Directory, Version Version, string Source)
{
    /// <summary>The oldest major version that is used.</summary>
    public const int OldestMajor = 15;

    private static readonly string Suffix = OperatingSystem.IsWindows() ? ".exe" : "";

    public string Initdb => Program(Directory, "initdb");

    public string PgCtl => Program(Directory, "pg_ctl");

    /// <summary>True when the directory holds all three programs; says nothing about whether they run.</summary>
    public static bool AreIn(string directory) =>
        File.Exists(Program(directory, "postgres")) && File.Exists(Program(directory, "initdb")) && File.Exists(Program(directory, "pg_ctl"));

    /// <summary>
    /// Runs the programs as the user who will run the server: the truth about whether they are executable, reachable
    /// and have their libraries. Null, with the reason, when they do not run.
    /// </summary>
    public static async Task<(PostgresBinaries? Binaries, string Reason)> ProbeAsync(
        string directory, string source, ServerAccount account, CancellationToken cancellationToken)
    {
        string reason = "";
        Version? version = null;
        // initdb too: it links libpq, which postgres does not.
        foreach (var name in (string[])["initdb", "postgres"])
        {
            var result = await Command.RunAsync(
                Program(directory, name), ["--version"], account.UserName, Path.GetPathRoot(directory)!, cancellationToken).ConfigureAwait(false);
            version = result.Succeeded ? ParseVersion(result.Output) : null;
            if (version is null)
            {
                reason = $"{name} in {directory} does not run{(account.UserName is { } user ? $" as '{user}'" : "")}: {result.Output}";
                break;
            }
        }

        return version is null ? (null, reason) : (new PostgresBinaries(directory, version, source), "");
    }

    internal static Version? ParseVersion(string output)
    {
        var match = VersionPattern().Match(output);
        return match.Success
            ? new Version(
                int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
                match.Groups[2].Success ? int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture) : 0)
            : null;
    }

    private static string Program(string directory, string name) => Path.Combine(directory, name + Suffix);

    // "postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)", "initdb (PostgreSQL) 19beta1"
    [GeneratedRegex(@"\(PostgreSQL\) (\d{1,4})(?:\.(\d{1,4}))?")]
    private static partial Regex VersionPattern();
}
