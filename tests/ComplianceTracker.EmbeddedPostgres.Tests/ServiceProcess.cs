using System.Diagnostics;

namespace ComplianceTracker.EmbeddedPostgres.Tests;

/// <summary>A small service in a process of its own, made to be killed: this assembly started once more.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private readonly Process _process;

    private ServiceProcess(Process process, string connectionString, int serverPid) =>
        (_process, ConnectionString, ServerPid) = (process, connectionString, serverPid);

    public string ConnectionString { get; }

    public int ServerPid { get; }

    /// <summary>What the child does: starts the server, says where it is, and stays until its input ends.</summary>
    public static async Task<int> ServeAsync(string directory)
    {
        await using var postgres = await PostgresServer.StartAsync(new PostgresServerOptions { DataDirectory = directory });
        Console.WriteLine(postgres.ProcessId);
        Console.WriteLine(postgres.ConnectionString);
        await Console.In.ReadToEndAsync();
        return 0;
    }

    public static async Task<ServiceProcess> StartAsync(string directory, CancellationToken cancellationToken)
    {
        var assembly = typeof(ServiceProcess).Assembly.Location;
        var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", assembly, "serve", directory])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var pid = await process.StandardOutput.ReadLineAsync(cancellationToken);
        var connectionString = await process.StandardOutput.ReadLineAsync(cancellationToken);
        return new ServiceProcess(process, connectionString.ShouldNotBeNull(), int.Parse(pid!));
    }

    /// <summary>kill -9 of the service alone.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        _process.Kill();
        await _process.WaitForExitAsync(cancellationToken);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
