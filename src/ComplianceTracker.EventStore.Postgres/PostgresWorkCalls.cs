using System.Data.Common;
using ComplianceTracker.EventStore.Work;
using Npgsql;

namespace ComplianceTracker.EventStore.Postgres;

/// <summary>
/// Calls by NOTIFY. A call that nobody heard costs a pause: every process asks the worker now and then, and when what is due next is due.
/// </summary>
/// <param name="connectionString">The database.</param>
/// <param name="name">The queue's name, a lower-case SQL identifier; of the channel too.</param>
/// <param name="clock">Measures pauses.</param>
public sealed class PostgresWorkCalls(string connectionString, string name, TimeProvider clock) : IWorkCalls
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly string channel = $"ct_{name}_due";
    private readonly Signal looks = new();

    /// <inheritdoc/>
    public async Task CallAsync(DbTransaction transaction, IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await using var notify = new NpgsqlCommand($"select pg_notify('{channel}', '')", (NpgsqlConnection)transaction.Connection!);
        await notify.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Look() => looks.Pulse();

    /// <inheritdoc/>
    public async Task RunAsync(IWorker worker, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(worker);
        await using var signal = new DatabaseSignal(connectionString, channel);
        var runs = new Runs(worker, clock);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                // Taken before the worker is asked: what is said after that is then never missed.
                var word = Task.WhenAny(signal.Next, looks.Next);
                var next = runs.Start(await worker.DueAsync(null, stop), stop);
                await Task.WhenAny([DatabaseSignal.WaitAsync(word, next < LongestSleep ? next : LongestSleep, stop), ..runs.UnderWay]);
                await runs.ReapAsync();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or InvalidOperationException or IOException)
            {
                worker.Failed(null, e);
                await Task.Delay(AfterFailure, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await Task.WhenAll(runs.UnderWay).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>What is under way, by key.</summary>
    private sealed class Runs(IWorker worker, TimeProvider clock)
    {
        private readonly Dictionary<string, Task> byKey = new(StringComparer.Ordinal);
        private readonly Dictionary<string, long> heldUntil = new(StringComparer.Ordinal);

        public IEnumerable<Task> UnderWay => byKey.Values;

        // Starts or wakes a run for every key that has something to do; until when nothing else will be due.
        public TimeSpan Start(IReadOnlyDictionary<string, TimeSpan> due, CancellationToken stop)
        {
            var now = clock.GetTimestamp();
            var next = LongestSleep;
            foreach (var (key, wait) in due)
            {
                var left = clock.GetElapsedTime(now, Math.Max(now, heldUntil.GetValueOrDefault(key)));
                left = wait > left ? wait : left;
                if (left > TimeSpan.Zero)
                {
                    next = left < next ? left : next;
                }
                else if (byKey.ContainsKey(key))
                {
                    worker.Wake(key);
                }
                else
                {
                    byKey[key] = Task.Run(() => worker.WorkAsync(key, stop), CancellationToken.None);
                }
            }

            return next;
        }

        public async Task ReapAsync()
        {
            foreach (var (key, run) in byKey.Where(r => r.Value.IsCompleted).ToList())
            {
                byKey.Remove(key);
                try
                {
                    await run;
                    heldUntil.Remove(key);
                }
                catch (OperationCanceledException)
                {
                    // The process stops.
                }
                catch (Exception e)
                {
                    worker.Failed(key, e);
                    heldUntil[key] = clock.GetTimestamp() + (long)(AfterFailure.TotalSeconds * clock.TimestampFrequency);
                }
            }
        }
    }
}
