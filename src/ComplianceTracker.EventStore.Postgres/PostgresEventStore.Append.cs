using ComplianceTracker.EventStore.Postgres.Schema;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.EventStore.Postgres;

public sealed partial class PostgresEventStore
{
    private const int MostTries = 8;

    /// <inheritdoc/>
    public Task<AppendResult> AppendAsync(
        IReadOnlyList<StreamAppend> batch, AppendMetadata metadata, CancellationToken cancellationToken = default) =>
        AppendAsync(batch, metadata, () => AppendOnceAsync(batch, metadata, cancellationToken), cancellationToken);

    /// <summary>Appends as either engine does it: tells a conflict or a repetition from what passes, which is tried again, and announces what was appended.</summary>
    internal async Task<AppendResult> AppendAsync(
        IReadOnlyList<StreamAppend> batch, AppendMetadata metadata, Func<Task<AppendResult>> appendOnce, CancellationToken cancellationToken)
    {
        AppendRules.Require(batch, metadata);
        return await telemetry.AppendAsync(batch, () => AppendTriedAsync(batch, appendOnce, cancellationToken));
    }

    /// <summary>Does all of an append that comes before its events are written, in the transaction that the connection has open.</summary>
    internal async Task<BegunAppend> BeginAppendAsync(NpgsqlConnection connection, IReadOnlyList<StreamAppend> batch, CancellationToken cancellationToken)
    {
        var rows = new AppendRows(batch);
        await using var command = new NpgsqlCommand(beginAppend, connection);
        AddStreams(command.Parameters, rows);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = rows.Ids.Length });
        var drawn = await DrawnAsync(command, cancellationToken);
        return new BegunAppend(Stamp(drawn), [.. batch.Select((_, i) => drawn[1 + rows.PlaceOf(i)])], drawn[(1 + batch.Count)..]);
    }

    private async Task<AppendResult> AppendTriedAsync(
        IReadOnlyList<StreamAppend> batch, Func<Task<AppendResult>> appendOnce, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var appended = await appendOnce();
                notifications.Announce();
                return appended;
            }
            catch (PostgresException refusal) when (refusal.SqlState == AppendFunction.VersionMismatch)
            {
                // A repeated append expects the version it once found: what it stored then tells it from a conflict.
                return await FindStoredAsync(batch, cancellationToken) ?? ToConflict(refusal, batch);
            }
            catch (PostgresException refusal) when (IsStoredId(refusal))
            {
                if (await FindStoredAsync(batch, cancellationToken) is { } result)
                {
                    return result;
                }
            }
            catch (PostgresException failure) when (IsPassing(failure) && attempt < MostTries)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 5 * attempt)), clock, cancellationToken);
            }
        }
    }

    private async Task<AppendResult> AppendOnceAsync(
        IReadOnlyList<StreamAppend> batch, AppendMetadata metadata, CancellationToken cancellationToken)
    {
        if (batch.Count == 1 && batch[0].Events.Count == 1)
        {
            var drawn = await single.AppendAsync(batch[0], metadata, cancellationToken);
            return Appended([new StreamVersion(batch[0].StreamId, drawn[2])], drawn);
        }

        var rows = new AppendRows(batch);
        await using var many = AppendMany(rows, metadata);
        var given = await DrawnAsync(many, cancellationToken);
        return Appended([.. batch.Select((s, i) => new StreamVersion(s.StreamId, given[2 + rows.PlaceOf(i)]))], given);
    }

    private NpgsqlCommand AppendMany(AppendRows rows, AppendMetadata metadata)
    {
        var command = appends.CreateCommand(appendMany);
        var parameters = command.Parameters;
        AddStreams(parameters, rows);
        parameters.Add(new NpgsqlParameter<string[]> { TypedValue = rows.EventStreams, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        parameters.Add(new NpgsqlParameter<int[]> { TypedValue = rows.EventPlace });
        parameters.Add(new NpgsqlParameter<long[]> { TypedValue = rows.EventBehind });
        parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = rows.Ids });
        parameters.Add(new NpgsqlParameter<string[]> { TypedValue = rows.Types, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>[]> { TypedValue = rows.Data, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb });
        AddMetadata(parameters, metadata);
        return command;
    }

    private static void AddStreams(NpgsqlParameterCollection parameters, AppendRows rows)
    {
        parameters.Add(new NpgsqlParameter<string[]> { TypedValue = rows.Streams, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        parameters.Add(new NpgsqlParameter<long[]> { TypedValue = rows.Counts });
        parameters.Add(new NpgsqlParameter<long[]> { TypedValue = rows.Expected });
    }

    private static void AddMetadata(NpgsqlParameterCollection parameters, AppendMetadata metadata)
    {
        parameters.Add(Text(metadata.Actor, NpgsqlDbType.Varchar));
        parameters.Add(Text(metadata.CorrelationId, NpgsqlDbType.Varchar));
        parameters.Add(Text(metadata.CausationId, NpgsqlDbType.Varchar));
        parameters.Add(Text(Headers.ToJson(metadata.Headers), NpgsqlDbType.Jsonb));
    }

    /// <summary>What an append function answers: the stamp in microseconds since 1970, then what the function drew.</summary>
    internal static async Task<long[]> DrawnAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetFieldValue<long[]>(0);
    }

    private static AppendResult.Appended Appended(StreamVersion[] streams, long[] drawn) => new(
        streams, drawn[1], Stamp(drawn), Duplicate: false);

    private static DateTimeOffset Stamp(long[] drawn) => DateTimeOffset.UnixEpoch.AddTicks(drawn[0] * TimeSpan.TicksPerMicrosecond);

    /// <summary>What an earlier append of the ids did; null when none is stored after all (its transaction was rolled back).</summary>
    internal async Task<AppendResult?> FindStoredAsync(IReadOnlyList<StreamAppend> batch, CancellationToken cancellationToken)
    {
        await using var command = DataSource.CreateCommand(
            $"select id, stream_id, version, seq_id, timestamp from {schema}.mt_events where id = any($1)");
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. batch.SelectMany(s => s.Events).Select(e => e.Id)] });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var stored = new List<StoredId>();
        while (await reader.ReadAsync(cancellationToken))
        {
            stored.Add(new StoredId(
                reader.GetGuid(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetFieldValue<DateTimeOffset>(4)));
        }

        return stored.Count == 0 ? null : AppendRules.Judge(batch, stored);
    }

    private static AppendResult.Conflict ToConflict(PostgresException refusal, IReadOnlyList<StreamAppend> batch)
    {
        var found = refusal.MessageText.Split(' ');
        var stream = batch[new AppendRows(batch).SortedFrom[int.Parse(found[0]) - 1]];
        return new AppendResult.Conflict(stream.StreamId, stream.Expected, long.Parse(found[1]));
    }

    private static bool IsStoredId(PostgresException failure) =>
        failure.SqlState == PostgresErrorCodes.UniqueViolation && failure.ConstraintName == "idx_mt_events_event_id";

    // Another engine's writers may lock in another order or draw a version past our check: the next try sees what they did.
    private static bool IsPassing(PostgresException failure) =>
        failure.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure
        || (failure.SqlState == PostgresErrorCodes.UniqueViolation && failure.ConstraintName == "pk_mt_events_stream_and_version");

    internal static NpgsqlParameter Text(string? value, NpgsqlDbType type) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = type };
}
