using ComplianceTracker.EventStore.Parking;
using Npgsql;

namespace ComplianceTracker.EventStore.Postgres;

/// <summary>
/// What becomes of the pages that a run of a subscription reads: each is handed over, parked or passed in one transaction with the
/// checkpoint. Both engines run their batches through this; used by one thread at a time.
/// </summary>
internal sealed class SubscriptionBatches(PostgresEventStore store, ISubscription subscription)
{
    private readonly string schema = store.Options.Schema;
    private readonly SubscriptionFailures failures = new(store.DataSource, store.Options.Schema, subscription.Name);
    private readonly ParkedEvents parked = new(store.Options.Schema, subscription.Name);
    private PoisonSearch search = new(store.Options.Retries, store.Options.SubscriptionPageSize);

    /// <summary>How many events to read next, at most.</summary>
    public int Size => search.Size;

    /// <summary>Begins a run: what an earlier one left is found out, what it was looking for is forgotten.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await failures.LoadAsync(cancellationToken);
        search = new PoisonSearch(store.Options.Retries, store.Options.SubscriptionPageSize);
    }

    /// <summary>Takes away what is shown, whoever showed it, and finds out whether the connection still works.</summary>
    public Task ClearLeftAsync(NpgsqlConnection connection, TimeSpan timeout, CancellationToken cancellationToken) =>
        failures.ClearLeftAsync(connection, timeout, cancellationToken);

    /// <summary>Hands the page over and passes it, or does what the failure calls for; true when the page is passed.</summary>
    /// <param name="connection">In which the batch's transaction is made.</param>
    /// <param name="checkpoint">Where the page begins.</param>
    /// <param name="page">What was read after the checkpoint.</param>
    /// <param name="cancellationToken">Rolls the batch back.</param>
    public async Task<bool> TryHandleAsync(
        NpgsqlConnection connection, long checkpoint, EventPage page, CancellationToken cancellationToken)
    {
        IReadOnlyList<RecordedEvent> handed = [];
        using var told = store.Telemetry.BeginBatch(subscription.Name, page.Events);
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
            await Task.Delay(search.Pause(), store.Clock, cancellationToken);
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
            Parameters = { new() { Value = SubscriptionRunner.RowName(subscription.Name) }, new() { Value = to }, new() { Value = from } },
        };
        if (await command.ExecuteNonQueryAsync(cancellationToken) != 1)
        {
            throw new CheckpointMovedException(
                $"The checkpoint of '{subscription.Name}' is no longer {from}: something else moved it while the subscription ran.");
        }
    }

    /// <summary>Somebody else runs the subscription, or moved its checkpoint by hand.</summary>
    private sealed class CheckpointMovedException(string message) : Exception(message);
}
