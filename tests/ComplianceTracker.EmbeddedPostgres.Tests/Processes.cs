using System.Diagnostics;

namespace ComplianceTracker.EmbeddedPostgres.Tests;

/// <summary>Looks at and kills the processes of a server that the test started, by id.</summary>
internal static class Processes
{
    public static bool IsRunning(int pid)
    {
        // A dead process that nobody has collected yet has an empty command line.
        return File.Exists($"/proc/{pid}/cmdline") && File.ReadAllText($"/proc/{pid}/cmdline").Length > 0;
    }

    /// <summary>kill -9 of a server and all its children.</summary>
    public static void KillWithChildren(int pid)
    {
        var children = Directory.GetDirectories("/proc")
            .Select(directory => int.TryParse(Path.GetFileName(directory), out var id) ? id : 0)
            .Where(id => id > 0 && Parent(id) == pid)
            .ToList();
        foreach (var id in children.Prepend(pid))
        {
            try
            {
                using var process = Process.GetProcessById(id);
                process.Kill();
            }
            catch (ArgumentException)
            {
                // Followed its parent already.
            }
        }
    }

    public static async Task UntilGoneAsync(int pid, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(15));
        while (IsRunning(pid))
        {
            await Task.Delay(20, limit.Token);
        }
    }

    private static int Parent(int pid)
    {
        try
        {
            // "pid (name) state ppid ..."; the name may hold blanks and brackets.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1]);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
