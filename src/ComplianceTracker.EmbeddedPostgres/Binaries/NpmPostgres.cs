using System.Runtime.InteropServices;

namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>
/// PostgreSQL's programs from the <c>@embedded-postgres/&lt;platform&gt;</c> package, kept in a cache with one
/// directory per version. A version appears there whole or not at all, and is checked at each use.
/// </summary>
internal sealed class NpmPostgres(string cache, string? searchPath, Action<string> log, TimeProvider time)
{
    private const int NewestMajor = 18;

    // Exact versions: the same programs today and next year. One for each major version, since a cluster opens only under its own.
    private static readonly Dictionary<int, string> Versions = new()
    {
        [15] = "15.18.0-beta.17",
        [16] = "16.14.0-beta.17",
        [17] = "17.10.0-beta.17",
        [NewestMajor] = "18.4.0-beta.17",
    };

    /// <summary>The package for this machine, or null when there is none.</summary>
    public static string? PackageName => Platform is { } platform ? "@embedded-postgres/" + platform : null;

    private static string? Platform =>
        (OperatingSystem.IsLinux(), OperatingSystem.IsMacOS(), OperatingSystem.IsWindows(), RuntimeInformation.OSArchitecture) switch
        {
            // The Linux packages are linked against glibc.
            (true, _, _, _) when RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) => null,
            (true, _, _, Architecture.X64) => "linux-x64",
            (true, _, _, Architecture.Arm64) => "linux-arm64",
            (true, _, _, Architecture.Arm) => "linux-arm",
            (true, _, _, Architecture.X86) => "linux-ia32",
            (true, _, _, Architecture.Ppc64le) => "linux-ppc64",
            (_, true, _, Architecture.X64) => "darwin-x64",
            (_, true, _, Architecture.Arm64) => "darwin-arm64",
            (_, _, true, Architecture.X64 or Architecture.Arm64) => "windows-x64",
            _ => null,
        };

    /// <summary>
    /// The programs of a major version (null for the newest) from the cache, installed first when they are not there
    /// whole. Null, with the reason, when they cannot be had.
    /// </summary>
    public async Task<(PostgresBinaries? Binaries, string Failure)> InstallAsync(
        int? major, ServerAccount account, CancellationToken cancellationToken)
    {
        if (PackageName is not { } package)
        {
            return (null, $"there is no package for this platform ({RuntimeInformation.RuntimeIdentifier})");
        }

        if (!Versions.TryGetValue(major ?? NewestMajor, out var version))
        {
            return (null, $"the package has no PostgreSQL {major}");
        }

        try
        {
            // Already there: no npm and no network are needed, and no lock either, since a version appears in one step.
            var home = Path.Combine(cache, $"postgres-{version}-{Platform}");
            if (PackageContents.IsWhole(home))
            {
                return await ProbeAsync(home, account, cancellationToken).ConfigureAwait(false);
            }

            if (FindNpm() is not { } npm)
            {
                return (null, "there is no npm on the PATH");
            }

            ServiceDirectory.Create(cache);
            await using var exclusive = await WaitForTurnAsync(cancellationToken).ConfigureAwait(false);
            if (!PackageContents.IsWhole(home)
                && await DownloadAsync(npm, $"{package}@{version}", home, cancellationToken).ConfigureAwait(false) is { } failure)
            {
                return (null, failure);
            }

            return await ProbeAsync(home, account, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"the cache {cache} cannot be used: {e.Message}");
        }
    }

    private static Task<(PostgresBinaries? Binaries, string Failure)> ProbeAsync(string home, ServerAccount account, CancellationToken cancellationToken) =>
        PostgresBinaries.ProbeAsync(Path.Combine(home, "native", "bin"), PackageName!, account, cancellationToken);

    private async Task<string?> DownloadAsync(string npm, string package, string home, CancellationToken cancellationToken)
    {
        log($"Installing PostgreSQL: {package} through npm into {home}");
        foreach (var stale in Directory.GetDirectories(cache, "install-*"))
        {
            // We hold the lock: whoever left it is dead.
            Directory.Delete(stale, recursive: true);
        }

        var temporary = Path.Combine(cache, $"install-{Path.GetRandomFileName()}");
        Directory.CreateDirectory(temporary);
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5), time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            // Without scripts: nothing of the package runs with our rights (root's, maybe) before the unprivileged server does.
            var result = await Command.RunAsync(
                npm,
                ["install", package, "--prefix", temporary, "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error", "--fetch-retries=1"],
                null,
                temporary,
                either.Token).ConfigureAwait(false);
            var installed = Path.Combine([temporary, "node_modules", .. PackageName!.Split('/')]);
            if (!result.Succeeded || !Directory.Exists(installed))
            {
                return $"npm could not install {package}: {result.Output.ReplaceLineEndings(" ")}";
            }

            PackageContents.Complete(installed);
            if (Directory.Exists(home))
            {
                // Present but not whole: somebody's clean-up or disk trouble took part of it.
                log($"The installation in {home} was damaged and is replaced");
                Directory.Delete(home, recursive: true);
            }

            Directory.Move(installed, home);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"npm did not install {package} within five minutes";
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    private async Task<FileStream> WaitForTurnAsync(CancellationToken cancellationToken)
    {
        var told = false;
        while (true)
        {
            if (ExclusiveFile.TryOpen(Path.Combine(cache, "install.lock")) is { } file)
            {
                return file;
            }

            if (!told)
            {
                log($"Waiting for another process that installs into {cache}");
                told = true;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken).ConfigureAwait(false);
        }
    }

    private string? FindNpm() =>
        (searchPath ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, OperatingSystem.IsWindows() ? "npm.cmd" : "npm"))
            .FirstOrDefault(File.Exists);
}
