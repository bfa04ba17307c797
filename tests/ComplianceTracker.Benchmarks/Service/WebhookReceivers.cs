using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ComplianceTracker.Benchmarks.Service;

/// <summary>Subscribers, one path each, on one server: they read what comes, say 204, and note when it came and whether its key was in order.</summary>
internal sealed class WebhookReceivers : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, long> lastOfKey = new(StringComparer.Ordinal);
    private long received;
    private long outOfOrder;

    private WebhookReceivers(WebApplication app) => this.app = app;

    /// <summary>Where they are; each has a path of its own below.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>How many deliveries came.</summary>
    public long Received => Interlocked.Read(ref received);

    /// <summary>How many came before an earlier one of their key.</summary>
    public long OutOfOrder => Interlocked.Read(ref outOfOrder);

    /// <summary>Where set, hears of each delivery: path, webhook-id and when it came (<see cref="Stopwatch.GetTimestamp"/>).</summary>
    public Action<string, string, long>? Hears { get; set; }

    /// <summary>A path whose requests are never answered, or null.</summary>
    public string? Hangs { get; set; }

    public static async Task<WebhookReceivers> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var receivers = new WebhookReceivers(app);
        app.Run(receivers.ReceiveAsync);
        await app.StartAsync();
        receivers.Address = new Uri(app.Urls.First());
        return receivers;
    }

    /// <summary>Waits until that many deliveries came.</summary>
    public async Task UntilAsync(long count)
    {
        while (Received < count)
        {
            await Task.Delay(1);
        }
    }

    /// <summary>Forgets the order of keys: another round begins.</summary>
    public void Forget() => lastOfKey.Clear();

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        var came = Stopwatch.GetTimestamp();
        using var body = new MemoryStream((int)(context.Request.ContentLength ?? 0));
        await context.Request.Body.CopyToAsync(body);
        var path = context.Request.Path.Value!;
        if (path == Hangs)
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        Note(path, body.GetBuffer().AsSpan(0, (int)body.Length));
        Hears?.Invoke(path, context.Request.Headers["webhook-id"].ToString(), came);
        context.Response.StatusCode = 204;
        Interlocked.Increment(ref received);
    }

    private void Note(string path, ReadOnlySpan<byte> body)
    {
        var key = path + Text(body, "\"subject\":\""u8);
        if (long.TryParse(Text(body, "\"sequence\":\""u8), out var sequence))
        {
            if (lastOfKey.TryGetValue(key, out var last) && last > sequence)
            {
                Interlocked.Increment(ref outOfOrder);
            }

            lastOfKey[key] = sequence;
        }
    }

    private static string Text(ReadOnlySpan<byte> body, ReadOnlySpan<byte> before)
    {
        var at = body.IndexOf(before);
        if (at < 0)
        {
            return "";
        }

        var rest = body[(at + before.Length)..];
        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)'"')]);
    }
}
