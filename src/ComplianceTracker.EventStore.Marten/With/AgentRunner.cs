using ComplianceTracker.EventStore.Postgres;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ComplianceTracker.EventStore.Marten;

/// <summary>
/// Runs one subscription under an agent of Marten's daemon: it reads ahead, holds back when the handler is slow, and stops at what fails. Three
/// things are ours, each because a promise of the port asks for it. The mark up to which the agent reads is the settled position, since the
/// daemon's own detection gives a gap up after some seconds, and with it what a slow transaction commits later. The events are read as they are
/// stored, since the daemon's reader needs a type for each name and one name may be of a later release. And the batch's transaction is that of
/// the first engine, since the daemon's moves the checkpoint before the handler runs and knows neither parked events nor savepoints.
/// </summary>
internal sealed class AgentRunner(PostgresEventStore tables, DocumentStore documents, ISubscription subscription)
    : SubscriptionRunner(tables, subscription)
{
    private readonly SubscriptionMetrics metrics = new(documents, new ShardName(subscription.Name), (IEventDatabase)documents.Storage.Database);

    /// <inheritdoc/>
    protected override async Task RunAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await Batches.BeginAsync(cancellationToken);
        while (true)
        {
            var checkpoint = await Store.CheckpointAsync(Subscription.Name, cancellationToken);
            await using var run = new Run(this, connection, checkpoint);
            if (await RunAgentAsync(run, connection, checkpoint, cancellationToken))
            {
                return;
            }
        }
    }

    // Until the agent has stopped at a page that is to be read again, perhaps with fewer events, or (true) another node is to go on.
    private async Task<bool> RunAgentAsync(Run run, NpgsqlConnection connection, long checkpoint, CancellationToken cancellationToken)
    {
        var database = (IEventDatabase)documents.Storage.Database;
        var shard = new ShardName(Subscription.Name);
        var agent = new SubscriptionAgent(
            shard,
            new AsyncOptions { BatchSize = Batches.Size },
            Store.Clock,
            run,
            new SubscriptionExecution<ISubscription>(run, Subscription, database, shard, NullLogger.Instance),
            database.Tracker,
            metrics,
            NullLogger.Instance);
        run.Agent = agent;
        await agent.StartAsync(new SubscriptionExecutionRequest(checkpoint, ShardExecutionMode.Continuous, new ErrorHandlingOptions(), new NulloDaemonRuntime())
        {
            StartingHighWater = checkpoint,
        });
        for (var head = checkpoint; !run.Ended.IsCompleted;)
        {
            using var check = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            check.CancelAfter(Patience);
            var isIdle = false;
            try
            {
                var waiting = Store.WaitForEventsAsync(head, check.Token);
                if (await Task.WhenAny(waiting, run.Ended) == waiting)
                {
                    agent.MarkHighWater(head = await waiting);
                }
                else
                {
                    await check.CancelAsync();
                    await ((Task)waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                isIdle = true;
            }

            // What fails is brought to its end by who began with it.
            if (!run.Ended.IsCompleted && (isIdle || IsTimeToOffer)
                && await run.BetweenPagesAsync(() => LookAroundAsync(connection, isIdle && run.HasReached(head), cancellationToken), cancellationToken))
            {
                return true;
            }
        }

        await run.Ended;
        return false;
    }

    private async Task<bool> LookAroundAsync(NpgsqlConnection connection, bool isDone, CancellationToken cancellationToken)
    {
        if (isDone)
        {
            await Batches.ClearLeftAsync(connection, IdleCheck, cancellationToken);
        }

        return await TryOfferAsync(connection, cancellationToken);
    }

    /// <summary>One life of an agent: what it reads with and what runs its pages, one at a time, in the session of the lease.</summary>
    private sealed class Run(AgentRunner owner, NpgsqlConnection connection, long checkpoint) : IEventLoader, ISubscriptionRunner<ISubscription>, IAsyncDisposable
    {
        private readonly SemaphoreSlim gate = new(1, 1);
        private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long reached = checkpoint;

        /// <summary>Completes when a page was not passed, fails when the run cannot go on.</summary>
        public Task Ended => ended.Task;

        public SubscriptionAgent? Agent { get; set; }

        /// <summary>Reads as the first engine does; what was filtered out counts as read.</summary>
        public async Task<global::JasperFx.Events.Projections.EventPage> LoadAsync(EventRequest request, CancellationToken token)
        {
            try
            {
                var read = await owner.ReadAsync(request.Floor, token);
                var page = new global::JasperFx.Events.Projections.EventPage(request.Floor);
                page.AddRange(read.Events.Select(e => new Event<RecordedEvent>(e) { Sequence = e.Position, Version = e.Version, StreamKey = e.StreamId, Id = e.Id }));

                // A page that is never full ends where it is told to.
                page.CalculateCeiling(-1, read.Through);
                return page;
            }
            catch (Exception failure)
            {
                ended.TrySetException(failure);
                throw;
            }
        }

        public async Task ExecuteAsync(ISubscription subscription, IEventDatabase database, EventRange range, ShardExecutionMode mode, CancellationToken token)
        {
            await gate.WaitAsync(token);
            try
            {
                if (ended.Task.IsCompleted)
                {
                    throw new OperationCanceledException("The agent has stopped at an earlier page.");
                }

                var page = new EventPage([.. range.Events.Cast<Event<RecordedEvent>>().Select(e => e.Data)], range.SequenceCeiling);
                if (!await owner.Batches.TryHandleAsync(connection, range.SequenceFloor, page, token))
                {
                    ended.TrySetResult();
                    throw new OperationCanceledException("The page is read again.");
                }

                reached = range.SequenceCeiling;
                Agent!.Options.BatchSize = owner.Batches.Size;
                owner.Passed();
            }
            catch (Exception failure)
            {
                ended.TrySetException(failure);
                throw;
            }
            finally
            {
                gate.Release();
            }
        }

        /// <summary>Whether everything up to the position was handled.</summary>
        public bool HasReached(long head) => reached >= head;

        /// <summary>Does it while no page is handled.</summary>
        public async Task<T> BetweenPagesAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
        {
            await gate.WaitAsync(cancellationToken);
            try
            {
                return await work();
            }
            finally
            {
                gate.Release();
            }
        }

        // The session is free again only when the page that may be under way has seen that it was cancelled.
        public async ValueTask DisposeAsync()
        {
            if (Agent is not null)
            {
                await Agent.HardStopAsync();
            }

            ended.TrySetCanceled(CancellationToken.None);
            await gate.WaitAsync(CancellationToken.None);
            gate.Dispose();
        }
    }

    private Task<EventPage> ReadAsync(long after, CancellationToken cancellationToken) =>
        Store.ReadAllAsync(after, Batches.Size, Subscription.Filter, cancellationToken);
}
