using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace ComplianceTracker.Api.Tests.Faults;

/// <summary>One write as a client makes it, sent again in exactly the same way until it is known what became of it.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path under the API's base.</param>
/// <param name="Body">The body, JSON.</param>
/// <param name="IfMatch">The version it is to change, or null: any.</param>
/// <param name="StreamId">The stream whose events it appends.</param>
/// <param name="Marker">A text that its events hold, and those of no other write.</param>
/// <param name="Events">How many events it appends, all of them or none.</param>
internal sealed record Write(HttpMethod Method, string Path, string Body, long? IfMatch, string StreamId, string Marker, int Events = 1);

/// <summary>What a client knows of a write.</summary>
internal enum Fate
{
    /// <summary>It may be stored or not.</summary>
    Unknown,

    /// <summary>It was answered with its version and position.</summary>
    Acknowledged,

    /// <summary>It was unknown, and sent again it was refused because its effect is there.</summary>
    AlreadyThere,

    /// <summary>It was refused and changed nothing.</summary>
    Refused,
}

/// <summary>A line of the ledger.</summary>
internal sealed class Entry(Write write)
{
    public Write Write { get; } = write;

    public Fate Fate { get; set; } = Fate.Unknown;

    /// <summary>How often it was sent without learning what became of it.</summary>
    public int Lost { get; set; }

    /// <summary>When it was last sent.</summary>
    public DateTime SentAt { get; set; }

    public long Version { get; set; }

    public long Position { get; set; }
}

/// <summary>
/// What a client knows: each of its writes with its fate. Beside them it keeps what no fault excuses: an answer that is neither a
/// success nor a problem, a problem that blames the client, a failure of the service itself.
/// </summary>
internal sealed class Ledger
{
    // Somebody else is at it; the same request again may go through.
    private static readonly string[] Passing = ["unavailable", "not-ready", "not-yet-there", "concurrent-change"];

    // The effect of the write is there, when it is the write's own stream.
    private static readonly string[] Done =
        ["precondition-failed", "precondition-required", "development-already-recorded", "instrument-already-registered", "company-already-registered"];

    private readonly ConcurrentQueue<Entry> entries = new();
    private readonly ConcurrentQueue<string> surprises = new();
    private readonly ConcurrentQueue<DateTime> unanswered = new();
    private int acknowledged;

    public IReadOnlyCollection<Entry> Entries => entries;

    /// <summary>What no fault excuses.</summary>
    public IReadOnlyCollection<string> Surprises => surprises;

    /// <summary>When those requests were sent that got no answer at all.</summary>
    public IReadOnlyCollection<DateTime> Unanswered => unanswered;

    /// <summary>How many writes were acknowledged so far.</summary>
    public int Acknowledged => Volatile.Read(ref acknowledged);

    /// <summary>The figures.</summary>
    public override string ToString() =>
        $"{Entries.Count} writes: {Acknowledged} acknowledged, {Entries.Count(e => e.Fate == Fate.AlreadyThere)} found there when sent again, "
        + $"{Entries.Count(e => e.Fate == Fate.Refused)} refused; {Entries.Count(e => e.Lost > 0)} were unknown for a while; {Unanswered.Count} requests without an answer";

    /// <summary>Sends a write until its fate is known, or until cancelled: then it stays unknown.</summary>
    public async Task<Entry> SendAsync(HttpClient client, Write write, CancellationToken giveUp)
    {
        var entry = new Entry(write);
        entries.Enqueue(entry);
        await SettleAsync(client, entry, giveUp);
        return entry;
    }

    /// <summary>Sends what is unknown again until it is known.</summary>
    public async Task SettleAllAsync(HttpClient client, CancellationToken giveUp)
    {
        foreach (var entry in entries.Where(e => e.Fate == Fate.Unknown))
        {
            await SettleAsync(client, entry, giveUp);
        }
    }

    /// <summary>Asks something; whatever is not a success or a passing problem is a surprise.</summary>
    public async Task<JsonNode?> AskAsync(HttpClient client, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1" + path);
        var (status, body) = await ExchangeAsync(client, request);
        if (status == 200)
        {
            return body;
        }

        if (status != 0 && !IsPassing(status, body))
        {
            surprises.Enqueue($"GET {path} was answered {status}: {body}");
        }

        return null;
    }

    private async Task SettleAsync(HttpClient client, Entry entry, CancellationToken giveUp)
    {
        while (entry.Fate == Fate.Unknown && !giveUp.IsCancellationRequested)
        {
            entry.SentAt = DateTime.UtcNow;
            using var request = RequestOf(entry.Write);
            var (status, body) = await ExchangeAsync(client, request);
            Note(entry, status, body);
            if (entry.Fate == Fate.Unknown)
            {
                await Task.Delay(40, CancellationToken.None);
            }
        }
    }

    private void Note(Entry entry, int status, JsonNode? body)
    {
        if (status is 200 or 201)
        {
            (entry.Version, entry.Position) = (body!["version"]!.GetValue<long>(), body["position"]!.GetValue<long>());
            entry.Fate = Fate.Acknowledged;
            Interlocked.Increment(ref acknowledged);
        }
        else if (status == 0 || IsPassing(status, body))
        {
            entry.Lost++;
        }
        else if (Done.Contains(Type(body)))
        {
            entry.Fate = entry.Lost > 0 ? Fate.AlreadyThere : Fate.Refused;
        }
        else
        {
            entry.Fate = Fate.Refused;
            surprises.Enqueue($"{entry.Write.Method} {entry.Write.Path} was answered {status}: {body}");
        }
    }

    // Status 0 is no answer.
    private async Task<(int Status, JsonNode? Body)> ExchangeAsync(HttpClient client, HttpRequestMessage request)
    {
        var sent = DateTime.UtcNow;
        try
        {
            using var response = await client.SendAsync(request, CancellationToken.None);
            var text = await response.Content.ReadAsStringAsync(CancellationToken.None);
            var type = response.Content.Headers.ContentType?.MediaType;
            if (type != (response.IsSuccessStatusCode ? "application/json" : "application/problem+json"))
            {
                surprises.Enqueue($"{request.Method} {request.RequestUri} was answered {(int)response.StatusCode} with '{type}': {text}");
                return ((int)response.StatusCode, null);
            }

            return ((int)response.StatusCode, JsonNode.Parse(text));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
        {
            unanswered.Enqueue(sent);
            return (0, null);
        }
    }

    private static HttpRequestMessage RequestOf(Write write)
    {
        var request = new HttpRequestMessage(write.Method, "/api/v1" + write.Path)
        {
            Content = new StringContent(write.Body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        if (write.IfMatch is { } version)
        {
            request.Headers.TryAddWithoutValidation("If-Match", string.Create(CultureInfo.InvariantCulture, $"\"{version}\""));
        }

        return request;
    }

    private static bool IsPassing(int status, JsonNode? body) => Passing.Contains(Type(body)) && status is 503 or 409;

    private static string Type(JsonNode? body) => body?["type"]?.ToString().Split('/')[^1] ?? "";
}
