using ComplianceTracker.EventStore.Parking;
using ComplianceTracker.EventStore.Postgres;
using ComplianceTracker.EventStore.Work;

namespace ComplianceTracker.EventStore.Marten.Messaging;

/// <summary>The calls that were given up, as operators see and release them: each event that one failed on, among the parked events.</summary>
internal sealed class DeadCallList(PostgresEventStore tables, MessagingNode node)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>A page of parked events with the calls that belong between them.</summary>
    public async Task<IReadOnlyList<ParkedEvent>> MergeAsync(
        IReadOnlyList<ParkedEvent> parked, ParkedKey? after, int limit, CancellationToken cancellationToken)
    {
        var merged = new List<ParkedEvent>(parked);
        foreach (var calls in (await node.Dead.ListAsync(cancellationToken)).GroupBy(d => d.Call.Position))
        {
            if (after is null || Compare(new(IWorkCalls.GivenUp, calls.Key), after) > 0)
            {
                merged.Add(await ShowAsync([..calls], cancellationToken));
            }
        }

        merged.Sort((a, b) => Compare(a.Key, b.Key));
        return merged.Count > limit ? merged[..limit] : merged;
    }

    /// <summary>Works on what was called for, or forgets the calls.</summary>
    /// <param name="position">The event they failed on.</param>
    /// <param name="skipBecause">Null: work; else why they are forgotten.</param>
    /// <param name="request">Who asks.</param>
    /// <param name="cancellationToken">What is under way goes on; nothing is logged and the calls stay.</param>
    public async Task<ReleaseResult> ReleaseAsync(long position, string? skipBecause, ReleaseRequest request, CancellationToken cancellationToken)
    {
        var calls = (await node.Dead.ListAsync(cancellationToken)).Where(d => d.Call.Position == position).ToList();
        if (await LoggedAsync(null, calls, null, null, skipBecause, request, cancellationToken) is { } earlier)
        {
            return earlier;
        }

        if (calls.Count == 0)
        {
            return new ReleaseResult.NotParked();
        }

        // In no transaction: it may take as long as an endpoint has something due.
        var failure = skipBecause is null ? await TryAsync(calls, cancellationToken) : null;
        ReleaseResult result = failure is null
            ? new ReleaseResult.Released(skipBecause is null ? 1 : 0)
            : new ReleaseResult.StillFailing(0, position, HandlerFailures.Describe(failure));
        return (await LoggedAsync(result, calls, position, failure, skipBecause, request, cancellationToken))!;
    }

    // What an earlier request of the same id did; otherwise logs the result, and forgets calls that were released.
    private async Task<ReleaseResult?> LoggedAsync(
        ReleaseResult? result, List<DeadCall> calls, long? position, Exception? failure, string? skipBecause, ReleaseRequest request, CancellationToken cancellationToken)
    {
        var parked = new ParkedEvents(tables.Options.Schema, IWorkCalls.GivenUp);
        await using (var connection = await tables.DataSource.OpenConnectionAsync(cancellationToken))
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            await parked.LockAsync(connection, cancellationToken);
            var logged = request.Id is { } id ? await parked.LoggedAsync(connection, id, cancellationToken) : [];
            if (ReleaseRequest.Recall(logged, skipBecause is not null) is { } earlier)
            {
                // A process that died before it forgot them left them.
                result = earlier;
                calls = [..calls.Where(c => c.FailedAt < logged[^1].At)];
            }
            else if (result is not null)
            {
                var @event = position > 0 ? await tables.ReadOneAsync(connection, position.Value, cancellationToken) : Nothing(calls[0]);
                await (failure is null
                    ? parked.RemoveAsync(connection, @event, skipBecause is null ? ParkedAction.Handled : ParkedAction.Skipped, skipBecause, request, cancellationToken)
                    : parked.FailAsync(connection, @event, failure, request, cancellationToken));
                await transaction.CommitAsync(cancellationToken);
            }
        }

        if (result is ReleaseResult.Released)
        {
            await node.Dead.DiscardAsync(calls, cancellationToken);
        }

        return result;
    }

    private async Task<Exception?> TryAsync(List<DeadCall> calls, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var call in calls)
            {
                // A process that does not work for the queue has it done by one that does.
                await (node.Handler.Working?.WorkAsync(call.Call.Key).WaitAsync(LongestWait, cancellationToken)
                    ?? node.Queue.PostAsync(new Call(call.Call.Key), TimeSpan.Zero, cancellationToken));
            }

            return null;
        }
        catch (TimeoutException)
        {
            // It goes on for longer than it had lived before it failed: its end is no longer waited for.
            return null;
        }
        catch (Exception e) when (HandlerFailures.KindOf(e) != SubscriptionFailureKind.Passing)
        {
            return e;
        }
    }

    private async Task<ParkedEvent> ShowAsync(List<DeadCall> calls, CancellationToken cancellationToken)
    {
        var call = calls[0];
        await using var connection = await tables.DataSource.OpenConnectionAsync(cancellationToken);
        var @event = call.Call.Position > 0 ? await tables.ReadOneAsync(connection, call.Call.Position, cancellationToken) : Nothing(call);
        return new ParkedEvent(
            IWorkCalls.GivenUp,
            @event.Position,
            @event.StreamId,
            @event.Id,
            @event.Type,
            ParkedState.Failed,
            call.Reason,
            calls.Sum(c => c.Attempts),
            calls.Min(c => c.FailedAt),
            calls.Max(c => c.FailedAt));
    }

    // A call that failed on no event is shown as itself.
    private static RecordedEvent Nothing(DeadCall call) => new(0, call.Id, call.Call.Key, 0, "call", ReadOnlyMemory<byte>.Empty, call.FailedAt, AppendMetadata.None);

    private static int Compare(ParkedKey a, ParkedKey b) =>
        string.CompareOrdinal(a.Subscription, b.Subscription) is not 0 and var byName ? byName : a.Position.CompareTo(b.Position);
}
