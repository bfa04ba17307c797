using System.Runtime.ExceptionServices;
using ComplianceTracker.EventStore.Postgres;
using JasperFx.Events;
using Marten;
using Marten.Internal;
using Marten.Services;
using Npgsql;

namespace ComplianceTracker.EventStore.Marten;

/// <summary>
/// The append, in three round trips of one transaction. The first is the first engine's, up to where it would write the events: it locks the
/// streams, refuses a version that is not the expected one before a position is drawn, and draws positions and stamp together. The second is
/// Marten's, which inserts each event with all that belongs to it, as in its rich mode (hundreds to a round trip): in its quick modes positions
/// are drawn while it writes, and the lock that keeps stamps from falling along positions would have to be held until it has. The third is the
/// commit, for which only appends to the same streams wait. What Marten's own append does besides (inline projections, archived streams) this
/// record has no use for.
/// </summary>
internal sealed partial class MartenEventStore
{
    /// <inheritdoc/>
    public Task<AppendResult> AppendAsync(
        IReadOnlyList<StreamAppend> batch, AppendMetadata metadata, CancellationToken cancellationToken = default) =>
        tables.AppendAsync(batch, metadata, () => AppendOnceAsync(batch, metadata, cancellationToken), cancellationToken);

    private async Task<AppendResult> AppendOnceAsync(
        IReadOnlyList<StreamAppend> batch, AppendMetadata metadata, CancellationToken cancellationToken)
    {
        await using var connection = await tables.Appends.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var begun = await tables.BeginAppendAsync(connection, batch, cancellationToken);
        await using (var session = documents.LightweightSession(SessionOptions.ForTransaction(transaction)))
        {
            Write(session, batch, metadata, begun);
            await SaveAsync(session, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return new AppendResult.Appended(
            [.. batch.Select((s, i) => new StreamVersion(s.StreamId, begun.Versions[i]))], begun.Positions[^1], begun.Stamp, Duplicate: false);
    }

    private static void Write(IDocumentSession session, IReadOnlyList<StreamAppend> batch, AppendMetadata metadata, BegunAppend begun)
    {
        var marten = (IMartenSession)session;
        var storage = (global::Marten.Events.EventDocumentStorage)marten.EventStorage();
        var headers = metadata.Headers.Count == 0 ? null : metadata.Headers.ToDictionary(h => h.Key, h => (object)h.Value);
        var row = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var (id, events) = (batch[i].StreamId, batch[i].Events);
            var stream = new StreamAction(id, StreamActionType.Append) { TenantId = session.TenantId };
            for (var j = 0; j < events.Count; j++, row++)
            {
                var @event = new Event<JsonBody>(new JsonBody(events[j].Type, events[j].Data))
                {
                    Id = events[j].Id,
                    EventTypeName = events[j].Type,
                    Sequence = begun.Positions[row],
                    Version = begun.Versions[i] - (events.Count - 1 - j),
                    Timestamp = begun.Stamp,
                    CorrelationId = metadata.CorrelationId,
                    CausationId = metadata.CausationId,
                    UserName = metadata.Actor,
                    Headers = headers,
                };
                stream.AddEvent(@event);
                session.QueueOperation(storage.AppendEvent(storage.Events, marten, stream, @event));
            }
        }
    }

    // Whoever asks knows the driver's exceptions, and what each says of the database; Marten's say nothing to him. A cancelled statement is
    // no failure of the database, though the driver says within what it was told.
    private static async Task SaveAsync(IDocumentSession session, CancellationToken cancellationToken)
    {
        try
        {
            await session.SaveChangesAsync(cancellationToken);
        }
        catch (Exception wrapped) when (wrapped is not (NpgsqlException or OperationCanceledException) && Cause(wrapped) is { } cause)
        {
            ExceptionDispatchInfo.Throw(cause);
        }
    }

    private static NpgsqlException? Cause(Exception failure)
    {
        var e = failure;
        while (e is not (null or NpgsqlException))
        {
            e = e.InnerException;
        }

        return (NpgsqlException?)e;
    }
}
