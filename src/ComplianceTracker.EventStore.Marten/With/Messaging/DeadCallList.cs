using ComplianceTracker.EventStore.Parking;
using ComplianceTracker.EventStore.Postgres;
using ComplianceTracker.EventStore.Work;
using Npgsql;

namespace ComplianceTracker.EventStore.Marten.Messaging;

/// <summary>The calls that were given up, as operators see and release them: each event that one failed on, among the parked events.</summary>
internal sealed class DeadCallList(PostgresEventStore tables, MessagingNode node)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly ParkedEvents parked = new(tables.Options.Schema, IWorkCalls.GivenUp);

    /// <summary>A page of parked events with the calls that belong between them.</summary>
    public async Task<IReadOnlyList<ParkedEvent>> MergeAsync(
        IReadOnlyList<ParkedEvent> page, ParkedKey? after, int limit, CancellationToken cancellationToken)
    {
        var merged = new List<ParkedEvent>(page);
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
        await using var connection = await tables.DataSource.OpenConnectionAsync(cancellationToken);
        if (await RecallAsync(connection, calls, skipBecause is not null, request, cancellationToken) is { } earlier)
        {
            return earlier;
        }

        if (calls.Count == 0)
        {
            return new ReleaseResult.NotParked();
        }

        // In no transaction: it may take as long as an endpoint has something due.
        var failure = skipBecause is null ? await TryAsync(calls, cancellationToken) : null;
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await parked.LockAsync(connection, cancellationToken);
        if (await RecallAsync(connection, calls, skipBecause is not null, request, cancellationToken) is { } meanwhile)
        {
            return meanwhile;
        }

        var @event = position > 0 ? await tables.ReadOneAsync(connection, position, cancellationToken) : Nothing(calls[0]);
        if (failure is not null)
        {
            await parked.FailAsync(connection, @event, failure, request, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return new ReleaseResult.StillFailing(0, position, HandlerFailures.Describe(failure));
        }

        await parked.RemoveAsync(connection, @event, skipBecause is null ? ParkedAction.Handled : ParkedAction.Skipped, skipBecause, request, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await node.Dead.DiscardAsync(calls, cancellationToken);
        return new ReleaseResult.Released(skipBecause is null ? 1 : 0);
    }

    // What an earlier request of the same id did. A process that died before it forgot the calls left them: they are forgotten now.
    private async Task<ReleaseResult?> RecallAsync(
        NpgsqlConnection connection, List<DeadCall> calls, bool skips, ReleaseRequest request, CancellationToken cancellationToken)
    {
        if (request.Id is not { } id)
        {
            return null;
        }

        var logged = await parked.LoggedAsync(connection, id, cancellationToken);
        var earlier = ReleaseRequest.Recall(logged, skips);
        if (earlier is ReleaseResult.Released)
        {
            await node.Dead.DiscardAsync([..calls.Where(c => c.FailedAt < logged[^1].At)], cancellationToken);
        }

        return earlier;
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
