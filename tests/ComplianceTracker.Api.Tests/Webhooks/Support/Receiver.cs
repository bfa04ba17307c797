using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace ComplianceTracker.Api.Tests.Webhooks.Support;

/// <summary>
/// A subscriber: a real HTTP server on loopback that keeps every request as it came and answers as it is told. It consents to
/// deliveries and echoes challenges unless told otherwise.
/// </summary>
public sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Lock gate = new();
    private ImmutableList<ReceivedRequest> requests = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int connections;

    private Receiver(WebApplication app) => this.app = app;

    /// <summary>The setting that lets a service deliver to receivers.</summary>
    public static string Allowed => "--Webhooks:AllowedNetworks=127.0.0.0/8";

    /// <summary>Where it listens, with a path.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>How many connections were made to it.</summary>
    public int Connections => Volatile.Read(ref connections);

    /// <summary>Everything received so far, handshakes and challenges among it, in order of arrival.</summary>
    public ImmutableList<ReceivedRequest> Requests => Volatile.Read(ref requests);

    /// <summary>The deliveries received so far: POSTs that are no challenges, in order of arrival.</summary>
    public IReadOnlyList<ReceivedRequest> Deliveries => [..Requests.Where(r => r.IsDelivery)];

    /// <summary>What <c>WebHook-Allowed-Origin</c> says to OPTIONS; null: no consent that way.</summary>
    public string? AllowedOrigin { get; set; } = "*";

    /// <summary>Whether challenges are echoed.</summary>
    public bool EchoesChallenges { get; set; } = true;

    /// <summary>How deliveries are answered; by default 200 with no body.</summary>
    public Func<ReceivedRequest, ReceiverAnswer> Answers { get; set; } = _ => new ReceiverAnswer(200);

    /// <summary>Where set, writes the whole answer to whatever comes, byte by byte if it likes.</summary>
    public Func<HttpContext, ReceivedRequest, Task>? Handles { get; set; }

    /// <summary>Starts one.</summary>
    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        Receiver? receiver = null;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxResponseBufferSize = 1024 * 1024;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(next => connection =>
                {
                    Interlocked.Increment(ref receiver!.connections);
                    return next(connection);
                });
            });
        });
        var app = builder.Build();
        receiver = new Receiver(app);
        app.Run(receiver.ReceiveAsync);
        await app.StartAsync();
        receiver.Url = new Uri(new Uri(app.Urls.First()), "/hook");
        return receiver;
    }

    /// <summary>Returns once what was received is as wanted; fails after a minute.</summary>
    public async Task<ImmutableList<ReceivedRequest>> UntilAsync(Func<ImmutableList<ReceivedRequest>, bool> wanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            Task next;
            ImmutableList<ReceivedRequest> now;
            using (gate.EnterScope())
            {
                (now, next) = (requests, changed.Task);
            }

            if (wanted(now))
            {
                return now;
            }

            await next.WaitAsync(limit.Token);
        }
    }

    /// <summary>Returns once this many deliveries were received, with all of them.</summary>
    public async Task<IReadOnlyList<ReceivedRequest>> UntilDeliveredAsync(int count) =>
        [..(await UntilAsync(all => all.Count(r => r.IsDelivery) >= count)).Where(r => r.IsDelivery)];

    public async ValueTask DisposeAsync()
    {
        // What hangs on purpose would keep an orderly stop waiting.
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var request = new ReceivedRequest(
            DateTimeOffset.UtcNow,
            context.Request.Method,
            context.Request.Path + context.Request.QueryString,
            context.Request.Headers.ToImmutableDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray());
        using (gate.EnterScope())
        {
            requests = requests.Add(request);
            (var old, changed) = (changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            old.SetResult();
        }

        if (Handles is { } handles)
        {
            await handles(context, request);
        }
        else if (request.Method == "OPTIONS")
        {
            if (AllowedOrigin is { } origin)
            {
                context.Response.Headers["WebHook-Allowed-Origin"] = origin;
            }
        }
        else
        {
            var answer = request.Challenge is { } challenge && EchoesChallenges ? new ReceiverAnswer(200, challenge) : Answers(request);
            context.Response.StatusCode = answer.Status;
            foreach (var (name, value) in answer.Headers)
            {
                context.Response.Headers[name] = value;
            }

            // A 204 has no body; Kestrel would close the connection over an empty one.
            if (answer.Body.Length > 0)
            {
                await context.Response.WriteAsync(answer.Body);
            }
        }
    }
}

/// <summary>A request as a receiver got it.</summary>
/// <param name="At">When its last byte came, UTC.</param>
/// <param name="Method">Its method.</param>
/// <param name="Target">Path and query.</param>
/// <param name="Headers">Its headers; several values of one are joined by commas.</param>
/// <param name="Body">Its body.</param>
public sealed record ReceivedRequest(
    DateTimeOffset At, string Method, string Target, ImmutableDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>The body as JSON.</summary>
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>The <c>webhook-id</c>, or an empty text.</summary>
    public string WebhookId => Headers.GetValueOrDefault("webhook-id", "");

    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The challenge, where it is one; else null.</summary>
    public string? Challenge => Method == "POST" && Text.Contains("\"endpoint.challenge\"", StringComparison.Ordinal) ? (string?)Json["data"]!["challenge"] : null;

    /// <summary>True for a delivery: a POST that is no challenge.</summary>
    public bool IsDelivery => Method == "POST" && Challenge is null;
}

/// <summary>How a receiver answers.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body.</param>
/// <param name="Headers">Headers.</param>
public sealed record ReceiverAnswer(int Status, string Body = "", params (string Name, string Value)[] Headers);
