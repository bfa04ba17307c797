using System.Text;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Hosting;
using ComplianceTracker.EventStore.Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ComplianceTracker.Api.Tests.Support;

/// <summary>The real service on real Kestrel and a real database, asked over HTTP.</summary>
public sealed class TestService : IAsyncDisposable
{
    // What a test keeps of the log: everything of ours, and of others what an operator might switch on.
    private static readonly string[] KeptLevels = ["--Logging:Kept:LogLevel:Default=Information", "--Logging:Kept:LogLevel:ComplianceTracker=Trace"];

    private readonly WebApplication app;

    /// <summary>The engine that services of the tests run on: the second one in a build that holds it, else the first.</summary>
    public static string Engine => MartenEngine.IsCompiled ? "marten" : "postgres";

    private TestService(WebApplication app)
    {
        this.app = app;
        Client = PrismCheck.Client(new Uri(app.Urls.First()));
    }

    /// <summary>A client whose base address is the service's root.</summary>
    public HttpClient Client { get; }

    /// <summary>What the service is made of.</summary>
    public IServiceProvider Services => app.Services;

    /// <summary>Starts the service; it is ready when this returns.</summary>
    /// <param name="connectionString">Its database.</param>
    /// <param name="seeds">What it imports at its first start; null: the seeds it ships with.</param>
    /// <param name="longestStall">How long a stalled log leaves it ready; null: as by default.</param>
    /// <param name="settings">Further configuration, each <c>--Name=value</c>.</param>
    public static Task<TestService> StartAsync(string connectionString, string? seeds = null, TimeSpan? longestStall = null, params string[] settings) =>
        StartAsync(connectionString, null, seeds, longestStall, settings);

    /// <summary>Starts the service with somebody who keeps its log: all of ours, from Information on of everything else.</summary>
    public static Task<TestService> StartAsync(string connectionString, ILoggerProvider log, params string[] settings) =>
        StartAsync(connectionString, log, null, null, settings);

    /// <summary>Starts the service with a clock of its own, which records the passing of days.</summary>
    /// <param name="connectionString">Its database.</param>
    /// <param name="time">What tells it the time.</param>
    /// <param name="seeds">What it imports at its first start; null: the seeds it ships with.</param>
    /// <param name="settings">Further configuration, each <c>--Name=value</c>.</param>
    public static Task<TestService> StartAsync(string connectionString, TimeProvider time, string? seeds = null, params string[] settings) =>
        StartAsync(connectionString, null, seeds, null, ["--Clock:Enabled=true", ..settings], time);

    // The passing of days is recorded only where a test is about it: elsewhere the log holds what the test put there.
    private static async Task<TestService> StartAsync(
        string connectionString, ILoggerProvider? log, string? seeds, TimeSpan? longestStall, string[] settings, TimeProvider? time = null)
    {
        var app = ServiceHost.Create(new ServiceSettings
        {
            ConnectionString = connectionString,
            IsThrowaway = true,
            Seeds = seeds ?? ServiceSettings.DefaultSeeds,
            LongestStall = longestStall ?? TimeSpan.FromSeconds(30),
            Time = time ?? TimeProvider.System,
            HostArguments =
                ["--urls", "http://127.0.0.1:0", $"--engine={Engine}", "--Logging:LogLevel:Default", nameof(LogLevel.Error), "--Clock:Enabled=false", ..KeptLevels, ..settings],
        });
        if (log is not null)
        {
            app.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        }

        await app.StartAsync();
        var service = new TestService(app);
        await service.UntilAsync("/health/ready", response => response.IsSuccessStatusCode);
        return service;
    }

    /// <summary>Asks until the answer is as wanted, at most two minutes.</summary>
    public async Task<HttpResponseMessage> UntilAsync(string path, Func<HttpResponseMessage, bool> wanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            var response = await Client.GetAsync(path, limit.Token);
            if (wanted(response))
            {
                return response;
            }

            response.Dispose();
            await Task.Delay(20, limit.Token);
        }
    }

    /// <summary>The JSON answer of a path under the API's base; the status must be 200.</summary>
    public async Task<JsonNode> GetAsync(string path)
    {
        using var response = await Client.GetAsync("/api/v1" + path);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue($"{path} answered {(int)response.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>Sends JSON to a path under the API's base.</summary>
    public async Task<(int Status, JsonNode? Body, HttpResponseMessage Response)> SendAsync(
        HttpMethod method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, "/api/v1" + path);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), response);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
