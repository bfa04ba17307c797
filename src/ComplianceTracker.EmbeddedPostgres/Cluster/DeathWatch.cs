using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>
/// A shell that waits for the end of a pipe which only this process holds open. When we are killed, with no chance to
/// stop the server, the pipe ends and the shell tells the server to shut down. None on Windows: there, and wherever
/// the shell is killed with us, the next start stops the server that was left behind.
/// </summary>
internal sealed class DeathWatch : IDisposable
{
    private readonly Process? _shell;

    private DeathWatch(Process? shell) => _shell = shell;

    /// <summary>Watches for the server with this process id.</summary>
    public static DeathWatch Over(int serverPid, bool durable)
    {
        if (OperatingSystem.IsWindows())
        {
            return new DeathWatch(null);
        }

        // Ctrl+C and the end of a terminal reach the whole foreground group; they are the service's to handle.
        // INT is the server's fast shutdown, QUIT the immediate one.
        var script = $"""trap "" INT TERM HUP; exec >/dev/null 2>&1; read line; kill -{(durable ? "INT" : "QUIT")} "$1" """;
        try
        {
            return new DeathWatch(Process.Start(
                new ProcessStartInfo("/bin/sh", ["-c", script, "compliance-tracker-watch", serverPid.ToString(CultureInfo.InvariantCulture)])
                {
                    RedirectStandardInput = true,
                    WorkingDirectory = "/",
                }));
        }
        catch (Win32Exception)
        {
            // No shell: a convenience less, see above.
            return new DeathWatch(null);
        }
    }

    public void Dispose()
    {
        // Killed before the pipe ends, or it would take our orderly end for a death.
        _shell?.Kill();
        _shell?.Dispose();
    }
}
