using System.Diagnostics;
using System.Globalization;
using ComplianceTracker.EventStore;
using ComplianceTracker.EventStore.Postgres;

namespace ComplianceTracker.Benchmarks;

/// <summary>
/// From the call of an append to the moment at which a subscription's checkpoint has passed it, while nothing else happens: the
/// subscription in the process that appends, and one that hears of the append through the database alone, as another process does.
/// </summary>
internal static class LagBenchmark
{
    private const int Samples = 300;
    private const double ReachMedian = 15;
    private const double ReachWorst = 60;

    public static async Task RunAsync(string[] args)
    {
        await using var database = await DurableDatabase.StartAsync();
        await database.PrintSettingsAsync();
        await using var writer = await database.OpenStoreAsync("lag");
        await using var reader = await database.OpenStoreAsync("lag");
        using var stop = new CancellationTokenSource();
        Task[] running =
        [
            writer.RunSubscriptionAsync(new Counter("same"), stop.Token),
            reader.RunSubscriptionAsync(new Counter("other"), stop.Token),
        ];
        await MeasureAsync(writer, writer, "same", 20);
        await MeasureAsync(writer, reader, "other", 20);
        Print("lag: subscription in the same process", await MeasureAsync(writer, writer, "same", Samples));
        Print("lag: subscription in another process", await MeasureAsync(writer, reader, "other", Samples));
        await stop.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<double[]> MeasureAsync(PostgresEventStore writer, PostgresEventStore reader, string subscription, int samples)
    {
        var lags = new double[samples];
        for (var i = 0; i < samples; i++)
        {
            await Task.Delay(Random.Shared.Next(20, 60));
            var begun = Stopwatch.GetTimestamp();
            var appended = (AppendResult.Appended)await writer.AppendAsync(
                [new StreamAppend("s", ExpectedVersion.Any, [new EventData(Guid.NewGuid(), "x.v1", "{}"u8.ToArray())])], AppendMetadata.None);
            if (!await reader.WaitForCheckpointAsync(subscription, appended.Position, TimeSpan.FromSeconds(30)))
            {
                throw new InvalidOperationException("The subscription did not come.");
            }

            lags[i] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        }

        Array.Sort(lags);
        return lags;
    }

    private static void Print(string name, double[] sorted)
    {
        var (median, worst) = (sorted[sorted.Length / 2], sorted[sorted.Length * 99 / 100]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-44} p50 {median:0.0} ms  p99 {worst:0.0} ms  ({sorted.Length} samples)  reach {ReachMedian:0}/{ReachWorst:0} ms  "
            + $"{(median <= ReachMedian && worst <= ReachWorst ? "reached" : "NOT REACHED")}"));
    }

    private sealed class Counter(string name) : ISubscription
    {
        public string Name => name;

        public EventFilter? Filter => null;

        public Task HandleAsync(SubscriptionBatch batch, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
