namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>The directories of throw-away clusters, below the temporary directory.</summary>
internal static class ThrowawayDirectory
{
    private const string Prefix = "compliance-tracker-throwaway-";

    // Longer than any process takes between making its directory and locking it.
    private static readonly TimeSpan Young = TimeSpan.FromMinutes(2);

    /// <summary>A name nobody has used.</summary>
    public static string NewPath() => Path.Combine(Path.GetTempPath(), Prefix + Path.GetRandomFileName());

    /// <summary>Deletes what killed processes left behind. Their servers have ended with them (<see cref="DeathWatch"/>).</summary>
    public static void Sweep(TimeProvider time)
    {
        foreach (var directory in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            try
            {
                if (time.GetUtcNow() - Directory.GetCreationTimeUtc(directory) < Young || ServiceLock.TryTake(directory) is not { } taken)
                {
                    continue;
                }

                using (taken)
                {
                    var cluster = new ClusterDirectory(directory);
                    if (cluster.Existing is null || ServerProcess.Find(cluster.PidFile, cluster.ReadIdentity()) is null)
                    {
                        Delete(directory);
                    }
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or PostgresUnavailableException)
            {
                // Another user's, or another sweeper was quicker.
            }
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
