using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ComplianceTracker.Testing;

/// <summary>
/// A PostgreSQL server of this test run's own, on loopback and a free port, that may lose everything: started from the binaries on
/// the machine, deleted when disposed. PostgreSQL refuses to run as root, so root starts it as the user <c>postgres</c>.
/// </summary>
public sealed class ThrowAwayPostgres : IAsyncDisposable
{
    private readonly string directory;
    private readonly string binaries;
    private readonly string connectionString;
    private int databases;

    private ThrowAwayPostgres(string directory, string binaries, int port)
    {
        this.directory = directory;
        this.binaries = binaries;
        connectionString = $"Host=127.0.0.1;Port={port};Username=postgres;Timeout=15";
    }

    /// <summary>Starts the server; it accepts connections when this returns.</summary>
    public static async Task<ThrowAwayPostgres> StartAsync()
    {
        var binaries = Directory.GetDirectories("/usr/lib/postgresql").OrderBy(d => int.Parse(Path.GetFileName(d))).Last() + "/bin";
        var directory = Directory.CreateTempSubdirectory("ct-pg-").FullName;
        var port = FreePort();
        var server = new ThrowAwayPostgres(directory, binaries, port);
        if (Environment.UserName == "root")
        {
            await RunAsync("chown", "postgres", directory);
        }

        await server.RunAsServerUserAsync("initdb", "-D", $"{directory}/data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-N");
        var settings = $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={directory} -c fsync=off "
            + "-c full_page_writes=off -c max_connections=200 -c max_prepared_transactions=5 -c autovacuum=off";
        await server.RunAsServerUserAsync("pg_ctl", "-D", $"{directory}/data", "-l", $"{directory}/log", "-w", "-o", settings, "start");
        return server;
    }

    /// <summary>The connection string of a new database with a name of its own.</summary>
    /// <param name="template">The database to copy, which nobody may be connected to; null for an empty one.</param>
    public async Task<string> CreateDatabaseAsync(string? template = null)
    {
        var name = $"test_{Interlocked.Increment(ref databases)}_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(connectionString + ";Database=postgres;Pooling=false");
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand(
            $"create database {name}" + (template is null ? "" : $" template {template} strategy file_copy"), connection);
        await create.ExecuteNonQueryAsync();
        return $"{connectionString};Database={name}";
    }

    /// <summary>Stops the server and deletes its files.</summary>
    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await RunAsServerUserAsync("pg_ctl", "-D", $"{directory}/data", "-w", "-m", "immediate", "stop");
        Directory.Delete(directory, recursive: true);
    }

    private Task RunAsServerUserAsync(string program, params string[] arguments) =>
        Environment.UserName == "root"
            ? RunAsync("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", $"{binaries}/{program}", .. arguments])
            : RunAsync($"{binaries}/{program}", arguments);

    // The server keeps whatever outputs it inherits; redirected ones would never end.
    private static async Task RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", program, .. arguments])
        {
            WorkingDirectory = "/",
        };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
