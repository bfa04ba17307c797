using ComplianceTracker.EventStore.Parking;
using Npgsql;

namespace ComplianceTracker.EventStore.Postgres;

/// <summary>
/// Hands parked events over again, in one transaction: the first of a stream and then those behind it. A savepoint in front of each
/// keeps what went well when a later one fails.
/// </summary>
internal sealed class ParkedRelease(PostgresEventStore store, string schema, ISubscription subscription)
{
    private const string Savepoint = "ct_release";

    private readonly ParkedEvents parked = new(schema, subscription.Name);

    /// <summary>Releases the stream of the event at the position, which must be the first parked of its stream.</summary>
    /// <param name="position">The event's position.</param>
    /// <param name="skipBecause">Null to hand the event over; else why it is left out.</param>
    /// <param name="request">Who asks.</param>
    /// <param name="cancellationToken">Rolls everything back.</param>
    public async Task<ReleaseResult> RunAsync(long position, string? skipBecause, ReleaseRequest request, CancellationToken cancellationToken)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await parked.LockAsync(connection, cancellationToken);
        if (request.Id is { } id
            && ReleaseRequest.Recall(await parked.LoggedAsync(connection, id, cancellationToken), skipBecause is not null) is { } earlier)
        {
            return earlier;
        }

        var chain = await parked.ChainAsync(connection, position, cancellationToken);
        if (chain.Count == 0)
        {
            return new ReleaseResult.NotParked();
        }

        if (chain[0] != position)
        {
            return new ReleaseResult.Waits(chain[0]);
        }

        if (skipBecause is not null)
        {
            var skipped = await store.ReadOneAsync(connection, position, cancellationToken);
            await parked.RemoveAsync(connection, skipped, ParkedAction.Skipped, skipBecause, request, cancellationToken);
        }

        var result = await HandleAsync(transaction, skipBecause is null ? chain : chain[1..], request, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return result;
    }

    private async Task<ReleaseResult> HandleAsync(
        NpgsqlTransaction transaction, List<long> chain, ReleaseRequest request, CancellationToken cancellationToken)
    {
        var connection = transaction.Connection!;
        var checkpoint = await store.CheckpointAsync(connection, subscription.Name, cancellationToken);
        for (var handled = 0; handled < chain.Count; handled++)
        {
            var @event = await store.ReadOneAsync(connection, chain[handled], cancellationToken);
            await transaction.SaveAsync(Savepoint, cancellationToken);
            try
            {
                await subscription.HandleAsync(new SubscriptionBatch([@event], checkpoint, transaction), cancellationToken);
                await transaction.ReleaseAsync(Savepoint, cancellationToken);
            }
            catch (Exception failure) when (HandlerFailures.KindOf(failure) != SubscriptionFailureKind.Passing)
            {
                await transaction.RollbackAsync(Savepoint, cancellationToken);
                if (subscription.PassesUnknownTypes && HandlerFailures.IsUnknownType(failure))
                {
                    await parked.RemoveAsync(connection, @event, ParkedAction.Skipped, HandlerFailures.Describe(failure), request, cancellationToken);
                    continue;
                }

                await parked.FailAsync(connection, @event, failure, request, cancellationToken);
                return new ReleaseResult.StillFailing(handled, @event.Position, HandlerFailures.Describe(failure));
            }

            await parked.RemoveAsync(connection, @event, ParkedAction.Handled, null, request, cancellationToken);
        }

        return new ReleaseResult.Released(chain.Count);
    }
}
