using Npgsql;

namespace ComplianceTracker.EventStore.Postgres;

/// <summary>
/// Runs one subscription. The lease (an advisory lock of the session) and the batches' transactions are on one connection: whoever
/// loses the connection loses the lease and the open batch together. The checkpoint is compared in the same transaction, so two
/// runners can never both commit, whatever became of the lease.
/// </summary>
internal class SubscriptionRunner(PostgresEventStore store, ISubscription subscription)
{
    /// <summary>How Marten names the progress row of a projection that is not split.</summary>
    public const string RowSuffix = ":All";

    /// <summary>How often a runner that has nothing to do tries the connection that carries its lease.</summary>
    public static readonly TimeSpan IdleCheck = TimeSpan.FromSeconds(5);

    private readonly SubscriptionLease lease = new(store.Sessions, store.Options, store.Clock, store.Node, subscription.Name);
    private readonly SubscriptionBatches batches = new(store, subscription);
    private TimeSpan reconnectDelay = store.Options.Retries.FirstPause;
    private long looked;

    /// <summary>Whose events are handled.</summary>
    protected PostgresEventStore Store => store;

    /// <summary>Who handles them.</summary>
    protected ISubscription Subscription => subscription;

    /// <summary>What becomes of the pages.</summary>
    protected SubscriptionBatches Batches => batches;

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
                await Task.Delay(reconnectDelay, store.Clock, cancellationToken);
                reconnectDelay = reconnectDelay * 2 < store.Options.Retries.LongestPause ? reconnectDelay * 2 : store.Options.Retries.LongestPause;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                throw new OperationCanceledException("The subscription was stopped while it failed.", failure, cancellationToken);
            }
        }
    }

    private async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await store.Sessions.OpenConnectionAsync(cancellationToken);
        await lease.TakeAsync(connection, cancellationToken);
        looked = store.Clock.GetTimestamp();
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

    /// <summary>Works in the session that holds the lease until something fails, or another node is to go on.</summary>
    protected virtual async Task RunAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var checkpoint = await store.CheckpointAsync(subscription.Name, cancellationToken);
        await batches.BeginAsync(cancellationToken);
        while (true)
        {
            var page = await store.ReadAllAsync(checkpoint, batches.Size, subscription.Filter, cancellationToken);
            if (page.Through == checkpoint)
            {
                await WaitAsync(connection, checkpoint, cancellationToken);
            }
            else if (await batches.TryHandleAsync(connection, checkpoint, page, cancellationToken))
            {
                checkpoint = page.Through;
                Passed();
            }
            else
            {
                // What fails is brought to its end by who began with it.
                continue;
            }

            if (await MakesRoomAsync(connection, cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>Whether another node is to go on, which is looked for once a beat: then the session is to be ended. Between two batches only.</summary>
    protected async Task<bool> MakesRoomAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (store.Clock.GetElapsedTime(looked) < lease.Beat)
        {
            return false;
        }

        looked = store.Clock.GetTimestamp();
        return await lease.TryOfferAsync(connection, cancellationToken);
    }

    /// <summary>Takes note of a page that was passed.</summary>
    protected void Passed()
    {
        reconnectDelay = store.Options.Retries.FirstPause;
        store.CheckpointMoved.Pulse();
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
            await batches.ClearLeftAsync(connection, IdleCheck, cancellationToken);
        }
    }
}
