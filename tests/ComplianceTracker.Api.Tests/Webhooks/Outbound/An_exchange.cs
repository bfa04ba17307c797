using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ComplianceTracker.Api.Tests.Webhooks.Support;
using ComplianceTracker.Api.Webhooks.Endpoints;
using ComplianceTracker.Api.Webhooks.Outbound;
using Microsoft.AspNetCore.Http;

namespace ComplianceTracker.Api.Tests.Webhooks.Outbound;

/// <summary>Whatever a receiver does, an exchange ends by its deadline, in words, with bounded memory.</summary>
public sealed class An_exchange(SubscribedService subscribed) : IClassFixture<SubscribedService>, IAsyncLifetime
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private readonly string secret = EndpointSecrets.Generate();
    private Receiver receiver = null!;
    private WebhookSender sender = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        receiver = await Receiver.StartAsync();
        sender = new WebhookSender(
            new AddressPolicy(new OutboundSettings { AllowedNetworks = [IPNetwork.Parse("127.0.0.0/8")] }, new SystemResolver()), subscribed.Secrets, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        sender.Dispose();
        await receiver.DisposeAsync();
    }

    [Fact]
    public async Task A_delivery_carries_what_both_conventions_ask_for_and_the_subscribers_headers()
    {
        var body = Encoding.UTF8.GetBytes("""{"data":"保护"}""");
        var before = DateTimeOffset.UtcNow;
        var exchange = await sender.SendAsync(
            Endpoint(receiver.Url, ("Authorization", "Bearer t")), new WebhookMessage("m-1", body, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), Long, Token);

        (exchange.Status, exchange.Error, exchange.Succeeded).ShouldBe((200, null, true));
        exchange.At.ShouldBeInRange(before, DateTimeOffset.UtcNow);
        exchange.Duration.ShouldBeInRange(TimeSpan.FromTicks(1), Long);
        exchange.Headers.ShouldContain("Server: Kestrel\n");
        var got = receiver.Requests.Single();
        got.Body.ShouldBe(body);
        got.Headers["Content-Type"].ShouldBe("application/cloudevents+json; charset=utf-8");
        got.Headers["webhook-id"].ShouldBe("m-1");
        var timestamp = long.Parse(got.Headers["webhook-timestamp"], CultureInfo.InvariantCulture);
        timestamp.ShouldBe(exchange.At.ToUnixTimeSeconds());
        got.Headers["webhook-signature"].ShouldBe(StandardWebhooks.Sign(secret, "m-1", timestamp, body));
        got.Headers["traceparent"].ShouldBe("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        got.Headers["User-Agent"].ShouldStartWith("ComplianceTracker/");
        got.Headers["Authorization"].ShouldBe("Bearer t");
        got.Headers["Content-Length"].ShouldBe($"{body.Length}");
        got.Headers.Keys.ShouldNotContain("Accept-Encoding");
        got.Headers.Keys.ShouldNotContain("tracestate");
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(204, true)]
    [InlineData(299, true)]
    [InlineData(301, false)]
    [InlineData(304, false)]
    [InlineData(400, false)]
    [InlineData(410, false)]
    [InlineData(503, false)]
    public async Task Success_is_2xx_and_nothing_else(int status, bool succeeds)
    {
        receiver.Answers = _ => new ReceiverAnswer(status, "", ("Location", "/elsewhere"), ("Set-Cookie", "a=b"));

        var exchange = await SendAsync();

        (exchange.Status, exchange.Succeeded).ShouldBe((status, succeeds));
        (exchange.Error is null).ShouldBe(succeeds);
        await SendAsync();
        receiver.Requests.ShouldAllBe(r => r.Target == "/hook" && !r.Headers.ContainsKey("Cookie"));
    }

    [Fact]
    public async Task An_answer_that_never_begins_ends_at_the_deadline()
    {
        receiver.Handles = (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted);

        await CutAsync("No answer within 0.4 s.", null);
    }

    [Fact]
    public async Task An_answer_of_one_byte_at_a_time_ends_at_the_deadline_with_what_came()
    {
        receiver.Handles = async (context, _) =>
        {
            for (var i = 0; ; i++)
            {
                await context.Response.WriteAsync("x", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(20, context.RequestAborted);
            }
        };

        var exchange = await CutAsync("The endpoint answered 200, but its answer did not end within 0.4 s.", 200);
        exchange.Body.ShouldMatch("^x+$");
    }

    [Fact]
    public async Task Headers_of_one_byte_at_a_time_end_at_the_deadline()
    {
        using var raw = new RawServer(async (stream, token) =>
        {
            foreach (var letter in Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nX: " + new string('a', 5000)))
            {
                await stream.WriteAsync(new[] { letter }, token);
                await Task.Delay(20, token);
            }
        });

        await CutAsync("No answer within 0.4 s.", null, raw.Url);
    }

    [Fact]
    public async Task A_connection_that_leads_into_silence_ends_at_the_deadline()
    {
        using var raw = new RawServer((_, token) => Task.Delay(Timeout.Infinite, token));
        await CutAsync("No answer within 0.4 s.", null, raw.Url);

        // A handshake that never goes on.
        await CutAsync("No answer within 0.4 s.", null, new UriBuilder(raw.Url) { Scheme = "https" }.Uri);
    }

    [Fact]
    public async Task A_name_that_takes_for_ever_to_resolve_ends_at_the_deadline()
    {
        using var slow = new WebhookSender(new AddressPolicy(new OutboundSettings(), new NeverResolves()), subscribed.Secrets, TimeProvider.System);
        var exchange = await slow.SendAsync(Endpoint(new Uri("https://hooks.acme.example/")), Message, Short, Token);
        exchange.Error.ShouldBe("No answer within 0.4 s.");
    }

    [Fact]
    public async Task An_endless_answer_is_read_to_20_kB_and_the_connection_closed()
    {
        var gone = new TaskCompletionSource();
        receiver.Handles = async (context, _) =>
        {
            context.RequestAborted.Register(gone.SetResult);
            var many = new byte[64 * 1024];
            Array.Fill(many, (byte)'z');
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(many);
            }
        };

        var exchange = await SendAsync();

        exchange.Error.ShouldBeNull();
        exchange.Body.ShouldBe(new string('z', WebhookSender.MostOfAnAnswer));
        await gone.Task.WaitAsync(Long, Token);
    }

    [Fact]
    public async Task Bytes_that_no_text_can_hold_are_kept_as_replacements()
    {
        receiver.Handles = (context, _) => context.Response.Body.WriteAsync(new byte[] { 0x61, 0x00, 0xff, 0x62 }).AsTask();

        (await SendAsync()).Body.ShouldBe("a\ufffd\ufffdb");
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", 200, "")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 200, "")]
    [InlineData("nonsense", null, "")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n", null, "")]
    [InlineData("", null, "")]
    public async Task Nonsense_for_an_answer_is_a_failure_in_words(string answer, int? status, string body)
    {
        using var raw = new RawServer((stream, token) => stream.WriteAsync(Encoding.ASCII.GetBytes(answer), token).AsTask());

        var exchange = await SendAsync(raw.Url);

        (exchange.Status, exchange.Succeeded).ShouldBe((status, false));
        exchange.Error.ShouldNotBeNullOrEmpty();
        exchange.Error.ShouldNotContain("Exception");
        exchange.Body.Replace("abc", "", StringComparison.Ordinal).ShouldBe(body);
    }

    [Fact]
    public async Task Headers_without_end_are_a_failure_in_words()
    {
        using var raw = new RawServer(async (stream, token) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), token);
            var line = Encoding.ASCII.GetBytes($"X-{new string('a', 100)}: {new string('b', 900)}\r\n");
            while (true)
            {
                await stream.WriteAsync(line, token);
            }
        });

        (await SendAsync(raw.Url)).Error.ShouldBe("The headers of the answer exceed 20 kB.");
    }

    [Fact]
    public async Task A_receiver_without_TLS_is_a_failure_in_words()
    {
        var exchange = await SendAsync(new UriBuilder(receiver.Url) { Scheme = "https" }.Uri);

        exchange.Status.ShouldBeNull();
        exchange.Error!.ShouldStartWith("The TLS handshake failed: ");
    }

    [Fact]
    public async Task The_callers_token_ends_it_by_throwing()
    {
        using var stop = new CancellationTokenSource();
        receiver.Handles = async (context, _) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };

        await Should.ThrowAsync<OperationCanceledException>(() => sender.SendAsync(Endpoint(receiver.Url), Message, Long, stop.Token));
    }

    [Fact]
    public async Task Secrets_that_cannot_be_read_are_a_failure_in_words_and_nothing_is_sent()
    {
        var exchange = await sender.SendAsync(Endpoint(receiver.Url) with { ProtectedSecrets = [1, 2, 3] }, Message, Long, Token);

        exchange.Error!.ShouldStartWith("The endpoint's secrets could not be read");
        receiver.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task Connections_are_used_again()
    {
        for (var i = 0; i < 5; i++)
        {
            (await SendAsync()).Succeeded.ShouldBeTrue();
        }

        receiver.Connections.ShouldBe(1);
    }

    [Theory]
    [InlineData("120", 120L)]
    [InlineData(" 0 ", 0L)]
    [InlineData("-1", null)]
    [InlineData("1.5", null)]
    [InlineData("soon", null)]
    [InlineData("", null)]
    [InlineData("Sun, 22 Nov 2026 12:01:00 GMT", 60L)]
    [InlineData("Sunday, 22-Nov-26 12:01:00 GMT", 60L)]
    [InlineData("Sun Nov 22 12:01:00 2026", 60L)]
    [InlineData("Sun, 22 Nov 2026 11:59:00 GMT", null)]
    [InlineData("Sun, 31 Feb 2026 11:59:00 GMT", null)]
    [InlineData("99999999999999999999999999", long.MaxValue)]
    public void Retry_After_is_read_in_both_forms_and_nonsense_is_none(string value, long? seconds) =>
        RetryAfter.Parse(value, new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero))
            .ShouldBe(seconds switch { null => null, long.MaxValue => TimeSpan.MaxValue, var s => TimeSpan.FromSeconds(s.Value) });

    [Fact]
    public async Task Retry_After_comes_with_the_exchange()
    {
        receiver.Answers = _ => new ReceiverAnswer(429, "slow down", ("Retry-After", "7"));

        var exchange = await SendAsync();

        (exchange.RetryAfter, exchange.Body, exchange.Error).ShouldBe((TimeSpan.FromSeconds(7), "slow down", "The endpoint answered 429."));
    }

    private static WebhookMessage Message => new("m", "{}"u8.ToArray(), null);

    private Task<Exchange> SendAsync(Uri? url = null) => sender.SendAsync(Endpoint(url ?? receiver.Url), Message, Long, Token);

    private async Task<Exchange> CutAsync(string error, int? status, Uri? url = null)
    {
        var begun = Stopwatch.GetTimestamp();
        var exchange = await sender.SendAsync(Endpoint(url ?? receiver.Url), Message, Short, Token);

        // Far from both what it must take and from what it would take if the deadline did not cut it.
        Stopwatch.GetElapsedTime(begun).ShouldBeInRange(Short / 2, Long / 2);
        (exchange.Error, exchange.Status).ShouldBe((error, status));
        return exchange;
    }

    private WebhookEndpoint Endpoint(Uri url, params (string Name, string Value)[] headers) => new()
    {
        Tenant = "default",
        Id = "ep_exchange",
        Url = url,
        Description = null,
        Filter = new EndpointFilter([], [], [], [], [], [], null, []),
        RateLimit = null,
        Ordered = true,
        State = EndpointState.Active,
        StateSince = default,
        StateReason = null,
        Since = 0,
        Version = 1,
        CreatedAt = default,
        ProtectedSecrets = subscribed.Secrets.Protect("default", "ep_exchange", [new EndpointSecret(secret, null, null)]),
        ProtectedHeaders = subscribed.Secrets.Protect("default", "ep_exchange", headers.ToImmutableSortedDictionary(h => h.Name, h => h.Value)),
    };

    private sealed class NeverResolves : IHostResolver
    {
        public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return [];
        }
    }

    /// <summary>Answers each connection with bytes of a test's choice, whatever is asked, and closes it.</summary>
    private sealed class RawServer : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource stop = new();

        public RawServer(Func<NetworkStream, CancellationToken, Task> answer)
        {
            listener.Start();
            Url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
            _ = RunAsync(answer);
        }

        public Uri Url { get; }

        public void Dispose()
        {
            stop.Cancel();
            listener.Dispose();
            stop.Dispose();
        }

        private async Task RunAsync(Func<NetworkStream, CancellationToken, Task> answer)
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync(stop.Token);
                    await using var stream = client.GetStream();
                    await stream.ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false, stop.Token);
                    try
                    {
                        await answer(stream, stop.Token);
                    }
                    catch (IOException)
                    {
                        // The other side has had enough.
                    }
                }
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // The test is over.
            }
        }
    }
}
