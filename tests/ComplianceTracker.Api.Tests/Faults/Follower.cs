using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace ComplianceTracker.Api.Tests.Faults;

/// <summary>A client that follows the feed, live or by asking again and again, and goes on where it was whenever it is cut off.</summary>
internal sealed class Follower : IAsyncDisposable
{
    private readonly HttpClient client;
    private readonly long start;
    private readonly ConcurrentQueue<long> seen = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;
    private int begun;
    private int ended;

    private Follower(HttpClient client, long start, Func<Follower, Task> follow)
    {
        (this.client, this.start) = (client, start);
        running = Task.Run(() => follow(this));
    }

    /// <summary>The positions it was told, in the order in which it was told them.</summary>
    public IReadOnlyList<long> Seen => [.. seen];

    /// <summary>How often the service ended a live stream in order.</summary>
    public int Ended => Volatile.Read(ref ended);

    /// <summary>How often a live stream that had begun was not ended in order, the one that goes on included.</summary>
    public int Cut => Volatile.Read(ref begun) - Ended;

    /// <summary>Follows the events after the position as a live stream.</summary>
    public static Follower Live(HttpClient client, long after) => new(client, after, f => f.FollowAsync(f.StreamAsync));

    /// <summary>Asks for the events after the position, again and again.</summary>
    public static Follower Polling(HttpClient client, long after) => new(client, after, f => f.FollowAsync(f.PollAsync));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    private long Last => seen.IsEmpty ? start : seen.Last();

    private async Task FollowAsync(Func<Task> once)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await once();
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // The next one goes on where this one was.
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(10, CancellationToken.None);
        }
    }

    private async Task StreamAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/events?after={start}");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        request.Headers.Add("Last-Event-ID", Last.ToString(CultureInfo.InvariantCulture));
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
        response.EnsureSuccessStatusCode();
        Interlocked.Increment(ref begun);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(stop.Token));
        while (await lines.ReadLineAsync(stop.Token) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                seen.Enqueue(long.Parse(line[4..], CultureInfo.InvariantCulture));
            }
        }

        Interlocked.Increment(ref ended);
    }

    private async Task PollAsync()
    {
        var page = JsonNode.Parse(await client.GetStringAsync($"/api/v1/events?after={Last}&limit=1000", stop.Token))!;
        foreach (var item in page["items"]!.AsArray())
        {
            seen.Enqueue(long.Parse(item!["sequence"]!.ToString(), CultureInfo.InvariantCulture));
        }
    }
}
