using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using ComplianceTracker.Api.Webhooks.Endpoints;
using Npgsql;

namespace ComplianceTracker.Api.Webhooks.Outbound;

/// <summary>
/// The one way out to subscribers. A connection is made to an address that was vetted for it, whatever the name resolved to
/// before; redirects, proxies and cookies there are none; one deadline runs over connecting, TLS, headers and body.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    /// <summary>How much of an answer's body, and of its headers, is read and kept, in bytes.</summary>
    public const int MostOfAnAnswer = 20_480;

    private const string MediaType = "application/cloudevents+json; charset=utf-8";
    private const int MostUnprotected = 10_000;

    // A second address is tried while the first still hangs in its handshake for this long; the deadline has room for a few.
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(4);

    private static readonly string UserAgent = $"ComplianceTracker/{typeof(WebhookSender).Assembly.GetName().Version?.ToString(2)}";

    private readonly AddressPolicy policy;
    private readonly EndpointSecrets secrets;
    private readonly TimeProvider time;
    private readonly HttpMessageInvoker client;
    private readonly ConcurrentDictionary<(string Tenant, string Id), Unprotected> unprotected = new();

    /// <summary>A sender with a pool of connections of its own.</summary>
    public WebhookSender(AddressPolicy policy, EndpointSecrets secrets, TimeProvider time)
    {
        (this.policy, this.secrets, this.time) = (policy, secrets, time);
        client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = ConnectAsync,
            // An attempt to connect goes on after its request gave up, and serves the next; it must end by itself.
            ConnectTimeout = TimeSpan.FromSeconds(15),
            // In kB. What is not read of a body is not worth reading: the connection is closed.
            MaxResponseHeadersLength = MostOfAnAnswer / 1024,
            MaxResponseDrainSize = 0,
            // Names are looked up anew with each connection, so this is how soon a moved receiver is found.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            // The message brings its own traceparent: that of the event, not of whoever sends it.
            ActivityHeadersPropagator = null,
        });
    }

    /// <summary>Signs and posts a message to an endpoint.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="message">What.</param>
    /// <param name="deadline">How long it may take, from the look-up of the name to the last byte of the answer.</param>
    /// <param name="cancellationToken">Ends the attempt; the only thing that makes it throw.</param>
    /// <exception cref="OperationCanceledException">The caller's token.</exception>
    public async Task<Exchange> SendAsync(WebhookEndpoint endpoint, WebhookMessage message, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var at = time.GetUtcNow();
        Unprotected dress;
        try
        {
            dress = UnprotectedOf(endpoint);
        }
        catch (CryptographicException e)
        {
            return new Exchange(at, TimeSpan.Zero, null, "", "", $"The endpoint's secrets could not be read, so nothing was sent: {e.Message}", null);
        }

        // A kept connection that the endpoint closed while the request was on its way says nothing of the endpoint: on another one the
        // message is sent again, at once and once. The id is the same, so the endpoint takes it once in any case.
        var (exchange, closed) = await PostAsync(endpoint, message, dress, at, deadline, cancellationToken);
        return closed && deadline > exchange.Duration
            ? (await PostAsync(endpoint, message, dress, time.GetUtcNow(), deadline - exchange.Duration, cancellationToken)).Exchange
            : exchange;
    }

    private async Task<(Exchange Exchange, bool Closed)> PostAsync(
        WebhookEndpoint endpoint, WebhookMessage message, Unprotected dress, DateTimeOffset at, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Url) { Content = new ReadOnlyMemoryContent(message.Body) };
        Dress(request, dress, message, at);
        return await ExchangeAsync(request, at, deadline, cancellationToken);
    }

    /// <summary>Asks an endpoint whether it wants deliveries: <c>OPTIONS</c> with <c>WebHook-Request-Origin</c>, as CloudEvents has it.</summary>
    /// <param name="endpoint">Whom.</param>
    /// <param name="origin">Who asks.</param>
    /// <param name="deadline">How long it may take.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="OperationCanceledException">The caller's token.</exception>
    public async Task<Exchange> AskForConsentAsync(WebhookEndpoint endpoint, string origin, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, endpoint.Url);
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        request.Headers.TryAddWithoutValidation("WebHook-Request-Origin", origin);
        return (await ExchangeAsync(request, time.GetUtcNow(), deadline, cancellationToken)).Exchange;
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private static void Dress(HttpRequestMessage request, Unprotected dress, WebhookMessage message, DateTimeOffset at)
    {
        var timestamp = at.ToUnixTimeSeconds();
        var headers = request.Headers;
        headers.TryAddWithoutValidation("User-Agent", UserAgent);
        headers.TryAddWithoutValidation("webhook-id", message.Id);
        headers.TryAddWithoutValidation("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        headers.TryAddWithoutValidation("webhook-signature", StandardWebhooks.Sign(dress.KeysAt(at), message.Id, timestamp, message.Body.Span));
        if (message.TraceParent is { } parent)
        {
            headers.TryAddWithoutValidation("traceparent", parent);
        }

        foreach (var (name, value) in dress.Headers)
        {
            headers.TryAddWithoutValidation(name, value);
        }

        request.Content!.Headers.TryAddWithoutValidation("Content-Type", MediaType);
    }

    private Unprotected UnprotectedOf(WebhookEndpoint endpoint)
    {
        var key = (endpoint.Tenant, endpoint.Id);
        if (unprotected.TryGetValue(key, out var known) && known.IsOf(endpoint))
        {
            return known;
        }

        if (unprotected.Count >= MostUnprotected)
        {
            unprotected.Clear();
        }

        return unprotected[key] = new Unprotected(
            endpoint,
            [..secrets.SecretsOf(endpoint).Select(s => (StandardWebhooks.KeyOf(s.Text), s.Expires))],
            [..secrets.HeadersOf(endpoint)]);
    }

    private async Task<(Exchange Exchange, bool Closed)> ExchangeAsync(HttpRequestMessage request, DateTimeOffset at, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(deadline);
        var answer = new Answer();
        string? error;
        var closed = false;
        try
        {
            using var response = await client.SendAsync(request, limit.Token);
            answer.Status = (int)response.StatusCode;
            answer.Headers = HeadersOf(response);
            answer.RetryAfter = response.Headers.NonValidated.TryGetValues("Retry-After", out var values) ? values.ToString() : null;
            await ReadBodyAsync(response, answer, limit.Token);
            error = Judge(response);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            // Whatever a receiver or a network can do ends here, in words.
            closed = answer.Status is null && IsClosed(e);
            error = limit.IsCancellationRequested ? TooLate(answer.Status, deadline) : Shown(FailureOf(e));
        }

        return (
            new Exchange(
                at, time.GetElapsedTime(begun), answer.Status, answer.Headers, answer.Body, error, RetryAfter.Parse(answer.RetryAfter, time.GetUtcNow())),
            closed);
    }

    // The framework quotes what a receiver sent, whatever it was.
    private static string Shown(string error) => string.Concat(error.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(1000));

    private static string? Judge(HttpResponseMessage response) => (int)response.StatusCode switch
    {
        >= 200 and < 300 => null,
        >= 300 and < 400 and var status => $"The endpoint answered {status}; redirects are not followed.",
        var status => $"The endpoint answered {status}.",
    };

    private static string TooLate(int? status, TimeSpan deadline)
    {
        var within = $"{deadline.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s";
        return status is null ? $"No answer within {within}." : $"The endpoint answered {status}, but its answer did not end within {within}.";
    }

    private static string HeadersOf(HttpResponseMessage response)
    {
        var text = new StringBuilder();
        foreach (var headers in (ReadOnlySpan<System.Net.Http.Headers.HttpHeadersNonValidated>)[response.Headers.NonValidated, response.Content.Headers.NonValidated])
        {
            foreach (var (name, values) in headers)
            {
                foreach (var value in values)
                {
                    text.Append(name).Append(": ").Append(value).Append('\n');
                }
            }
        }

        return Text(text.Length > MostOfAnAnswer ? text.ToString(0, MostOfAnAnswer) : text.ToString());
    }

    private static async Task ReadBodyAsync(HttpResponseMessage response, Answer answer, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MostOfAnAnswer);
        var length = 0;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            int read;
            while (length < MostOfAnAnswer && (read = await body.ReadAsync(buffer.AsMemory(length, MostOfAnAnswer - length), cancellationToken)) > 0)
            {
                length += read;
            }
        }
        finally
        {
            answer.Body = length == 0 ? "" : Text(Encoding.UTF8.GetString(buffer, 0, length));
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // The database takes no U+0000.
    private static string Text(string text) => text.Contains('\0') ? text.Replace('\0', '\uFFFD') : text;

    private static bool IsClosed(Exception? e) => e is not null
        && (e is HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded }
            or SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown }
            || IsClosed(e.InnerException));

    private static string FailureOf(Exception e)
    {
        for (var inner = e; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case ForbiddenDestinationException:
                    return $"Not sent: {inner.Message}";
                case AuthenticationException:
                    return $"The TLS handshake failed: {inner.Message}";
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return "The host's name does not resolve.";
                case SocketException:
                    return $"The connection failed: {inner.Message}.";
            }
        }

        return e is HttpRequestException http
            ? http.HttpRequestError switch
            {
                HttpRequestError.ResponseEnded => "The endpoint closed the connection before its answer ended.",
                HttpRequestError.ConfigurationLimitExceeded => $"The headers of the answer exceed {MostOfAnAnswer / 1024} kB.",
                HttpRequestError.InvalidResponse => $"The answer is no HTTP: {http.Message}",
                HttpRequestError.ConnectionError => $"The connection failed: {http.Message}",
                _ => $"The exchange failed: {http.Message}",
            }
            : $"The exchange failed: {e.Message}";
    }

    // Vetted here and not before: between a check and a connection the name may come to mean something else.
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var uri = context.InitialRequestMessage.RequestUri!;
        var addresses = await policy.VetAsync(uri.Scheme, context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken);
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                if (i < addresses.Length - 1)
                {
                    patience.CancelAfter(LongestConnect);
                }

                await socket.ConnectAsync(new IPEndPoint(addresses[i], context.DnsEndPoint.Port), patience.Token);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception e)
            {
                socket.Dispose();
                if (i == addresses.Length - 1 || cancellationToken.IsCancellationRequested || e is not (SocketException or OperationCanceledException))
                {
                    throw;
                }
            }
        }
    }

    /// <summary>What has come of an answer so far.</summary>
    private sealed class Answer
    {
        public int? Status { get; set; }

        public string Headers { get; set; } = "";

        public string Body { get; set; } = "";

        public string? RetryAfter { get; set; }
    }

    /// <summary>What an endpoint's deliveries are signed and dressed with.</summary>
    private sealed class Unprotected(
        WebhookEndpoint endpoint, ImmutableArray<(byte[] Key, DateTimeOffset? Expires)> keys, ImmutableArray<KeyValuePair<string, string>> headers)
    {
        private readonly byte[][]? lasting = keys.All(k => k.Expires is null) ? [..keys.Select(k => k.Key)] : null;

        // By what was unprotected and not by the version: another address is asked before it becomes a version.
        public bool IsOf(WebhookEndpoint other) =>
            endpoint.ProtectedSecrets.AsSpan().SequenceEqual(other.ProtectedSecrets) && endpoint.ProtectedHeaders.AsSpan().SequenceEqual(other.ProtectedHeaders);

        public ImmutableArray<KeyValuePair<string, string>> Headers => headers;

        public byte[][] KeysAt(DateTimeOffset now) => lasting ?? [..keys.Where(k => k.Expires is null || k.Expires > now).Select(k => k.Key)];
    }
}
