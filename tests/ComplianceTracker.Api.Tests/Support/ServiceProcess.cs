using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ComplianceTracker.Api.Tests.Support;

/// <summary>The program as users start it, in a process of its own.</summary>
public sealed class ServiceProcess : IDisposable
{
    private static readonly string[] Inherited = ["ConnectionStrings__ComplianceTracker", "ASPNETCORE_URLS"];

    private readonly Process process;
    private readonly StringBuilder output = new();

    private ServiceProcess(Process process) => this.process = process;

    /// <summary>Everything it said so far, on both outputs.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    /// <summary>The number of the process.</summary>
    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>Starts it with the arguments.</summary>
    public static ServiceProcess Start(string? connectionString, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "ComplianceTracker.Api.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        foreach (var name in Inherited)
        {
            start.Environment.Remove(name);
        }

        // As in a terminal; that nobody watches must be told from the redirection alone.
        start.Environment["TERM"] = "xterm-256color";

        start.Environment["engine"] = TestService.Engine;

        // As the tests themselves: it lives for seconds.
        start.Environment["DOTNET_TieredPGO"] = "0";

        // The log holds what the test puts there, and not the passing of days.
        start.Environment["Clock__Enabled"] = "false";
        if (connectionString is not null)
        {
            start.Environment["ConnectionStrings__ComplianceTracker"] = connectionString;
        }

        var started = new ServiceProcess(Process.Start(start)!);
        started.process.OutputDataReceived += (_, e) => started.Note(e.Data);
        started.process.ErrorDataReceived += (_, e) => started.Note(e.Data);
        started.process.BeginOutputReadLine();
        started.process.BeginErrorReadLine();
        return started;
    }

    /// <summary>Starts it, waits for its end, and gives exit code and output.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string? connectionString, params string[] arguments)
    {
        using var run = Start(connectionString, arguments);
        return (await run.ExitAsync(), run.Output);
    }

    /// <summary>A port nobody listens on at the moment.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Its exit code, once it has ended; at most a minute.</summary>
    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>What Ctrl+C (INT) or a service manager (TERM) sends.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, $"{process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits until the condition holds; at most a minute, and not past the end of the process.</summary>
    public async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        var limit = Stopwatch.StartNew();
        while (!await condition())
        {
            process.HasExited.ShouldBeFalse($"It ended before {what}: {Output}");
            limit.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(1), $"Waited too long until {what}: {Output}");
            await Task.Delay(5);
        }
    }

    /// <summary>Waits until the service answers the path with success.</summary>
    public async Task UntilAnswersAsync(HttpClient client, string path) => await UntilAsync($"it answered {path}", async () =>
    {
        try
        {
            using var response = await client.GetAsync(path);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    });

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }

    private void Note(string? line)
    {
        lock (output)
        {
            output.AppendLine(line);
        }
    }
}
