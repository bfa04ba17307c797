using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>
/// Starts and stops the server of one cluster through <c>pg_ctl</c>, which puts it in a session of its own (Ctrl+C
/// reaches the service alone) and gives up administrator rights on Windows.
/// Use it only while holding the cluster's <see cref="ServiceLock"/>.
/// </summary>
internal sealed class ClusterServer(
    ClusterDirectory directory, ClusterIdentity identity, PostgresBinaries binaries, ServerAccount account, bool durable, TimeProvider time)
{
    // Recovery after a crash replays at most what was written between two checkpoints; this is far beyond it.
    private const int StartSeconds = 600;

    private const int FastStopSeconds = 30;

    private const int ImmediateStopSeconds = 10;

    // A port taken; a server that a killed service was just starting; the last backend of a killed server.
    private static readonly string[] Passing = ["could not bind", "lock file \"postmaster.pid\" already exists", "pre-existing shared memory block"];

    public ServerLog Log => directory.ServerLog;

    /// <summary>True while that process is this cluster's server.</summary>
    public bool IsLiving(int pid) => ServerProcess.IsLiving(pid, identity);

    /// <summary>The process id of this cluster's living server, whoever started it, or null.</summary>
    public int? Find() => ServerProcess.Find(directory.PidFile, identity);

    /// <summary>Starts the server on a port that was free a moment ago, on another one when it was taken since.</summary>
    public async Task<(int Pid, int Port)> StartOnFreePortAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            try
            {
                return (await StartAsync(port, cancellationToken).ConfigureAwait(false), port);
            }
            catch (ServerStartException e) when (e.WorthAnotherTry && attempt < 10)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100 * attempt), time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Starts the server and returns its process id once it accepts connections.</summary>
    /// <exception cref="ServerStartException">It did not start.</exception>
    public async Task<int> StartAsync(int port, CancellationToken cancellationToken)
    {
        ClearTheWay();
        Log.KeepSmall();
        var logStart = Log.Length;
        CommandResult result;
        try
        {
            result = await PgCtlAsync(
                ["start", "-w", "-t", $"{StartSeconds}", "-l", ServerLog.FileName, "-o", ServerSettings.CommandLine(port, identity, durable)],
                cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await StopAsync().ConfigureAwait(false);
            throw;
        }

        if (result.Succeeded && Find() is { } pid)
        {
            return pid;
        }

        await StopAsync().ConfigureAwait(false);
        var said = Log.Tail(logStart);
        throw new ServerStartException(
            $"PostgreSQL {binaries.Version} did not start on {directory.Root}:\n{(said.Length > 0 ? said : result.Output)}",
            Passing.Any(reason => said.Contains(reason, StringComparison.Ordinal)));
    }

    /// <summary>
    /// Stops this cluster's server if it lives: a fast shutdown, then an immediate one, then a kill. Bounded in time
    /// and never cancelled: a server left behind is worse than a slow stop.
    /// </summary>
    public async Task StopAsync()
    {
        if (durable && Find() is not null)
        {
            await PgCtlAsync(["stop", "-w", "-m", "fast", "-t", $"{FastStopSeconds}"], CancellationToken.None).ConfigureAwait(false);
        }

        if (Find() is not null)
        {
            await PgCtlAsync(["stop", "-w", "-m", "immediate", "-t", $"{ImmediateStopSeconds}"], CancellationToken.None).ConfigureAwait(false);
        }

        if (Find() is { } stubborn)
        {
            using var process = System.Diagnostics.Process.GetProcessById(stubborn);
            process.Kill();
        }
    }

    private Task<CommandResult> PgCtlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        Command.RunAsync(binaries.PgCtl, [.. arguments, "-D", ClusterDirectory.PgData], account.UserName, directory.WorkingDirectory, cancellationToken);

    private void ClearTheWay()
    {
        if (Find() is null)
        {
            ServerProcess.KillLeftBehind(identity);
        }

        // After a crash, the id in postmaster.pid may by now be another process's, and PostgreSQL would refuse to start
        // for fear of it. A file whose process is gone altogether stays: PostgreSQL reads more from it.
        if (ServerProcess.ReadPid(directory.PidFile) is { } pid && !IsLiving(pid) && ServerProcess.Exists(pid))
        {
            File.Delete(directory.PidFile);
        }
    }

    private static int FreePort()
    {
        // Below the ports that systems hand out to outgoing connections: while the server is down for a restart, one of
        // those could take its port, even a client that is trying to reach it.
        for (var attempt = 0; attempt < 20; attempt++)
        {
            if (TryBind(RandomNumberGenerator.GetInt32(15000, 32000)) is { } port)
            {
                return port;
            }
        }

        return TryBind(0) ?? throw new PostgresUnavailableException("No loopback port (127.0.0.1) is free for PostgreSQL to listen on.");
    }

    private static int? TryBind(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
