using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ComplianceTracker.Api.Tests.Support;

/// <summary>
/// Has a Prism proxy judge every answer that a test gets, when <c>COMPLIANCETRACKER_PRISM</c> gives its address and
/// <c>COMPLIANCETRACKER_PRISM_UPSTREAM</c> the one that it forwards to; <c>build/prism-tests.sh</c> starts it. The request goes to the
/// service unchanged. Then its method, path and query go to Prism, which forwards them here, gets the very answer that the service gave,
/// and reports what in it breaks the document.
/// </summary>
/// <remarks>
/// Sent through Prism itself, the requests that matter most would never arrive as they are: it parses bodies and refuses what is no
/// JSON, writes numbers and queries anew, and waits for the end of an event stream. Not judged: requests, the bytes of event streams
/// (their status and headers are), bare arrays of CloudEvents (of two representations in JSON Prism holds an answer against the first), and
/// the paths and methods that the document does not have.
/// </remarks>
internal sealed class PrismCheck : DelegatingHandler
{
    private const string Exchange = "X-Exchange";

    private static readonly string? Proxy = Environment.GetEnvironmentVariable("COMPLIANCETRACKER_PRISM");
    private static readonly string? Log = Environment.GetEnvironmentVariable("COMPLIANCETRACKER_PRISM_LOG");
    private static readonly ConcurrentDictionary<string, (HttpResponseMessage Response, byte[] Body)> Answers = new();
    private static readonly Lazy<Task<HttpClient>> Prism = new(StartAsync);
    private static long exchanges;

    private PrismCheck()
        : base(new SocketsHttpHandler())
    {
    }

    /// <summary>A client for a service; its answers are judged where there is a Prism.</summary>
    public static HttpClient Client(Uri service) => new(Proxy is null ? new SocketsHttpHandler() : new PrismCheck()) { BaseAddress = service };

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var isStream = response.Content.Headers.ContentType?.MediaType == "text/event-stream";
        if (!isStream)
        {
            await response.Content.LoadIntoBufferAsync(cancellationToken);
        }

        var body = isStream ? [] : await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var violations = await JudgeAsync(request, response, body);
        violations.ShouldBeEmpty($"{request.Method} {request.RequestUri} answered {(int)response.StatusCode} {System.Text.Encoding.UTF8.GetString(body)}");
        return response;
    }

    private static async Task<IReadOnlyList<string>> JudgeAsync(HttpRequestMessage request, HttpResponseMessage response, byte[] body)
    {
        if (response.Content.Headers.ContentType?.MediaType == "application/cloudevents-batch+json")
        {
            await LogAsync($"not judged {request.Method} {(int)response.StatusCode} cloudevents-batch");
            return [];
        }

        var id = Interlocked.Increment(ref exchanges).ToString(CultureInfo.InvariantCulture);
        Answers[id] = (response, body);
        try
        {
            using var question = new HttpRequestMessage(request.Method, new Uri(Proxy!.TrimEnd('/') + request.RequestUri!.PathAndQuery, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
            question.Headers.Add(Exchange, id);
            using var judged = await (await Prism.Value).SendAsync(question);
            var wasSeen = judged.Headers.Contains(Exchange);
            await LogAsync($"{(wasSeen ? "judged" : "not judged")} {request.Method} {(int)response.StatusCode} {Slug(response, body)}");
            return wasSeen && judged.Headers.TryGetValues("sl-violations", out var found) ? [..Of(string.Join(',', found))] : [];
        }
        finally
        {
            Answers.TryRemove(id, out _);
        }
    }

    // What it says of the request is no matter: many tests send bad ones on purpose, and none of its body is there.
    private static IEnumerable<string> Of(string violations) => violations.StartsWith('[')
        ? JsonNode.Parse(violations)!.AsArray().Where(v => (string?)v!["location"]?[0] == "response").Select(v => v!.ToJsonString())
        : violations.Contains("\"response\"", StringComparison.Ordinal) ? [violations] : [];

    // The answer to HEAD has none of the body that its headers speak of.
    private static string Slug(HttpResponseMessage response, byte[] body) => response.Content.Headers.ContentType?.MediaType == "application/problem+json" && body.Length > 0
        ? ((string)JsonNode.Parse(body)!["type"]!).Split('/')[^1]
        : "";

    private static async Task LogAsync(string line)
    {
        if (Log is not null)
        {
            await LogGate.WaitAsync();
            try
            {
                await File.AppendAllTextAsync(Log, line.TrimEnd() + "\n");
            }
            finally
            {
                LogGate.Release();
            }
        }
    }

    private static readonly SemaphoreSlim LogGate = new(1, 1);

    // What Prism forwards to: it answers with what the service answered.
    private static async Task<HttpClient> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Environment.GetEnvironmentVariable("COMPLIANCETRACKER_PRISM_UPSTREAM")!);
        var app = builder.Build();
        app.Run(async context =>
        {
            var id = context.Request.Headers[Exchange].ToString();
            var (response, body) = Answers[id];
            context.Response.StatusCode = (int)response.StatusCode;
            foreach (var (name, values) in response.Headers.Concat<KeyValuePair<string, IEnumerable<string>>>(response.Content.Headers).Where(h => h.Key is not ("Transfer-Encoding" or "Content-Length" or "Date" or "Server")))
            {
                context.Response.Headers[name] = values.ToArray();
            }

            context.Response.Headers[Exchange] = id;
            await context.Response.Body.WriteAsync(body);
        });
        await app.StartAsync();
        return new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
    }
}
