using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ComplianceTracker.Benchmarks.Service;

/// <summary>The program as users start it, in a process of its own, on a database that others may use too.</summary>
internal sealed class ServiceNode : IAsyncDisposable
{
    private readonly Process process;

    private ServiceNode(Process process, Uri address) => (this.process, Address) = (process, address);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>The number of its process.</summary>
    public int ProcessId => process.Id;

    /// <summary>Starts one; it is ready when this returns.</summary>
    public static async Task<ServiceNode> StartAsync(string connectionString)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "exec", Path.Combine(AppContext.BaseDirectory, "ComplianceTracker.Api.dll"),
                "--urls", address.ToString(), "--Logging:LogLevel:Default", "Error", "--Clock:Enabled=false", "--PublicUrl=https://compliance.example",
            ])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.Environment["ConnectionStrings__ComplianceTracker"] = connectionString;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var node = new ServiceNode(process, address);
        using var client = new HttpClient { BaseAddress = address };
        while (!await IsReadyAsync(client))
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"A node ended with {process.ExitCode}.");
            }

            await Task.Delay(50);
        }

        return node;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
    }

    private static async Task<bool> IsReadyAsync(HttpClient client)
    {
        try
        {
            using var response = await client.GetAsync("/health/ready");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
