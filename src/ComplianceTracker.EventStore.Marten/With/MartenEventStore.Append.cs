using System.Runtime.ExceptionServices;
using ComplianceTracker.EventStore.Postgres.Schema;
using JasperFx.Events;
using Marten;
using Marten.Services;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.EventStore.Marten;

/// <summary>
/// The append, in three round trips of one transaction. The first locks the streams' rows in the order of their names, the order of the first
/// engine, and finds their versions and what is stored of the batch's ids already: a writer that loses is told before a position is drawn, and
/// leaves no gap. It ends with the lock under which both engines draw positions and stamps, and with the stamp. The second is Marten's, and
/// gives that lock back behind its inserts. The third is the commit, for which nobody waits.
/// </summary>
internal sealed partial class MartenEventStore
{
    private const int MostTries = 8;

    private readonly string lockStreams = $"""
        insert into {tables.Options.Schema}.mt_streams as m (id, version) select unnest($1), 0
        on conflict (id) do update set version = m.version returning m.id, m.version
        """;

    private readonly string findIds = $"select exists (select from {tables.Options.Schema}.mt_events where id = any($1))";

    private readonly string takeDrawLock = $"select pg_advisory_lock({AppendFunction.DrawLock(tables.Options.Schema)})";

    private readonly string giveDrawLock = $"select pg_advisory_unlock({AppendFunction.DrawLock(tables.Options.Schema)})";

    // As in the first engine's append: the later of the clock and the last stamp, and after a crash of PostgreSQL, which forgets the
    // last stamp, the last event's.
    private readonly string drawStamp = $"""
        select setval('{tables.Options.Schema}.ct_recorded_at', greatest(
            coalesce(
                pg_sequence_last_value('{tables.Options.Schema}.ct_recorded_at'),
                (select (extract(epoch from e.timestamp) * 1000000)::bigint from {tables.Options.Schema}.mt_events e order by e.seq_id desc limit 1),
                0),
            (extract(epoch from clock_timestamp()) * 1000000)::bigint))
        """;

    /// <inheritdoc/>
    public async Task<AppendResult> AppendAsync(
        IReadOnlyList<StreamAppend> batch, AppendMetadata metadata, CancellationToken cancellationToken = default)
    {
        AppendRules.Require(batch, metadata);
        return await tables.Telemetry.AppendAsync(batch, () => AppendTriedAsync(batch, metadata, cancellationToken));
    }

    private async Task<AppendResult> AppendTriedAsync(IReadOnlyList<StreamAppend> batch, AppendMetadata metadata, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // Null: something of it was stored when it looked, and is gone now or has become whole; it looks again.
                if (await AppendOnceAsync(batch, metadata, cancellationToken) is { } result)
                {
                    return result;
                }
            }
            catch (Exception failure) when (Refusal(failure) is { } refusal && attempt < MostTries)
            {
                if (refusal.ConstraintName == "idx_mt_events_event_id" && await tables.FindStoredAsync(batch, cancellationToken) is { } stored)
                {
                    return stored;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 5 * attempt)), tables.Clock, cancellationToken);
            }
        }
    }

    private async Task<AppendResult?> AppendOnceAsync(
        IReadOnlyList<StreamAppend> batch, AppendMetadata metadata, CancellationToken cancellationToken)
    {
        await using var connection = await tables.Appends.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var holdsDrawLock = true;
        try
        {
            var found = await LookAsync(connection, batch, cancellationToken);
            if (found.AnyStored || batch.Any(s => !s.Expected.Allows(found.Versions[s.StreamId])))
            {
                await transaction.RollbackAsync(cancellationToken);
                await GiveDrawLockAsync(connection);
                holdsDrawLock = false;
                return await JudgeAsync(batch, found, cancellationToken);
            }

            var streams = Prepare(batch, metadata, DateTimeOffset.UnixEpoch.AddTicks(found.StampMicroseconds * TimeSpan.TicksPerMicrosecond));
            await using (var session = documents.LightweightSession(SessionOptions.ForTransaction(transaction)))
            {
                foreach (var (stream, events) in streams)
                {
                    session.Events.Append(stream, events.Cast<object>());

                    // Appending names events by their type, and all of these have one: the names they are stored under are given here.
                    foreach (var @event in events)
                    {
                        (@event.EventTypeName, @event.DotNetTypeName) = (@event.Data.Type, null!);
                    }
                }

                // Behind what Marten makes of the appends: its own statements come first.
                session.QueueSqlCommand(giveDrawLock);
                await SaveAsync(session, cancellationToken);
            }

            holdsDrawLock = false;
            await transaction.CommitAsync(cancellationToken);
            tables.Notifications.Announce();
            var last = streams[^1].Events[^1];
            return new AppendResult.Appended(
                [.. batch.Select(s => new StreamVersion(s.StreamId, found.Versions[s.StreamId] + s.Events.Count))],
                last.Sequence,
                last.Timestamp,
                Duplicate: false);
        }
        catch when (holdsDrawLock)
        {
            await ForsakeAsync(connection, transaction);
            throw;
        }
    }

    // Whoever asks knows the driver's exceptions, and what each says of the database; Marten's say nothing to him.
    private static async Task SaveAsync(IDocumentSession session, CancellationToken cancellationToken)
    {
        try
        {
            await session.SaveChangesAsync(cancellationToken);
        }
        catch (Exception wrapped) when (wrapped is not NpgsqlException && Cause<NpgsqlException>(wrapped) is { } cause)
        {
            ExceptionDispatchInfo.Throw(cause);
        }
    }

    /// <summary>The first round trip: locks, versions, whether any id is stored, and the stamp under the lock for drawing.</summary>
    private async Task<Found> LookAsync(NpgsqlConnection connection, IReadOnlyList<StreamAppend> batch, CancellationToken cancellationToken)
    {
        var names = batch.Select(s => s.StreamId).ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        Guid[] ids = [.. batch.SelectMany(s => s.Events).Select(e => e.Id)];
        await using var look = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(lockStreams) { Parameters = { new NpgsqlParameter<string[]> { TypedValue = names, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar } } },
                new(findIds) { Parameters = { new NpgsqlParameter<Guid[]> { TypedValue = ids } } },
                new(takeDrawLock),
                new(drawStamp),
            },
        };
        await using var reader = await look.ExecuteReaderAsync(cancellationToken);
        var versions = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            versions.Add(reader.GetString(0), reader.GetInt64(1));
        }

        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var anyStored = reader.GetBoolean(0);
        await reader.NextResultAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new Found(versions, anyStored, reader.GetInt64(0));
    }

    private async Task<AppendResult?> JudgeAsync(IReadOnlyList<StreamAppend> batch, Found found, CancellationToken cancellationToken)
    {
        if (found.AnyStored)
        {
            return await tables.FindStoredAsync(batch, cancellationToken);
        }

        var stream = batch.First(s => !s.Expected.Allows(found.Versions[s.StreamId]));
        return new AppendResult.Conflict(stream.StreamId, stream.Expected, found.Versions[stream.StreamId]);
    }

    private static List<(string Stream, Event<JsonBody>[] Events)> Prepare(IReadOnlyList<StreamAppend> batch, AppendMetadata metadata, DateTimeOffset stamp) =>
        [.. batch.Select(s => (s.StreamId, s.Events.Select(e => Prepare(e, metadata, stamp)).ToArray()))];

    private static Event<JsonBody> Prepare(EventData @event, AppendMetadata metadata, DateTimeOffset stamp) =>
        new(new JsonBody(@event.Type, @event.Data))
        {
            Id = @event.Id,
            Timestamp = stamp,
            CorrelationId = metadata.CorrelationId,
            CausationId = metadata.CausationId,
            UserName = metadata.Actor,
            Headers = metadata.Headers.Count == 0 ? null : metadata.Headers.ToDictionary(h => h.Key, h => (object)h.Value),
        };

    private async Task GiveDrawLockAsync(NpgsqlConnection connection)
    {
        await using var give = new NpgsqlCommand(giveDrawLock, connection);
        await give.ExecuteNonQueryAsync(CancellationToken.None);
    }

    // The lock is the session's and outlives the transaction. Whether it was taken is not known here; to give back what one does not hold is
    // a warning. A session in which even that fails is broken, and ends with what it holds.
    private async Task ForsakeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        try
        {
            await transaction.RollbackAsync(CancellationToken.None);
            await GiveDrawLockAsync(connection);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or ObjectDisposedException or IOException)
        {
            NpgsqlConnection.ClearPool(connection);
        }
    }

    // What another writer's lock, version or id caused: the next try sees what it did.
    private static PostgresException? Refusal(Exception failure) =>
        Cause<PostgresException>(failure) is { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.UniqueViolation } refusal
            ? refusal
            : null;

    private static T? Cause<T>(Exception failure)
        where T : Exception
    {
        var e = failure;
        while (e is not (null or T))
        {
            e = e.InnerException;
        }

        return (T?)e;
    }

    /// <summary>What the first round trip found.</summary>
    /// <param name="Versions">Each stream's version; 0 where it has no events.</param>
    /// <param name="AnyStored">Whether any of the batch's ids is stored, in whatever stream.</param>
    /// <param name="StampMicroseconds">The stamp, in microseconds since 1970.</param>
    private sealed record Found(Dictionary<string, long> Versions, bool AnyStored, long StampMicroseconds);
}
