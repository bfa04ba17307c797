using ComplianceTracker.EventStore;

namespace ComplianceTracker.Testing;

public sealed partial class InMemoryEventStore
{
    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, long> checkpoints = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SubscriptionFailure> failures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SemaphoreSlim> leases = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task RunSubscriptionAsync(ISubscription subscription, CancellationToken cancellationToken)
    {
        SemaphoreSlim lease;
        lock (gate)
        {
            lease = leases.TryGetValue(subscription.Name, out var known) ? known : leases[subscription.Name] = new SemaphoreSlim(1, 1);
        }

        await lease.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                var checkpoint = await CheckpointAsync(subscription.Name, cancellationToken);
                await WaitForEventsAsync(checkpoint, cancellationToken);
                await HandleNextAsync(subscription, checkpoint, cancellationToken);
            }
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
                    name, checkpoints.GetValueOrDefault(name), log.Count, failures.GetValueOrDefault(name))),
            ]);
        }
    }

    private async Task HandleNextAsync(ISubscription subscription, long checkpoint, CancellationToken cancellationToken)
    {
        var page = await ReadAllAsync(checkpoint, 1000, subscription.Filter, cancellationToken);
        try
        {
            if (page.Events.Count > 0)
            {
                await subscription.HandleAsync(new SubscriptionBatch(page.Events, page.Through, null), cancellationToken);
            }

            lock (gate)
            {
                checkpoints[subscription.Name] = page.Through;
                failures.Remove(subscription.Name);
                Pulse();
            }
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            var attempts = Note(subscription.Name, checkpoint, failure);
            await Task.Delay(FirstRetryDelay * attempts < LongestRetryDelay ? FirstRetryDelay * attempts : LongestRetryDelay, clock, cancellationToken);
        }
    }

    private int Note(string name, long checkpoint, Exception failure)
    {
        lock (gate)
        {
            var attempts = (failures.GetValueOrDefault(name)?.Attempts ?? 0) + 1;
            failures[name] = new SubscriptionFailure(
                checkpoint, attempts, $"{failure.GetType().Name}: {failure.Message}", clock.GetUtcNow());
            return attempts;
        }
    }
}
