using System.Diagnostics;
using System.Text.Json;

namespace ComplianceTracker.Api.Tests.Support;

/// <summary>
/// The PostgreSQL server of a data directory seen from outside, by the files of its cluster and by its processes: how to reach it and
/// how to hurt it. Linux only.
/// </summary>
internal sealed class PrivateServer(string dataDirectory)
{
    /// <summary>The connection string as long as the server's note is there, else null.</summary>
    public string? ConnectionString
    {
        get
        {
            try
            {
                using var identity = JsonDocument.Parse(File.ReadAllText(Path.Combine(dataDirectory, "postgres", "identity.json")));
                return Note() is [_, _, _, var port, ..]
                    ? $"Host=127.0.0.1;Port={port};Username=compliance_tracker;Password={identity.RootElement.GetProperty("password").GetString()};Database=compliance_tracker;MaxPoolSize=4;Timeout=2"
                    : null;
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    /// <summary>kill -9 of the server and of every process of it.</summary>
    public void Kill()
    {
        if (ProcessId() is not { } server)
        {
            return;
        }

        var children = Directory.GetDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), out var id) ? id : 0)
            .Where(id => id > 0 && Parent(id) == server)
            .ToList();
        foreach (var id in children.Prepend(server))
        {
            try
            {
                using var process = Process.GetProcessById(id);
                process.Kill();
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                // Followed its parent already.
            }
        }
    }

    /// <summary>What <c>pg_ctl stop -m immediate</c> sends: the server ends at once, without a checkpoint.</summary>
    public async Task ShutDownImmediatelyAsync()
    {
        if (ProcessId() is { } server)
        {
            using var kill = Process.Start("kill", ["-QUIT", $"{server}"]);
            await kill.WaitForExitAsync();
        }
    }

    /// <summary>Waits until the server has ended, as it does by itself without its service; at most fifteen seconds.</summary>
    public async Task UntilGoneAsync()
    {
        var limit = Stopwatch.StartNew();
        while (ProcessId() is { } server && Directory.Exists($"/proc/{server}") && limit.Elapsed < TimeSpan.FromSeconds(15))
        {
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private int? ProcessId() => Note() is [var first, ..] && int.TryParse(first, out var server) ? server : null;

    // Process id, data directory, start, port, ...
    private string[] Note()
    {
        try
        {
            return File.ReadAllLines(Path.Combine(dataDirectory, "postgres", "cluster", "postmaster.pid"));
        }
        catch (IOException)
        {
            return [];
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
