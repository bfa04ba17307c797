using ComplianceTracker.EventStore;
using ComplianceTracker.EventStore.Parking;

namespace ComplianceTracker.Testing;

public sealed partial class InMemoryEventStore
{
    private const int PageSize = 1000;

    private static readonly RetryPolicy Retries =
        new() { FirstPause = TimeSpan.FromMilliseconds(10), LongestPause = TimeSpan.FromSeconds(1) };

    private readonly Dictionary<string, long> checkpoints = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SubscriptionFailure> failures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SemaphoreSlim> leases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SemaphoreSlim> batches = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task RunSubscriptionAsync(ISubscription subscription, CancellationToken cancellationToken)
    {
        var lease = Semaphore(leases, subscription.Name);
        var search = new PoisonSearch(Retries, PageSize);
        await lease.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                var checkpoint = await CheckpointAsync(subscription.Name, cancellationToken);
                await WaitForEventsAsync(checkpoint, cancellationToken);
                await HandleNextAsync(subscription, search, checkpoint, cancellationToken);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The subscription was stopped while it failed.", failure, cancellationToken);
        }
        finally
        {
            lease.Release();
        }
    }

    /// <inheritdoc/>
    public Task<long> CheckpointAsync(string subscription, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            return Task.FromResult(checkpoints.GetValueOrDefault(subscription));
        }
    }

    /// <inheritdoc/>
    public async Task<bool> WaitForCheckpointAsync(
        string subscription, long position, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        using var timer = new CancellationTokenSource(timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (checkpoints.GetValueOrDefault(subscription) >= position)
                {
                    return true;
                }

                next = changed.Task;
            }

            try
            {
                await next.WaitAsync(both.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<SubscriptionState>> GetSubscriptionStatesAsync(CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<SubscriptionState>>(
            [
                .. checkpoints.Keys.Union(failures.Keys).Order(StringComparer.Ordinal).Select(name => new SubscriptionState(
                    name, checkpoints.GetValueOrDefault(name), log.Count, failures.GetValueOrDefault(name), parked.Values.Count(e => e.Subscription == name))),
            ]);
        }
    }

    private async Task HandleNextAsync(
        ISubscription subscription, PoisonSearch search, long checkpoint, CancellationToken cancellationToken)
    {
        TimeSpan? pause;
        var batch = Semaphore(batches, subscription.Name);
        await batch.WaitAsync(cancellationToken);
        try
        {
            pause = await TryHandleAsync(subscription, search, checkpoint, cancellationToken);
        }
        finally
        {
            batch.Release();
        }

        if (pause is { } time)
        {
            await Task.Delay(time, clock, cancellationToken);
        }
    }

    /// <summary>Handles the next page; not null: how long to wait before it is tried again.</summary>
    private async Task<TimeSpan?> TryHandleAsync(
        ISubscription subscription, PoisonSearch search, long checkpoint, CancellationToken cancellationToken)
    {
        var page = await ReadAllAsync(checkpoint, search.Size, subscription.Filter, cancellationToken);
        var waiting = BehindParked(subscription.Name, page.Events);
        List<RecordedEvent> handed = [.. page.Events.Except(waiting)];
        try
        {
            if (handed.Count > 0)
            {
                await subscription.HandleAsync(new SubscriptionBatch(handed, page.Through, null), cancellationToken);
            }

            Pass(subscription.Name, page.Through, waiting);
            search.Succeeded(page.Through, handed.Count);
            return null;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            var (step, kind) = search.Failed(failure, handed.Count, page.Through, subscription.PassesUnknownTypes);
            if (step is NextStep.Park or NextStep.Pass)
            {
                Park(subscription.Name, handed[0], step == NextStep.Park ? failure : null, search.Attempts);
                Pass(subscription.Name, page.Through, waiting);
                search.Removed(parked: step == NextStep.Park);
                return null;
            }

            Note(subscription.Name, checkpoint, kind, failure);
            return step == NextStep.Retry ? search.Pause() : TimeSpan.Zero;
        }
    }

    private void Pass(string name, long through, List<RecordedEvent> waiting)
    {
        lock (gate)
        {
            foreach (var @event in waiting)
            {
                parked.Add((name, @event.Position), Waiting(name, @event));
            }

            checkpoints[name] = through;
            failures.Remove(name);
            Pulse();
        }
    }

    private void Note(string name, long checkpoint, SubscriptionFailureKind kind, Exception failure)
    {
        lock (gate)
        {
            var last = failures.GetValueOrDefault(name);
            failures[name] = new SubscriptionFailure(
                checkpoint,
                last?.After == checkpoint ? last.Attempts + 1 : 1,
                HandlerFailures.Describe(failure),
                clock.GetUtcNow(),
                kind);
        }
    }

    private SemaphoreSlim Semaphore(Dictionary<string, SemaphoreSlim> of, string name)
    {
        lock (gate)
        {
            return of.TryGetValue(name, out var known) ? known : of[name] = new SemaphoreSlim(1, 1);
        }
    }
}
