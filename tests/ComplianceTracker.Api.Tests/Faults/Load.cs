using System.Text.Json;
using ComplianceTracker.Api.Tests.Support;
using static ComplianceTracker.Api.Tests.Support.Api;

namespace ComplianceTracker.Api.Tests.Faults;

/// <summary>
/// Clients that write all the time: companies are registered, replaced and declare facts; instruments are registered with several
/// developments at once; all record developments of one law. Each company is one writer's, so that a writer knows its version.
/// </summary>
internal sealed class Load : IAsyncDisposable
{
    private static long markers = 100_000_000;

    private readonly HttpClient client;
    private readonly Ledger ledger;
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource givenUp = new();
    private readonly Task running;

    private Load(HttpClient client, Ledger ledger, int writers, Random random)
    {
        (this.client, this.ledger) = (client, ledger);
        running = Task.WhenAll(Enumerable.Range(0, writers).Select(_ => random.Next()).ToList().Select(seed => Task.Run(() => WriteAsync(new Random(seed))))
            .Append(Task.Run(() => ReadAsync(new Random(random.Next())))));
    }

    /// <summary>Starts so many writers and one reader.</summary>
    public static Load Start(HttpClient client, Ledger ledger, int writers, Random random) => new(client, ledger, writers, random);

    /// <summary>A marker that no write has had yet.</summary>
    public static string Marker() => $"m{Interlocked.Increment(ref markers)}";

    /// <summary>The registration of a company under its marker.</summary>
    public static Write Registration(string marker, object? facts = null, string? name = null) => new(
        HttpMethod.Put, $"/companies/{marker}", Json(new { name = name ?? marker, facts = facts ?? new { handles_data = true, activities = new[] { "shop" } } }), null,
        $"company-default-{marker}", marker);

    /// <summary>A declaration of facts whose marker is the number of staff.</summary>
    public static Write Declaration(string company, string marker, long? ifMatch) => new(
        HttpMethod.Post, $"/companies/{company}/facts", Json(new[] { new { fact = "staff", value = long.Parse(marker[1..]) } }), ifMatch,
        $"company-default-{company}", marker[1..]);

    /// <summary>A development of a law, of no consequence or with a new obligation.</summary>
    public static Write Recording(string instrument, string marker, bool withObligation) => new(
        HttpMethod.Post, $"/instruments/{instrument}/developments", Json(DevelopmentBody(marker, withObligation)), null, $"instrument-{instrument}", marker);

    /// <summary>Waits until that many more writes were acknowledged.</summary>
    public async Task AcknowledgesAsync(int more, FaultSite site)
    {
        var goal = ledger.Acknowledged + more;
        await site.UntilAsync($"{more} more writes were acknowledged", () => Task.FromResult(ledger.Acknowledged >= goal));
    }

    /// <summary>Ends the writers, each once the fate of its last write is known; those still unknown are given up when the token says so.</summary>
    public async Task StopAsync(CancellationToken giveUp)
    {
        await stop.CancelAsync();
        await using var registration = giveUp.Register(() => givenUp.Cancel());
        await running;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await givenUp.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
        givenUp.Dispose();
    }

    private async Task WriteAsync(Random random)
    {
        var own = new List<(string Id, long Version)>();
        while (!stop.IsCancellationRequested)
        {
            var at = own.Count == 0 ? -1 : random.Next(own.Count);
            var kind = random.Next(10);
            var marker = Marker();
            if (at < 0 || kind < 1)
            {
                var registered = await ledger.SendAsync(client, Registration(marker), givenUp.Token);
                own.Add((marker, VersionAfter(registered, 0)));
            }
            else if (kind < 8)
            {
                var (id, version) = own[at];
                var changed = await ledger.SendAsync(client, Change(id, version, marker, kind), givenUp.Token);
                own[at] = (id, VersionAfter(changed, version));
            }
            else
            {
                await ledger.SendAsync(
                    client, kind == 8 ? Recording("de-law", marker, random.Next(8) == 0) : Registration(marker, random.Next(1, 5)), givenUp.Token);
            }

            await Task.Delay(random.Next(20), CancellationToken.None);
        }
    }

    private async Task ReadAsync(Random random)
    {
        while (!stop.IsCancellationRequested)
        {
            var known = ledger.Entries.Where(e => e.Fate == Fate.Acknowledged).TakeLast(50).ToList();
            var path = known.Count == 0 ? "/facts" : random.Next(4) switch
            {
                0 => "/companies/acme/obligations",
                1 => $"/events?after={known[random.Next(known.Count)].Position - 1}&limit=10",
                2 => "/companies?limit=10",
                _ => known[random.Next(known.Count)].Write.StreamId is var stream && stream.StartsWith("company-default-", StringComparison.Ordinal)
                    ? $"/companies/{stream["company-default-".Length..]}"
                    : $"/instruments/{stream["instrument-".Length..]}",
            };
            await ledger.AskAsync(client, path);
            await Task.Delay(random.Next(10), CancellationToken.None);
        }
    }

    private static Write Change(string id, long version, string marker, int kind) => kind switch
    {
        < 4 => Registration(id, new { handles_data = kind == 3, staff = version }, marker) with { IfMatch = version, Marker = marker },
        < 6 => Declaration(id, marker, version),
        _ => Declaration(id, marker, null),
    };

    private static Write Registration(string marker, int developments) => new(
        HttpMethod.Post,
        "/instruments",
        Json(new
        {
            id = marker,
            jurisdiction = "DE",
            kind = "law",
            title = new { en = marker },
            developments = Enumerable.Range(0, developments).Select(i => DevelopmentBody($"{marker}-{i}", withObligation: i == 3)).ToArray(),
        }),
        null,
        $"instrument-{marker}",
        marker,
        developments + 1);

    private static object DevelopmentBody(string marker, bool withObligation) => Development(
        marker, "2020-01-01", withObligation ? [Define($"{marker}-art1", "handles_data && staff > 100"), Enact($"{marker}-art1", "2021-01-01")] : []);

    // A write that was refused because it is there already was stored as the next version of what is this writer's alone.
    private static long VersionAfter(Entry entry, long before) => entry.Fate == Fate.Acknowledged ? entry.Version : before + 1;

    private static string Json(object body) => JsonSerializer.Serialize(body);
}
