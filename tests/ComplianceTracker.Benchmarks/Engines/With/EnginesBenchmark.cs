using System.Diagnostics;
using System.Globalization;
using System.Text;
using ComplianceTracker.EventStore;
using ComplianceTracker.EventStore.Marten;
using ComplianceTracker.EventStore.Postgres;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.Benchmarks;

/// <summary>
/// The engines side by side, with Marten as a programmer uses it by hand and with plain Npgsql: each on a schema of its own in one database,
/// in turns, so that whatever else the machine does meets all alike.
/// </summary>
internal static class EnginesBenchmark
{
    private const int Page = 1000;
    private const int LagSamples = 100;

    private static readonly byte[] Body = Encoding.UTF8.GetBytes(
        """{"Fact":"processes.personal_data.of.individuals","Value":1200000,"Note":"Counted for the annual report. 依据年度报告统计。","Source":"https://example.com/report/2024"}""");

    private static readonly AppendMetadata Metadata = new(
        "someone@example.com", "0b8f1c6e-2f55-4f0e-9f1d-0d6b7f6a3c11", null, new Dictionary<string, string> { ["tenant"] = "acme" });

    public static async Task RunAsync(string[] args)
    {
        var cells = args.Length > 0 ? args : ["one-1", "one-8", "many-8", "log", "lag"];
        await using var database = await DurableDatabase.StartAsync();
        await database.PrintSettingsAsync();
        foreach (var cell in cells)
        {
            await using var site = await Site.OpenAsync(database, cell.Replace('-', '_'));
            switch (cell)
            {
                case "log":
                    await LogAsync(site);
                    break;
                case "lag":
                    await LagAsync("built-in", site.BuiltIn);
                    await LagAsync("Marten engine", site.Marten);
                    await LagByHandAsync(site.ByHand);
                    break;
                default:
                    var parts = cell.Split('-');
                    await AppendsAsync(database, site, parts[0] == "many" ? 100 : 1, int.Parse(parts[1], CultureInfo.InvariantCulture));
                    break;
            }
        }
    }

    // Short turns and many of them: this machine's disk and neighbours change within seconds, and a ratio wants both sides under the same. A hundred
    // events over a hundred streams take some writers most of a tenth of a second.
    private static async Task AppendsAsync(DurableDatabase database, Site site, int events, int writers)
    {
        var (rounds, seconds) = events == 1 ? (101, 0.1) : (21, 0.5);
        var columns = 0;
        var plain = await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => PlainAppender.ConnectAsync(database.ConnectionString, site.Plain.Schema, events)));
        await TurnsAsync($"append: {events} a transaction, {writers} writers", "events/s", rounds, [
            ("built-in", Turn(batch => AppendAsync(site.BuiltIn, batch))),
            ("Marten engine", Turn(batch => AppendAsync(site.Marten, batch))),
            ("Marten by hand", Turn(batch => site.ByHand.AppendAsync(batch.Streams, Metadata))),
            ("by hand, fetched", Turn(batch => site.ByHand.AppendFetchedAsync(batch.Streams, Metadata))),
            ("by hand, locked", Turn(batch => site.ByHand.AppendExclusiveAsync(batch.Streams, Metadata))),
            ("plain Npgsql", Turn(batch => plain[batch.Writer].AppendAsync(
                [.. batch.Streams.Select(s => new PlainRow(s.Id, s.Version + 1, Guid.NewGuid(), "fact.declared.v1", Body))], Metadata))),
        ]);
        foreach (var appender in plain)
        {
            await appender.DisposeAsync();
        }

        Func<Task<double>> Turn(Func<Batch, Task> append)
        {
            OwnStreams[] streams = [.. Enumerable.Range(0, writers).Select(w => new OwnStreams(columns * writers + w))];
            columns++;
            return () => RateAsync(streams, seconds, events, append);
        }
    }

    private static async Task LogAsync(Site site)
    {
        const int LogRounds = 5;
        const int Events = 50_000;
        await site.FillAsync(Events);
        await TurnsAsync($"read all: {Events:N0} events in pages of {Page:N0}", "events/s", LogRounds, [
            ("built-in", () => TimedAsync(Events, () => ReadAsync(site.BuiltIn))),
            ("Marten engine", () => TimedAsync(Events, () => ReadAsync(site.Marten))),
            ("Marten by hand", () => TimedAsync(Events, async () => Require(await site.ByHand.ReadAllAsync(Page), Events))),
            ("plain Npgsql", () => TimedAsync(Events, () => ReadPlainAsync(site.Plain))),
        ]);
        await TurnsAsync($"rebuild: a subscription over {Events:N0} events", "events/s", LogRounds, [
            ("built-in", () => TimedAsync(Events, () => HandleAsync(site.BuiltIn, Events))),
            ("Marten engine", () => TimedAsync(Events, () => HandleAsync(site.Marten, Events))),
            ("Marten by hand", () => site.RebuildByHandAsync(Events)),
        ]);
    }

    private static async Task TurnsAsync(string what, string unit, int rounds, (string Name, Func<Task<double>> Measure)[] turns)
    {
        var rates = turns.Select(_ => new List<double>()).ToArray();
        for (var round = -1; round < rounds; round++)
        {
            for (var i = 0; i < turns.Length; i++)
            {
                // The first round warms up.
                var rate = await turns[i].Measure();
                if (round >= 0)
                {
                    rates[i].Add(rate);
                }
            }
        }

        var byHand = Rounds.Median(rates[2]);
        for (var i = 0; i < turns.Length; i++)
        {
            var median = Rounds.Median(rates[i]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{what,-48} {turns[i].Name,-16} {median,10:N0} {unit}  ({rates[i].Min():N0} to {rates[i].Max():N0})  {median / byHand:0.00} of Marten by hand"));
        }
    }

    private static async Task<double> RateAsync(OwnStreams[] writers, double seconds, int events, Func<Batch, Task> append)
    {
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(writers.Select((own, writer) => Task.Run(async () =>
        {
            // The turn that warms up lasts until all streams are there: what is measured goes on with streams, as most appends do.
            var count = 0L;
            while (clock.Elapsed.TotalSeconds < seconds || !own.AllBegun)
            {
                var streams = new (string, long)[events];
                for (var i = 0; i < events; i++)
                {
                    streams[i] = own.Next();
                }

                await append(new Batch(writer, streams));
                count += events;
            }

            return count;
        })));
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    private static async Task AppendAsync(IEventStore store, Batch batch)
    {
        var result = await store.AppendAsync(
            [.. batch.Streams.Select(s => new StreamAppend(
                s.Id, s.Version == 0 ? ExpectedVersion.NoStream : ExpectedVersion.Exact(s.Version), [new EventData(Guid.NewGuid(), "fact.declared.v1", Body)]))],
            Metadata);
        Require(result is AppendResult.Appended { Duplicate: false } ? 1 : 0, 1);
    }

    private static async Task<double> TimedAsync(int events, Func<Task> work)
    {
        var begun = Stopwatch.GetTimestamp();
        await work();
        return events / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private static async Task ReadAsync(IEventStore store)
    {
        var (after, count, head) = (0L, 0L, await store.HeadAsync());
        while (after < head)
        {
            var page = await store.ReadAllAsync(after, Page);
            (after, count) = (page.Through, count + page.Events.Count);
        }

        Require(count, 50_000);
    }

    private static async Task ReadPlainAsync(PostgresEventStoreOptions plain)
    {
        await using var connection = new NpgsqlConnection(plain.ConnectionString);
        await connection.OpenAsync();
        for (var (after, count) = (0L, 0L); ;)
        {
            await using var command = new NpgsqlCommand($"""
                select seq_id, id, stream_id, version, type, data, timestamp, user_name, correlation_id, causation_id, headers
                from {plain.Schema}.mt_events where seq_id > $1 order by seq_id limit {Page}
                """, connection) { Parameters = { new NpgsqlParameter<long> { TypedValue = after, NpgsqlDbType = NpgsqlDbType.Bigint } } };
            await using var reader = await command.ExecuteReaderAsync();
            var before = count;
            while (await reader.ReadAsync())
            {
                after = reader.GetInt64(0);
                _ = (reader.GetGuid(1), reader.GetString(2), reader.GetInt64(3), reader.GetString(4), reader.GetFieldValue<byte[]>(5), reader.GetDateTime(6), reader.GetString(10));
                count++;
            }

            if (count == before)
            {
                Require(count, 50_000);
                return;
            }
        }
    }

    private static async Task HandleAsync(IEventStore store, int events)
    {
        var subscription = new Counter($"rebuild-{Guid.NewGuid():N}");
        using var stop = new CancellationTokenSource();
        var running = store.RunSubscriptionAsync(subscription, stop.Token);
        Require(await store.WaitForCheckpointAsync(subscription.Name, await store.HeadAsync(), TimeSpan.FromMinutes(2)) ? 1 : 0, 1);
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Require(subscription.Seen, events);
    }

    private static async Task LagAsync(string name, IEventStore store)
    {
        var subscription = new Counter($"lag-{Guid.NewGuid():N}");
        using var stop = new CancellationTokenSource();
        var running = store.RunSubscriptionAsync(subscription, stop.Token);
        await PrintLagAsync(name, async i =>
        {
            var appended = (AppendResult.Appended)await store.AppendAsync(
                [new StreamAppend("s", ExpectedVersion.Any, [new EventData(Guid.NewGuid(), "fact.declared.v1", Body)])], Metadata);
            Require(await store.WaitForCheckpointAsync(subscription.Name, appended.Position, TimeSpan.FromSeconds(30)) ? 1 : 0, 1);
        });
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task LagByHandAsync(ByHand byHand)
    {
        using var stop = new CancellationTokenSource();
        var running = byHand.RunAsync(stop.Token);
        await PrintLagAsync("Marten by hand", async i =>
        {
            await byHand.AppendAsync([("s", i)], Metadata);
            await byHand.UntilAsync(i + 1);
        });
        await stop.CancelAsync();
        await running;
    }

    private static async Task PrintLagAsync(string name, Func<int, Task> sample)
    {
        var lags = new List<double>();
        for (var i = 0; i < LagSamples + 20; i++)
        {
            await Task.Delay(Random.Shared.Next(20, 60));
            var begun = Stopwatch.GetTimestamp();
            await sample(i);
            lags.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        var sorted = lags.Skip(20).Order().ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{"lag: append to handled, 1 event",-48} {name,-16} p50 {sorted[sorted.Length / 2]:0.0} ms  p99 {sorted[sorted.Length * 99 / 100]:0.0} ms  ({sorted.Length} samples)"));
    }

    private static void Require(long actual, long expected)
    {
        if (actual != expected)
        {
            throw new InvalidOperationException($"{actual} where {expected} was to be.");
        }
    }

    private sealed record Batch(int Writer, (string Id, long Version)[] Streams);

    private sealed class Counter(string name) : ISubscription
    {
        private long seen;

        public string Name => name;

        public EventFilter? Filter => null;

        public long Seen => Volatile.Read(ref seen);

        public Task HandleAsync(SubscriptionBatch batch, CancellationToken cancellationToken)
        {
            Interlocked.Add(ref seen, batch.Events.Count);
            return Task.CompletedTask;
        }
    }

    /// <summary>Four equal schemas, each with what is measured on it.</summary>
    private sealed class Site : IAsyncDisposable
    {
        private readonly List<PostgresEventStore> tables = [];

        private string handSchema = "";

        public IEventStore BuiltIn => tables[0];

        public IEventStore Marten { get; private set; } = null!;

        public ByHand ByHand { get; private set; } = null!;

        public PostgresEventStoreOptions Plain { get; private set; } = null!;

        public static async Task<Site> OpenAsync(DurableDatabase database, string name)
        {
            var site = new Site();
            foreach (var what in new[] { "ours", "marten", "hand", "plain" })
            {
                site.tables.Add(await database.OpenStoreAsync($"{name}_{what}"));
            }

            site.Marten = MartenEngine.Open(site.tables[1]);
            await site.Marten.MigrateAsync();
            site.handSchema = $"{name}_hand";
            site.ByHand = new ByHand(site.tables[2]);
            await site.ByHand.MigrateAsync();
            site.Plain = new PostgresEventStoreOptions { ConnectionString = database.ConnectionString, Schema = $"{name}_plain" };
            return site;
        }

        /// <summary>The same number of events in each.</summary>
        public async Task FillAsync(int events)
        {
            foreach (var store in tables)
            {
                for (var i = 0; i < events; i += 500)
                {
                    await AppendAsync(store, new Batch(0, [.. Enumerable.Range(i, 500).Select(s => ($"company-{s:000000}", 0L))]));
                }
            }
        }

        /// <summary>Marten's daemon from the beginning of the log, by a store that starts with it.</summary>
        public async Task<double> RebuildByHandAsync(int events)
        {
            await using (var forget = tables[2].DataSource.CreateCommand($"delete from {handSchema}.mt_event_progression"))
            {
                await forget.ExecuteNonQueryAsync();
            }

            await using var daemon = new ByHand(tables[2]);
            using var stop = new CancellationTokenSource();
            var begun = Stopwatch.GetTimestamp();
            var running = daemon.RunAsync(stop.Token);
            await daemon.UntilAsync(events);
            var rate = events / Stopwatch.GetElapsedTime(begun).TotalSeconds;
            await stop.CancelAsync();
            await running;
            return rate;
        }

        public async ValueTask DisposeAsync()
        {
            await ((IAsyncDisposable)Marten).DisposeAsync();
            await ByHand.DisposeAsync();
            foreach (var store in tables)
            {
                await store.DisposeAsync();
            }
        }
    }
}
