using ComplianceTracker.EventStore.Postgres.Schema;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.EventStore.Postgres;

public sealed partial class PostgresEventStore
{
    private const int MostTries = 8;

    /// <inheritdoc/>
    public async Task<AppendResult> AppendAsync(
        IReadOnlyList<StreamAppend> batch, AppendMetadata metadata, CancellationToken cancellationToken = default)
    {
        AppendRules.Require(batch, metadata);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var appended = await AppendOnceAsync(batch, metadata, cancellationToken);
                notifications.Announce();
                return appended;
            }
            catch (PostgresException refusal) when (refusal.SqlState == AppendFunction.VersionMismatch)
            {
                return ToConflict(refusal, batch);
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
        var rows = new AppendRows(batch);
        await using var command = DataSource.CreateCommand(
            $"select versions, positions, stamp from {schema}.ct_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
        var parameters = command.Parameters;
        parameters.Add(new NpgsqlParameter<string[]> { TypedValue = rows.Streams, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        parameters.Add(new NpgsqlParameter<long[]> { TypedValue = rows.Counts });
        parameters.Add(new NpgsqlParameter<long[]> { TypedValue = rows.Expected });
        parameters.Add(new NpgsqlParameter<int[]> { TypedValue = rows.EventStream });
        parameters.Add(new NpgsqlParameter<long[]> { TypedValue = rows.EventOffset });
        parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = rows.Ids });
        parameters.Add(new NpgsqlParameter<string[]> { TypedValue = rows.Types, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>[]> { TypedValue = rows.Data, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb });
        parameters.Add(Text(metadata.Actor, NpgsqlDbType.Varchar));
        parameters.Add(Text(metadata.CorrelationId, NpgsqlDbType.Varchar));
        parameters.Add(Text(metadata.CausationId, NpgsqlDbType.Varchar));
        parameters.Add(Text(Headers.ToJson(metadata.Headers), NpgsqlDbType.Jsonb));

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var versions = reader.GetFieldValue<long[]>(0);
        var streams = batch.Select(s => new StreamVersion(s.StreamId, versions[rows.PlaceOf(s.StreamId)])).ToArray();
        return new AppendResult.Appended(
            streams, reader.GetFieldValue<long[]>(1)[^1], reader.GetFieldValue<DateTimeOffset>(2), Duplicate: false);
    }

    /// <summary>What an earlier append of the ids did; null when none is stored after all (its transaction was rolled back).</summary>
    private async Task<AppendResult?> FindStoredAsync(IReadOnlyList<StreamAppend> batch, CancellationToken cancellationToken)
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
        var stream = new AppendRows(batch).Sorted[int.Parse(found[0]) - 1];
        return new AppendResult.Conflict(stream.StreamId, stream.Expected, long.Parse(found[1]));
    }

    private static bool IsStoredId(PostgresException failure) =>
        failure.SqlState == AppendFunction.IdStored
        || (failure.SqlState == PostgresErrorCodes.UniqueViolation && failure.ConstraintName == "idx_mt_events_event_id");

    // Another engine's writers may lock in another order or draw a version past our check: the next try sees what they did.
    private static bool IsPassing(PostgresException failure) =>
        failure.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure
        || (failure.SqlState == PostgresErrorCodes.UniqueViolation && failure.ConstraintName == "pk_mt_events_stream_and_version");

    private static NpgsqlParameter Text(string? value, NpgsqlDbType type) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = type };
}
