using System.Diagnostics;

namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>The directories of throw-away clusters, below the temporary directory.</summary>
internal static class ThrowawayDirectory
{
    private const string Prefix = "compliance-tracker-throwaway-";

    // Longer than any process takes between making its directory and locking it.
    private static readonly TimeSpan Young = TimeSpan.FromMinutes(2);

    /// <summary>A name nobody has used.</summary>
    public static string NewPath() => Path.Combine(Path.GetTempPath(), Prefix + Path.GetRandomFileName());

    /// <summary>
    /// Deletes what killed processes left behind. Mostly the servers have ended with them (<see cref="DeathWatch"/>);
    /// one that has not is killed: nobody can want its data.
    /// </summary>
    public static void Sweep(TimeProvider time)
    {
        foreach (var directory in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            try
            {
                if (time.GetUtcNow() - Directory.GetLastWriteTimeUtc(directory) < Young || ServiceLock.TryTake(directory) is not { } taken)
                {
                    continue;
                }

                using (taken)
                {
                    KillServer(new ClusterDirectory(directory));
                    Delete(directory);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or PostgresUnavailableException or ArgumentException or InvalidOperationException)
            {
                // Another user's, or another sweeper was quicker.
            }
        }
    }

    private static void KillServer(ClusterDirectory cluster)
    {
        if (cluster.Existing is not null && cluster.ReadIdentity() is var identity && ServerProcess.Find(cluster.PidFile, identity) is { } pid)
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
            ServerProcess.KillLeftBehind(identity);
        }
    }

    /// <summary>Deletes a directory; what cannot be deleted now is left to a later sweep.</summary>
    public static void Delete(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file that the dying server's last process still touches.
        }
    }
}
