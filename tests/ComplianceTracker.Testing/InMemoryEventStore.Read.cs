using System.Runtime.CompilerServices;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Testing;

public sealed partial class InMemoryEventStore
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadStreamAsync(
        string streamId,
        long fromVersion = 1,
        long? upToPosition = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var @event in Snapshot(0, upToPosition ?? long.MaxValue).Where(e => e.StreamId == streamId && e.Version >= fromVersion))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return @event;
        }

        await Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StreamEvents>> ReadStreamsAsync(
        IReadOnlyCollection<string> streamIds, CancellationToken cancellationToken = default)
    {
        var wanted = streamIds.ToHashSet(StringComparer.Ordinal);
        return Task.FromResult<IReadOnlyList<StreamEvents>>(
            [.. Snapshot(0, long.MaxValue).Where(e => wanted.Contains(e.StreamId)).GroupBy(e => e.StreamId).Select(g => new StreamEvents(g.Key, [.. g]))]);
    }

    /// <inheritdoc/>
    public Task<long> StreamVersionAsync(string streamId, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            return Task.FromResult(VersionOf(streamId));
        }
    }

    /// <inheritdoc/>
    public Task<EventPage> ReadAllAsync(
        long after, int limit, EventFilter? filter = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var newer = Snapshot(after, long.MaxValue);
        var events = newer.Where(e => filter?.Matches(e.StreamId, e.Type) ?? true).Take(limit).ToList();
        var through = events.Count == limit ? events[^1].Position : newer.Count > 0 ? newer[^1].Position : after;
        return Task.FromResult(new EventPage(events, through));
    }

    /// <inheritdoc/>
    public Task<long> HeadAsync(CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            return Task.FromResult((long)log.Count);
        }
    }

    /// <inheritdoc/>
    public Task<long> PositionAtAsync(DateTimeOffset recordedAt, CancellationToken cancellationToken = default) =>
        Task.FromResult(Snapshot(0, long.MaxValue).LastOrDefault(e => e.RecordedAt <= recordedAt)?.Position ?? 0);

    /// <inheritdoc/>
    public Task<DateTimeOffset?> RecordedAtOfAsync(long position, CancellationToken cancellationToken = default) =>
        Task.FromResult(Snapshot(0, position).LastOrDefault()?.RecordedAt);

    /// <inheritdoc/>
    public async Task<long> WaitForEventsAsync(long after, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (log.Count > after)
                {
                    return log.Count;
                }

                next = changed.Task;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task<LogStall?> GetStallAsync(CancellationToken cancellationToken = default) => Task.FromResult<LogStall?>(null);

    // Positions are 1, 2, 3 … here: the place in the list.
    private List<RecordedEvent> Snapshot(long after, long upTo)
    {
        lock (gate)
        {
            var from = (int)Math.Min(after, log.Count);
            return log.GetRange(from, (int)Math.Max(0, Math.Min(upTo, log.Count) - from));
        }
    }
}
