using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace ComplianceTracker.Api.Tests.Webhooks.Clients;

/// <summary>A process of Node with the published clients. Where Node or npm is missing, its tests are skipped and say so.</summary>
internal sealed class NodeSubscriber : IAsyncDisposable
{
    // The versions that docs/webhooks.md speaks of.
    private static readonly string[] Packages = ["standardwebhooks@1.1.1", "svix@1.99.1", "cloudevents@10.0.0"];

    private static readonly SemaphoreSlim Installing = new(1);

    private readonly Process process;
    private readonly Channel<JsonNode> said = Channel.CreateUnbounded<JsonNode>();

    private NodeSubscriber(Process process) => this.process = process;

    /// <summary>Where it listens.</summary>
    public Uri Url { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Starts one; skips the test where that cannot be.</summary>
    public static async Task<NodeSubscriber> StartAsync()
    {
        var folder = await InstallAsync();
        var start = new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "Webhooks", "Clients", "receiver.mjs"), Path.Combine(folder, "node_modules")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var subscriber = new NodeSubscriber(Process.Start(start)!);
        subscriber.process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not null)
            {
                subscriber.said.Writer.TryWrite(JsonNode.Parse(line.Data)!);
            }
        };
        subscriber.process.ErrorDataReceived += (_, line) => TestContext.Current.TestOutputHelper?.WriteLine(line.Data ?? "");
        subscriber.process.BeginOutputReadLine();
        subscriber.process.BeginErrorReadLine();
        subscriber.Url = new Uri($"http://127.0.0.1:{(int)(await subscriber.HearAsync())["port"]!}/hook");
        return subscriber;
    }

    /// <summary>The next thing it says of a delivery.</summary>
    public async Task<JsonNode> HearAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        return await said.Reader.ReadAsync(limit.Token);
    }

    /// <summary>Tells it which secrets to verify with.</summary>
    public async Task TellAsync(params string[] secrets) => (await TellAsync(new JsonArray([..secrets.Select(s => (JsonNode)s)]))).ShouldBe(secrets.Length);

    /// <summary>From now on it consents to nothing by OPTIONS.</summary>
    public Task WithdrawConsentAsync() => TellAsync(JsonValue.Create(false));

    private async Task<int> TellAsync(JsonNode line)
    {
        await process.StandardInput.WriteLineAsync(line.ToJsonString());
        await process.StandardInput.FlushAsync(Cancel);
        return (int)(await HearAsync())["told"]!;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    // Once for a user of the machine: the folder's name holds the versions.
    private static async Task<string> InstallAsync()
    {
        var folder = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create),
            "compliancetracker-tests",
            string.Join('_', Packages).Replace('@', '-'));
        await Installing.WaitAsync(Cancel);
        try
        {
            if (!File.Exists(Path.Combine(folder, "installed")))
            {
                Directory.CreateDirectory(folder);
                var (code, output) = await RunAsync("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error", "--fetch-timeout=30000", .. Packages]);
                var required = Environment.GetEnvironmentVariable("COMPLIANCETRACKER_CLIENTS") == "required";
                Assert.SkipWhen(code != 0 && !required, $"Node.js with npm and the clients are needed: {output}");
                code.ShouldBe(0, output);
                await File.WriteAllTextAsync(Path.Combine(folder, "installed"), "", Cancel);
            }
        }
        finally
        {
            Installing.Release();
        }

        return folder;
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, string[] arguments)
    {
        try
        {
            using var run = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var texts = await Task.WhenAll(run.StandardOutput.ReadToEndAsync(Cancel), run.StandardError.ReadToEndAsync(Cancel)).WaitAsync(TimeSpan.FromMinutes(3), Cancel);
            await run.WaitForExitAsync(Cancel);
            return (run.ExitCode, string.Concat(texts));
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, e.Message);
        }
    }
}
