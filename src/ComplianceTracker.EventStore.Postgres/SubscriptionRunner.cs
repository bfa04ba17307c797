using ComplianceTracker.EventStore.Parking;
using Npgsql;

namespace ComplianceTracker.EventStore.Postgres;

/// <summary>
/// Runs one subscription. The lease (an advisory lock of the session) and the batches' transactions are on one connection: whoever
/// loses the connection loses the lease and the open batch together. The checkpoint is compared in the same transaction, so two
/// runners can never both commit, whatever became of the lease.
/// </summary>
internal sealed class SubscriptionRunner(
    PostgresEventStore store,
    ISubscription subscription,
    NpgsqlDataSource sessions,
    PostgresEventStoreOptions options,
    TimeProvider clock,
    LeaseNode node,
    Signal checkpointMoved,
    StoreTelemetry telemetry)
{
    /// <summary>How Marten names the progress row of a projection that is not split.</summary>
    public const string RowSuffix = ":All";

    private static readonly TimeSpan IdleCheck = TimeSpan.FromSeconds(5);

    private readonly string schema = options.Schema;
    private readonly SubscriptionFailures failures = new(store.DataSource, options.Schema, subscription.Name);
    private readonly SubscriptionLease lease = new(sessions, options, clock, node, subscription.Name);
    private readonly ParkedEvents parked = new(options.Schema, subscription.Name);
    private PoisonSearch search = new(options.Retries, options.SubscriptionPageSize);
    private TimeSpan reconnectDelay = options.Retries.FirstPause;

    /// <summary>The name of a subscription's row in <c>mt_event_progression</c>.</summary>
    public static string RowName(string subscription) => subscription + RowSuffix;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await RunOnceAsync(cancellationToken);
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                // The database is away or cut the connection, or the checkpoint was moved by hand; the lease went with the
                // connection. Begin anew: nothing but its owner ends a subscription.
                await Task.Delay(reconnectDelay, clock, cancellationToken);
                reconnectDelay = reconnectDelay * 2 < options.Retries.LongestPause ? reconnectDelay * 2 : options.Retries.LongestPause;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                throw new OperationCanceledException("The subscription was stopped while it failed.", failure, cancellationToken);
            }
        }
    }

    private async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await sessions.OpenConnectionAsync(cancellationToken);
        await lease.TakeAsync(connection, cancellationToken);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var beating = lease.BeatAsync(connection.ProcessID, ended.Token);
        try
        {
            await RunAsync(connection, cancellationToken);
        }
        finally
        {
            lease.Let();
            await ended.CancelAsync();
            await beating;
        }
    }

    /// <summary>Handles what comes, until another node is to go on.</summary>
    private async Task RunAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var checkpoint = await store.CheckpointAsync(subscription.Name, cancellationToken);
        await failures.LoadAsync(cancellationToken);
        search = new PoisonSearch(options.Retries, options.SubscriptionPageSize);
        var looked = clock.GetTimestamp();
        while (true)
        {
            var page = await store.ReadAllAsync(checkpoint, search.Size, subscription.Filter, cancellationToken);
            if (page.Through == checkpoint)
            {
                await WaitAsync(connection, checkpoint, cancellationToken);
            }
            else if (await TryHandleAsync(connection, checkpoint, page, cancellationToken))
            {
                checkpoint = page.Through;
                reconnectDelay = options.Retries.FirstPause;
                checkpointMoved.Pulse();
            }
            else
            {
                // What fails is brought to its end by who began with it.
                continue;
            }

            if (clock.GetElapsedTime(looked) >= lease.Beat)
            {
                if (await lease.TryOfferAsync(connection, cancellationToken))
                {
                    return;
                }

                looked = clock.GetTimestamp();
            }
        }
    }

    private async Task<bool> TryHandleAsync(
        NpgsqlConnection connection, long checkpoint, EventPage page, CancellationToken cancellationToken)
    {
        IReadOnlyList<RecordedEvent> handed = [];
        using var told = telemetry.BeginBatch(subscription.Name, page.Events);
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var waiting = await parked.LockedBehindAsync(connection, page.Events, cancellationToken);
            handed = waiting.Count == 0 ? page.Events : [.. page.Events.ExceptBy(waiting.Select(e => e.Position), e => e.Position)];
            if (handed.Count > 0)
            {
                await subscription.HandleAsync(new SubscriptionBatch(handed, page.Through, transaction), cancellationToken);
            }

            await PassAsync(transaction, checkpoint, page, waiting, cancellationToken);
            search.Succeeded(page.Through, handed.Count);
            told.End();
            return true;
        }
        catch (Exception failure) when (handed.Count > 0 && failure is not CheckpointMovedException && !cancellationToken.IsCancellationRequested)
        {
            told.Fail(failure);

            // The handler's own failure, its SQL's included, perhaps only at the commit. A lost connection shows at the next use.
            return await MendAsync(connection, checkpoint, page, handed, failure, cancellationToken);
        }
    }

    /// <summary>Does what the failure calls for; true when the page is passed.</summary>
    private async Task<bool> MendAsync(
        NpgsqlConnection connection,
        long checkpoint,
        EventPage page,
        IReadOnlyList<RecordedEvent> handed,
        Exception failure,
        CancellationToken cancellationToken)
    {
        var (step, kind) = search.Failed(failure, handed.Count, page.Through, subscription.PassesUnknownTypes);
        if (step is NextStep.Park or NextStep.Pass)
        {
            return await TryRemoveAsync(connection, checkpoint, page, handed[0], step == NextStep.Park ? failure : null, cancellationToken);
        }

        await failures.AddAsync(checkpoint, kind, failure, cancellationToken);
        if (step == NextStep.Retry)
        {
            await Task.Delay(search.Pause(), clock, cancellationToken);
        }

        return false;
    }

    /// <summary>Passes a page whose one event to hand over is parked because of the failure, or left out when there is none.</summary>
    private async Task<bool> TryRemoveAsync(
        NpgsqlConnection connection, long checkpoint, EventPage page, RecordedEvent @event, Exception? failure, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await parked.LockAsync(connection, cancellationToken);
        var waiting = await parked.BehindAsync(connection, page.Events, cancellationToken);
        if (waiting.Count != page.Events.Count - 1)
        {
            // Meanwhile a stream was released whose events of this page have to be handed over: look again.
            return false;
        }

        if (failure is not null)
        {
            await parked.AddFailedAsync(connection, @event, failure, search.Attempts, cancellationToken);
        }

        await PassAsync(transaction, checkpoint, page, waiting, cancellationToken);
        search.Removed(parked: failure is not null);
        return true;
    }

    private async Task PassAsync(
        NpgsqlTransaction transaction, long checkpoint, EventPage page, List<RecordedEvent> waiting, CancellationToken cancellationToken)
    {
        var connection = transaction.Connection!;
        await parked.AddWaitingAsync(connection, waiting, cancellationToken);
        await MoveCheckpointAsync(connection, checkpoint, page.Through, cancellationToken);
        await failures.ClearAsync(connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        failures.Forget();
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
            throw new CheckpointMovedException(
                $"The checkpoint of '{subscription.Name}' is no longer {from}: something else moved it while the subscription ran.");
        }
    }

    // While nothing happens, the connection that carries the lease is tried now and then: a lease lost unnoticed is safe (the
    // checkpoint would not fit), but this process would take itself for the runner.
    private async Task WaitAsync(NpgsqlConnection connection, long checkpoint, CancellationToken cancellationToken)
    {
        using var check = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        check.CancelAfter(lease.Beat < IdleCheck ? lease.Beat : IdleCheck);
        try
        {
            await store.WaitForEventsAsync(checkpoint, check.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Whoever has handled everything fails on nothing: a failure that is still shown was left by a runner that lost its lease.
            await failures.ClearLeftAsync(connection, IdleCheck, cancellationToken);
        }
    }

    /// <summary>Somebody else runs the subscription, or moved its checkpoint by hand.</summary>
    private sealed class CheckpointMovedException(string message) : Exception(message);
}
