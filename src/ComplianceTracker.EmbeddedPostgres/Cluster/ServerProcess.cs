using System.Diagnostics;
using System.Globalization;

namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>Tells the living server of a cluster from a dead one and from strangers that bear its process id.</summary>
internal static class ServerProcess
{
    /// <summary>The process id in a cluster's <c>postmaster.pid</c>, or null when there is none.</summary>
    public static int? ReadPid(string pidFile) => ReadNumber(pidFile, line: 1);

    /// <summary>The port in a cluster's <c>postmaster.pid</c>, or null when there is none.</summary>
    public static int? ReadPort(string pidFile) => ReadNumber(pidFile, line: 4);

    /// <summary>The process id of the living server of this cluster, or null.</summary>
    public static int? Find(string pidFile, ClusterIdentity identity) =>
        ReadPid(pidFile) is { } pid && IsLiving(pid, identity) ? pid : null;

    /// <summary>True while the process lives and is the server of this cluster.</summary>
    public static bool IsLiving(int pid, ClusterIdentity identity)
    {
        if (OperatingSystem.IsLinux())
        {
            return CommandLine(pid).Contains("cluster_name=" + identity.Id, StringComparison.Ordinal);
        }

        // Elsewhere the command line of another process is out of reach without helpers; its name has to do.
        try
        {
            using var process = Process.GetProcessById(pid);
            return process.ProcessName.StartsWith("postgres", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>
    /// Kills the backends that outlive a killed server of this cluster: one that is busy notices the death only when it
    /// next waits, and holds the shared memory until then. Linux only; elsewhere a restart is tried until they are gone.
    /// Call it only when the server itself is dead. No harm to the data: it is a crash either way.
    /// </summary>
    public static void KillLeftBehind(ClusterIdentity identity)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                // The server's children replace their command line: "postgres: <cluster name>: ...".
                if (CommandLine(process.Id).StartsWith($"postgres: {identity.Id}: ", StringComparison.Ordinal))
                {
                    process.Kill();
                }
            }
        }
    }

    /// <summary>True when any process, dead but uncollected ones included, bears this id.</summary>
    public static bool Exists(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static int? ReadNumber(string file, int line)
    {
        try
        {
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            for (; line > 1; line--)
            {
                reader.ReadLine();
            }

            return int.TryParse(reader.ReadLine(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string CommandLine(int pid)
    {
        try
        {
            // Readable for everybody, also in containers, and empty for a dead process that nobody has collected yet.
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
