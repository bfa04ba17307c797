using System.Data.Common;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Testing;

public sealed partial class InMemoryEventStore
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<StreamEvents>> ReadStreamsAsync(
        string prefix, string? after, int limit, long upToPosition, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<StreamEvents>>(
            [
                .. versions.Keys
                    .Where(id => id.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(id, after) > 0)
                    .Order(StringComparer.Ordinal)
                    .Take(limit)
                    .Select(id => new StreamEvents(id, [.. log.Where(e => e.StreamId == id && e.Position <= upToPosition)])),
            ]);
        }
    }

    /// <inheritdoc/>
    public Task<long> BeginReplacementAsync(string subscription, string by, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            Forget(by);
            foreach (var entry in parked.Values.Where(e => e.Subscription == subscription).ToList())
            {
                parked.Add((by, entry.Position), entry with { Subscription = by });
            }

            return Task.FromResult(checkpoints[by] = checkpoints.GetValueOrDefault(subscription));
        }
    }

    /// <inheritdoc/>
    public async Task<bool> TryReplaceAsync(
        string subscription, string by, Func<DbTransaction?, CancellationToken, Task> swap, CancellationToken cancellationToken = default)
    {
        var batch = Semaphore(batches, subscription);
        await batch.WaitAsync(cancellationToken);
        try
        {
            await swap(null, cancellationToken);
            lock (gate)
            {
                return Replace(subscription, by);
            }
        }
        finally
        {
            batch.Release();
        }
    }

    private bool Replace(string subscription, string by)
    {
        if (!checkpoints.TryGetValue(by, out var reached) || reached < checkpoints.GetValueOrDefault(subscription))
        {
            return false;
        }

        var entries = parked.Values.Where(e => e.Subscription == by).ToList();
        Forget(subscription);
        Forget(by);
        checkpoints[subscription] = reached;
        foreach (var entry in entries)
        {
            parked.Add((subscription, entry.Position), entry with { Subscription = subscription });
        }

        for (var i = 0; i < parkedLog.Count; i++)
        {
            parkedLog[i] = parkedLog[i].Subscription == by ? parkedLog[i] with { Subscription = subscription } : parkedLog[i];
        }

        Pulse();
        return true;
    }

    private void Forget(string subscription)
    {
        checkpoints.Remove(subscription);
        failures.Remove(subscription);
        foreach (var key in parked.Keys.Where(k => k.Subscription == subscription).ToList())
        {
            parked.Remove(key);
        }
    }
}
