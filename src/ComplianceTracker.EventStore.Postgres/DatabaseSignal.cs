using Npgsql;

namespace ComplianceTracker.EventStore.Postgres;

/// <summary>
/// Hears what any process says on channels of the database (NOTIFY), on one connection of its own. What is said while that connection
/// is away is lost: whoever waits here looks again after a while by itself.
/// </summary>
public sealed class DatabaseSignal : IAsyncDisposable
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(250);

    private readonly string connectionString;
    private readonly Dictionary<string, long> heard;
    private readonly CancellationTokenSource stop = new();
    private readonly Lazy<Task> listening;
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Begins to listen with the first wait.</summary>
    public DatabaseSignal(string connectionString, params string[] channels)
    {
        // None of the pool's: it is held for good, and requests need those.
        this.connectionString = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            ApplicationName = "ComplianceTracker signals",
            KeepAlive = 15,
        }.ConnectionString;
        heard = channels.ToDictionary(c => c, _ => 0L, StringComparer.Ordinal);
        listening = new(() =>
        {
            // Whoever happens to be the first gives its context to nothing that outlives it.
            using (ExecutionContext.SuppressFlow())
            {
                return Task.Run(ListenAsync);
            }
        });
    }

    /// <summary>Completes at the next word on any of the channels. Take it, look at what is waited for, then wait.</summary>
    public Task Next
    {
        get
        {
            _ = listening.Value;
            return Volatile.Read(ref next).Task;
        }
    }

    /// <summary>Rises with every word on the channel, and whenever one may have been missed.</summary>
    public long Heard(string channel)
    {
        lock (heard)
        {
            return heard[channel];
        }
    }

    /// <summary>Waits for a word taken before, or the time, whichever is first.</summary>
    public static async Task WaitAsync(Task word, TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var stopTimer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(word, Task.Delay(atMost, stopTimer.Token));
        await stopTimer.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        if (listening.IsValueCreated)
        {
            await listening.Value;
        }

        stop.Dispose();
    }

    private async Task ListenAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = new NpgsqlConnection(connectionString);
                await connection.OpenAsync(stop.Token);
                connection.Notification += (_, word) => Pulse([word.Channel]);
                await using (var listen = new NpgsqlCommand(string.Join(';', heard.Keys.Select(c => $"listen {c}")), connection))
                {
                    await listen.ExecuteNonQueryAsync(stop.Token);
                }

                Pulse([..heard.Keys]);
                while (true)
                {
                    await connection.WaitAsync(stop.Token);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception)
            {
                await Task.Delay(AfterFailure, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Pulse(IReadOnlyCollection<string> channels)
    {
        lock (heard)
        {
            foreach (var channel in channels)
            {
                heard[channel]++;
            }
        }

        Interlocked.Exchange(ref next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}
