using System.Globalization;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.EventStore.Postgres;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Faults;

/// <summary>Holds what the service and its database have against a client's ledger.</summary>
internal static class Evidence
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>
    /// Every acknowledged write is in the log once, where it was said to be, and whole; so is every one found to be there already; no
    /// refused one is. The versions of a stream are dense, stamps never decrease, the feed is the log, and the register equals a fold of
    /// the log from zero.
    /// </summary>
    public static async Task HoldsAsync(FaultSite site, Ledger ledger)
    {
        ledger.Surprises.Take(5).ShouldBeEmpty($"{ledger.Surprises.Count} surprises. The service said:\n{site.Process.Output}");
        ledger.Entries.Where(e => e.Fate == Fate.Unknown).ShouldBeEmpty();

        var rows = await RowsAsync(site);
        rows.Zip(rows.Skip(1)).Where(pair => pair.Second.RecordedAt < pair.First.RecordedAt).ShouldBeEmpty("stamps decrease");
        CheckStreams(rows, await HeadsAsync(site));
        CheckLedger(rows, ledger);
        (await FeedAsync(site)).ShouldBe(rows.Select(r => (r.Position, r.Id, r.Version)));
        await CheckRegisterAsync(site, rows[^1].Position);
    }

    /// <summary>The positions of the log, as the database has them.</summary>
    public static async Task<IReadOnlyList<long>> PositionsAsync(FaultSite site) => [.. (await RowsAsync(site)).Select(r => r.Position)];

    /// <summary>The projected register, and everything it is made of, equals a fold from zero.</summary>
    public static async Task CheckRegisterAsync(FaultSite site, long head)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/companies?limit=1&minPosition={head}");
        request.Headers.Add("Prefer", "wait=60");
        using var response = await site.Client.SendAsync(request, Cancel);
        response.IsSuccessStatusCode.ShouldBeTrue($"{await response.Content.ReadAsStringAsync(Cancel)}\n{site.Process.Output}");

        await using var store = new PostgresEventStore(
            new PostgresEventStoreOptions { ConnectionString = site.ConnectionString, ThrowAwayDatabase = true }, TimeProvider.System);
        var recomputed = await Recomputed.FromAsync(store);
        recomputed.Head.ShouldBe(head);
        var projected = await Recomputed.ProjectedRowsAsync(store.DataSource);
        var computed = recomputed.Rows(head);
        projected.Except(computed).Take(5).ShouldBeEmpty("only projected");
        computed.Except(projected).Take(5).ShouldBeEmpty("only computed");
    }

    private static void CheckStreams(IReadOnlyList<Row> rows, Dictionary<string, long> heads)
    {
        foreach (var stream in rows.GroupBy(r => r.StreamId))
        {
            stream.Select(r => r.Version).ShouldBe(Enumerable.Range(1, stream.Count()).Select(v => (long)v), stream.Key);
            heads[stream.Key].ShouldBe(stream.Count(), stream.Key);
        }

        heads.Keys.Except(rows.Select(r => r.StreamId)).ShouldBeEmpty("streams without events");
    }

    private static void CheckLedger(IReadOnlyList<Row> rows, Ledger ledger)
    {
        var streams = rows.ToLookup(r => r.StreamId);
        foreach (var entry in ledger.Entries)
        {
            var own = streams[entry.Write.StreamId].Where(r => r.Data.Contains(entry.Write.Marker, StringComparison.Ordinal)).ToList();
            var what = $"{entry.Write.Method} {entry.Write.Path} ({entry.Write.Marker}), {entry.Fate}, sent {entry.Lost} times without an answer";
            own.Count.ShouldBe(entry.Fate == Fate.Refused ? 0 : entry.Write.Events, what);
            if (entry.Fate == Fate.Acknowledged)
            {
                (own[^1].Version, own[^1].Position).ShouldBe((entry.Version, entry.Position), what);
            }
        }
    }

    private static async Task<List<(long Position, string Id, long Version)>> FeedAsync(FaultSite site)
    {
        var feed = new List<(long, string, long)>();
        for (var cursor = ""; cursor is not null;)
        {
            var page = JsonNode.Parse(await site.Client.GetStringAsync($"/api/v1/events?limit=1000{cursor}", Cancel))!;
            feed.AddRange(page["items"]!.AsArray().Select(e => (Number(e!["sequence"]), e!["id"]!.ToString(), Number(e["streamversion"]))));
            cursor = page["next"] is { } next ? $"&cursor={next}" : null;
        }

        return feed;
    }

    private static long Number(JsonNode? text) => long.Parse(text!.ToString(), CultureInfo.InvariantCulture);

    private static async Task<IReadOnlyList<Row>> RowsAsync(FaultSite site)
    {
        var rows = new List<Row>();
        await using var connection = await site.ConnectAsync();
        await using var command = new NpgsqlCommand("select seq_id, id, stream_id, version, timestamp, data::text from mt_events order by seq_id", connection);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        while (await reader.ReadAsync(Cancel))
        {
            rows.Add(new(reader.GetInt64(0), reader.GetGuid(1).ToString(), reader.GetString(2), reader.GetInt64(3), reader.GetFieldValue<DateTimeOffset>(4), reader.GetString(5)));
        }

        return rows;
    }

    private static async Task<Dictionary<string, long>> HeadsAsync(FaultSite site)
    {
        var heads = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var connection = await site.ConnectAsync();
        await using var command = new NpgsqlCommand("select id, version from mt_streams where id <> 'mt_tombstone'", connection);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        while (await reader.ReadAsync(Cancel))
        {
            heads.Add(reader.GetString(0), reader.GetInt64(1));
        }

        return heads;
    }

    private sealed record Row(long Position, string Id, string StreamId, long Version, DateTimeOffset RecordedAt, string Data);
}
