using ComplianceTracker.EventStore;
using ComplianceTracker.EventStore.Parking;

namespace ComplianceTracker.Testing;

public sealed partial class InMemoryEventStore
{
    private readonly SortedDictionary<(string Subscription, long Position), ParkedEvent> parked = new(
        Comparer<(string Subscription, long Position)>.Create((one, other) =>
            string.CompareOrdinal(one.Subscription, other.Subscription) is var order and not 0 ? order : one.Position.CompareTo(other.Position)));

    private readonly List<ParkedLogEntry> parkedLog = [];
    private readonly List<(Guid Request, ParkedLogEntry Entry)> requested = [];

    /// <inheritdoc/>
    public Task<IReadOnlyList<ParkedEvent>> ListParkedAsync(
        string? subscription, ParkedKey? after, int limit, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            var from = after is null ? ("", 0) : (after.Subscription, after.Position);
            return Task.FromResult<IReadOnlyList<ParkedEvent>>(
            [
                .. parked.Where(e => parked.Comparer.Compare(e.Key, from) > 0).Select(e => e.Value)
                    .Where(e => subscription is null || e.Subscription == subscription).Take(limit),
            ]);
        }
    }

    /// <inheritdoc/>
    public Task<ReleaseResult> RetryParkedAsync(
        ISubscription subscription, long position, ReleaseRequest request, CancellationToken cancellationToken = default) =>
        ReleaseAsync(subscription, position, null, request, cancellationToken);

    /// <inheritdoc/>
    public Task<ReleaseResult> SkipParkedAsync(
        ISubscription subscription, long position, string reason, ReleaseRequest request, CancellationToken cancellationToken = default) =>
        ReleaseAsync(subscription, position, reason, request, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ParkedLogEntry>> ListParkedLogAsync(
        string? subscription, long? before, int limit, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<ParkedLogEntry>>(
            [
                .. parkedLog.AsEnumerable().Reverse()
                    .Where(e => (before is null || e.Id < before) && (subscription is null || e.Subscription == subscription)).Take(limit),
            ]);
        }
    }

    private async Task<ReleaseResult> ReleaseAsync(
        ISubscription subscription, long position, string? skipBecause, ReleaseRequest request, CancellationToken cancellationToken)
    {
        var batch = Semaphore(batches, subscription.Name);
        await batch.WaitAsync(cancellationToken);
        try
        {
            if (request.Id is { } id && ReleaseRequest.Recall(Logged(id), skipBecause is not null) is { } earlier)
            {
                return earlier;
            }

            var chain = Chain(subscription.Name, position);
            if (chain.Count == 0)
            {
                return new ReleaseResult.NotParked();
            }

            if (chain[0].Position != position)
            {
                return new ReleaseResult.Waits(chain[0].Position);
            }

            if (skipBecause is not null)
            {
                Remove(chain[0], ParkedAction.Skipped, skipBecause, request);
                chain.RemoveAt(0);
            }

            return await HandleAsync(subscription, chain, request, cancellationToken);
        }
        finally
        {
            batch.Release();
        }
    }

    private async Task<ReleaseResult> HandleAsync(
        ISubscription subscription, List<ParkedEvent> chain, ReleaseRequest request, CancellationToken cancellationToken)
    {
        var checkpoint = await CheckpointAsync(subscription.Name, cancellationToken);
        for (var handled = 0; handled < chain.Count; handled++)
        {
            var next = chain[handled];
            try
            {
                var @event = Snapshot(next.Position - 1, next.Position);
                await subscription.HandleAsync(new SubscriptionBatch(@event, checkpoint, null), cancellationToken);
            }
            catch (Exception failure) when (HandlerFailures.KindOf(failure) != SubscriptionFailureKind.Passing)
            {
                var reason = HandlerFailures.Describe(failure);
                if (subscription.PassesUnknownTypes && HandlerFailures.IsUnknownType(failure))
                {
                    Remove(next, ParkedAction.Skipped, reason, request);
                    continue;
                }

                Fail(next, reason, request);
                return new ReleaseResult.StillFailing(handled, next.Position, reason);
            }

            Remove(next, ParkedAction.Handled, null, request);
        }

        return new ReleaseResult.Released(chain.Count);
    }

    private List<ParkedEvent> Chain(string name, long position)
    {
        lock (gate)
        {
            return parked.TryGetValue((name, position), out var found)
                ? [.. parked.Values.Where(e => e.Subscription == name && e.StreamId == found.StreamId)]
                : [];
        }
    }

    private List<RecordedEvent> BehindParked(string name, IReadOnlyList<RecordedEvent> events)
    {
        lock (gate)
        {
            var streams = parked.Values.Where(e => e.Subscription == name).Select(e => e.StreamId).ToHashSet(StringComparer.Ordinal);
            return [.. events.Where(e => streams.Contains(e.StreamId))];
        }
    }

    private void Park(string name, RecordedEvent @event, Exception? failure, int attempts)
    {
        lock (gate)
        {
            if (failure is not null)
            {
                var (reason, now) = (HandlerFailures.Describe(failure), clock.GetUtcNow());
                var entry = Waiting(name, @event) with
                {
                    State = ParkedState.Failed, Reason = reason, Attempts = attempts, FirstFailedAt = now, LastFailedAt = now,
                };
                parked.Add((name, @event.Position), entry);
                Log(entry, ParkedAction.Parked, reason, null);
            }
        }
    }

    private void Fail(ParkedEvent entry, string reason, ReleaseRequest request)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            parked[(entry.Subscription, entry.Position)] = entry with
            {
                State = ParkedState.Failed, Reason = reason, Attempts = entry.Attempts + 1, FirstFailedAt = entry.FirstFailedAt ?? now, LastFailedAt = now,
            };
            Log(entry, ParkedAction.Failed, reason, request);
        }
    }

    private void Remove(ParkedEvent entry, ParkedAction action, string? reason, ReleaseRequest request)
    {
        lock (gate)
        {
            parked.Remove((entry.Subscription, entry.Position));
            Log(entry, action, reason, request);
        }
    }

    private void Log(ParkedEvent entry, ParkedAction action, string? reason, ReleaseRequest? request)
    {
        parkedLog.Add(new ParkedLogEntry(
            parkedLog.Count + 1, entry.Subscription, entry.Position, entry.StreamId, entry.EventId, entry.Type, action, reason, request?.Actor,
            clock.GetUtcNow()));
        if (request?.Id is { } id)
        {
            requested.Add((id, parkedLog[^1]));
        }
    }

    private List<ParkedLogEntry> Logged(Guid request)
    {
        lock (gate)
        {
            return [.. requested.Where(r => r.Request == request).Select(r => r.Entry)];
        }
    }

    private static ParkedEvent Waiting(string name, RecordedEvent @event) =>
        new(name, @event.Position, @event.StreamId, @event.Id, @event.Type, ParkedState.Waiting, null, 0, null, null);
}
