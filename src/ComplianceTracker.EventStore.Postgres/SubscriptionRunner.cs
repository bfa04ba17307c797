using Npgsql;

namespace ComplianceTracker.EventStore.Postgres;

/// <summary>
/// Runs one subscription. The lease (an advisory lock of the session) and the batches' transactions are on one connection: whoever
/// loses the connection loses the lease and the open batch together, so two runners can never both commit.
/// </summary>
internal sealed class SubscriptionRunner(
    PostgresEventStore store,
    ISubscription subscription,
    NpgsqlDataSource sessions,
    PostgresEventStoreOptions options,
    TimeProvider clock,
    Signal checkpointMoved)
{
    /// <summary>How Marten names the progress row of a projection that is not split.</summary>
    public const string RowSuffix = ":All";

    private static readonly TimeSpan LeasePoll = TimeSpan.FromMilliseconds(500);

    private readonly string schema = options.Schema;
    private readonly SubscriptionFailures failures = new(store.DataSource, options.Schema, subscription.Name);
    private TimeSpan retryDelay = options.FirstRetryDelay;

    /// <summary>The name of a subscription's row in <c>mt_event_progression</c>.</summary>
    public static string RowName(string subscription) => subscription + RowSuffix;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await using var connection = await sessions.OpenConnectionAsync(cancellationToken);
                await TakeLeaseAsync(connection, cancellationToken);
                await RunAsync(connection, cancellationToken);
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                // The database is away or cut the connection, or the checkpoint was moved by hand; the lease went with the
                // connection. Begin anew: nothing but its owner ends a subscription.
                await PauseAsync(cancellationToken);
            }
        }
    }

    private async Task TakeLeaseAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock(hashtextextended($1, 0))", connection)
        {
            Parameters = { new() { Value = $"ct_subscription:{schema}:{subscription.Name}" } },
        };
        while (!(bool)(await command.ExecuteScalarAsync(cancellationToken))!)
        {
            // Tried again and again rather than waited for: a blocked statement would keep an old snapshot and hold back vacuum.
            await Task.Delay(LeasePoll, clock, cancellationToken);
        }
    }

    private async Task RunAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var checkpoint = await store.CheckpointAsync(subscription.Name, cancellationToken);
        await failures.LoadAsync(cancellationToken);
        while (true)
        {
            var page = await store.ReadAllAsync(checkpoint, options.SubscriptionPageSize, subscription.Filter, cancellationToken);
            if (page.Through == checkpoint)
            {
                await WaitAsync(connection, checkpoint, cancellationToken);
                continue;
            }

            if (await TryHandleAsync(connection, checkpoint, page, cancellationToken))
            {
                checkpoint = page.Through;
                retryDelay = options.FirstRetryDelay;
                checkpointMoved.Pulse();
            }
            else
            {
                await PauseAsync(cancellationToken);
            }
        }
    }

    private async Task<bool> TryHandleAsync(
        NpgsqlConnection connection, long checkpoint, EventPage page, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (page.Events.Count > 0)
        {
            try
            {
                await subscription.HandleAsync(new SubscriptionBatch(page.Events, page.Through, transaction), cancellationToken);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                // The handler's own failure, its SQL's included; a lost connection shows at the rollback and ends the lease.
                await failures.AddAsync(checkpoint, failure, cancellationToken);
                await transaction.RollbackAsync(cancellationToken);
                return false;
            }
        }

        await MoveCheckpointAsync(connection, checkpoint, page.Through, cancellationToken);
        await failures.ClearAsync(connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        failures.Forget();
        return true;
    }

    private async Task MoveCheckpointAsync(NpgsqlConnection connection, long from, long to, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            insert into {schema}.mt_event_progression as p (name, last_seq_id) values ($1, $2)
            on conflict (name) do update set last_seq_id = excluded.last_seq_id, last_updated = transaction_timestamp()
            where p.last_seq_id = $3
            """, connection)
        {
            Parameters = { new() { Value = RowName(subscription.Name) }, new() { Value = to }, new() { Value = from } },
        };
        if (await command.ExecuteNonQueryAsync(cancellationToken) != 1)
        {
            throw new InvalidOperationException(
                $"The checkpoint of '{subscription.Name}' is no longer {from}: something else moved it while the subscription ran.");
        }
    }

    // While nothing happens, the connection that carries the lease is tried now and then: a lease lost unnoticed is safe (the
    // checkpoint would not fit), but this process would take itself for the runner.
    private async Task WaitAsync(NpgsqlConnection connection, long checkpoint, CancellationToken cancellationToken)
    {
        using var check = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        check.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            await store.WaitForEventsAsync(checkpoint, check.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await using var ping = new NpgsqlCommand("select 1", connection);
            await ping.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(retryDelay, clock, cancellationToken);
        retryDelay = retryDelay * 2 < options.LongestRetryDelay ? retryDelay * 2 : options.LongestRetryDelay;
    }
}
