using System.Diagnostics;
using System.Globalization;
using System.Text;
using ComplianceTracker.EventStore;
using ComplianceTracker.EventStore.Postgres;

namespace ComplianceTracker.Benchmarks;

/// <summary>
/// What the promises of an append cost: the store against <see cref="PlainAppender"/>, which writes the same rows into equal
/// tables in the fewest round trips and promises nothing.
/// </summary>
internal static class AppendBenchmark
{
    private const double Reach = 0.8;
    private const int BatchSize = 100;

    private static readonly byte[] Body = Encoding.UTF8.GetBytes(
        """{"fact":"processes.personal_data.of.individuals","value":{"type":"int","value":1200000},"validFrom":"2024-03-01","note":{"en":"Counted for the annual report.","zh":"依据年度报告统计。"},"source":"https://example.com/report/2024"}""");

    private static readonly AppendMetadata Metadata = new(
        "someone@example.com", "0b8f1c6e-2f55-4f0e-9f1d-0d6b7f6a3c11", null, new Dictionary<string, string> { ["tenant"] = "acme" });

    public static async Task RunAsync(string[] args)
    {
        var cells = args.Length > 0 ? args : ["one-1", "one-8", "many-1", "many-8"];
        var seconds = 2.0;
        var rounds = 7;
        await using var database = await DurableDatabase.StartAsync();
        await database.PrintSettingsAsync();
        foreach (var cell in cells)
        {
            var parts = cell.Split('-');
            var (many, writers) = (parts[0] == "many", int.Parse(parts[1], CultureInfo.InvariantCulture));
            await using var store = await database.OpenStoreAsync($"ours_{cell.Replace('-', '_')}");
            var plainSchema = $"plain_{cell.Replace('-', '_')}";
            await using (await database.OpenStoreAsync(plainSchema))
            {
            }

            var ours = Enumerable.Range(0, writers).Select(w => new StoreWriter(store, w, many)).ToArray();
            var plain = await Task.WhenAll(Enumerable.Range(0, writers)
                .Select(w => PlainWriter.ConnectAsync(database.ConnectionString, plainSchema, w, many)));
            var result = await Rounds.TakeTurnsAsync(
                rounds,
                () => RateAsync(ours.Select(w => (Func<Task<int>>)w.AppendAsync), seconds),
                () => RateAsync(plain.Select(w => (Func<Task<int>>)w.AppendAsync), seconds));
            var what = many ? $"{BatchSize} events over {BatchSize} streams" : "1 event";
            result.Print($"append: {what}, {writers} writer{(writers == 1 ? "" : "s")}", "events/s", Reach);
            foreach (var writer in plain)
            {
                await writer.DisposeAsync();
            }
        }
    }

    /// <summary>Events a second with every writer at work for that long.</summary>
    private static async Task<double> RateAsync(IEnumerable<Func<Task<int>>> writers, double seconds)
    {
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(writers.Select(append => Task.Run(async () =>
        {
            var count = 0L;
            while (clock.Elapsed.TotalSeconds < seconds)
            {
                count += await append();
            }

            return count;
        })));
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    private sealed class StoreWriter(PostgresEventStore store, int writer, bool many)
    {
        private readonly OwnStreams streams = new(writer);

        public async Task<int> AppendAsync()
        {
            var batch = new StreamAppend[many ? BatchSize : 1];
            for (var i = 0; i < batch.Length; i++)
            {
                var (id, version) = streams.Next();
                batch[i] = new StreamAppend(id, ExpectedVersion.Exact(version), [new EventData(Guid.NewGuid(), "fact.declared.v1", Body)]);
            }

            return await store.AppendAsync(batch, Metadata) is AppendResult.Appended { Duplicate: false }
                ? batch.Length
                : throw new InvalidOperationException("An append was refused.");
        }
    }

    private sealed class PlainWriter(PlainAppender appender, int writer, bool many) : IAsyncDisposable
    {
        private readonly OwnStreams streams = new(writer);

        public static async Task<PlainWriter> ConnectAsync(string connectionString, string schema, int writer, bool many) =>
            new(await PlainAppender.ConnectAsync(connectionString, schema, many ? BatchSize : 1), writer, many);

        public async Task<int> AppendAsync()
        {
            var rows = new PlainRow[many ? BatchSize : 1];
            for (var i = 0; i < rows.Length; i++)
            {
                var (id, version) = streams.Next();
                rows[i] = new PlainRow(id, version + 1, Guid.NewGuid(), "fact.declared.v1", Body);
            }

            await appender.AppendAsync(rows, Metadata);
            return rows.Length;
        }

        public ValueTask DisposeAsync() => appender.DisposeAsync();
    }
}
