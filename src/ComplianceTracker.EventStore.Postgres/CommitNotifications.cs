using System.Threading.Channels;
using Npgsql;

namespace ComplianceTracker.EventStore.Postgres;

/// <summary>
/// Tells readers, here and in other processes, that something was appended. NOTIFY is sent after the append, on a connection of
/// its own and for many appends at once: inside the append's transaction it would take a lock of the whole database at commit and
/// make commits queue. A lost notification costs a reader one polling interval, nothing else.
/// </summary>
internal sealed class CommitNotifications : IAsyncDisposable
{
    private static readonly TimeSpan BetweenNotifications = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(250);

    private readonly NpgsqlDataSource sessions;
    private readonly string channelName;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource stop = new();
    private readonly Channel<bool> toSend = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lazy<Task> sender;
    private readonly Lazy<Task> listener;

    public CommitNotifications(NpgsqlDataSource sessions, string schema, TimeProvider clock)
    {
        this.sessions = sessions;
        this.clock = clock;
        channelName = $"ct_events_{schema}";
        sender = new(() => Begin(SendAsync));
        listener = new(() => Begin(ListenAsync));
    }

    /// <summary>Pulsed when something may have been appended.</summary>
    public Signal Appended { get; } = new();

    /// <summary>Begins to listen for other processes' appends; repeated calls do nothing.</summary>
    public void EnsureListening() => _ = listener.Value;

    /// <summary>Says that an append of this process was committed.</summary>
    public void Announce()
    {
        Appended.Pulse();
        toSend.Writer.TryWrite(true);
        _ = sender.Value;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        foreach (var loop in new[] { sender, listener }.Where(l => l.IsValueCreated))
        {
            await loop.Value;
        }

        stop.Dispose();
    }

    // Whoever happens to be the first gives its context to nothing that outlives it: its trace would never end.
    private Task Begin(Func<NpgsqlConnection, Task> work)
    {
        using (ExecutionContext.SuppressFlow())
        {
            return Task.Run(() => ForeverAsync(work));
        }
    }

    private async Task SendAsync(NpgsqlConnection connection)
    {
        // The notification itself need not survive a crash: do not make it wait for the disk.
        await ExecuteAsync(connection, "set synchronous_commit = off");
        while (await toSend.Reader.WaitToReadAsync(stop.Token))
        {
            // Taken before it is sent: an append that commits meanwhile is announced again. Lost when the sending fails.
            toSend.Reader.TryRead(out _);
            await ExecuteAsync(connection, $"notify {channelName}");
            await Task.Delay(BetweenNotifications, clock, stop.Token);
        }
    }

    private async Task ListenAsync(NpgsqlConnection connection)
    {
        connection.Notification += (_, _) => Appended.Pulse();
        await ExecuteAsync(connection, $"listen {channelName}");
        Appended.Pulse();
        while (true)
        {
            await connection.WaitAsync(stop.Token);
        }
    }

    private async Task ForeverAsync(Func<NpgsqlConnection, Task> work)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = await sessions.OpenConnectionAsync(stop.Token);
                await work(connection);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is NpgsqlException or IOException or TimeoutException or InvalidOperationException)
            {
                await Task.Delay(AfterFailure, clock, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(stop.Token);
    }
}
