using ComplianceTracker.EventStore.Parking;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.EventStore.Postgres;

/// <summary>
/// The parked events of one subscription, in transactions that others own. Whoever reads or changes them takes the lock first: it
/// keeps the batches of the subscription and the release of parked events apart, so that neither sees the other half-done.
/// </summary>
internal sealed class ParkedEvents(string schema, string subscription)
{
    /// <summary>What <see cref="ReadLogAsync"/> reads.</summary>
    public const string LogColumns = "id, subscription, position, stream_id, event_id, type, action, reason, actor, at";

    private static readonly TimeSpan LongestBatch = TimeSpan.FromMinutes(10);

    private const string LockSql = "select pg_advisory_xact_lock(hashtextextended($1, 0))";

    private string LockKey => $"ct_parked:{schema}:{subscription}";

    /// <summary>Waits until no other transaction works on the subscription's parked events; the lock ends with the transaction.</summary>
    public async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, LockSql, LockKey);

        // A batch holds it for as long as it takes, and with many companies some take minutes.
        command.CommandTimeout = (int)LongestBatch.TotalSeconds;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes the lock and gives those of the events whose stream has an earlier event parked.</summary>
    public async Task<List<RecordedEvent>> LockedBehindAsync(
        NpgsqlConnection connection, IReadOnlyList<RecordedEvent> events, CancellationToken cancellationToken)
    {
        // One round trip for what is nearly always the answer; two statements, so that the second sees what the lock waited for.
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new(LockSql) { Parameters = { new() { Value = LockKey } } });
        batch.BatchCommands.Add(new(
            $"select exists (select from {schema}.ct_parked where subscription = $1)") { Parameters = { new() { Value = subscription } } });
        bool any;
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            await reader.NextResultAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            any = reader.GetBoolean(0);
        }

        return any ? await BehindAsync(connection, events, cancellationToken) : [];
    }

    /// <summary>Those of the events whose stream has an earlier event parked.</summary>
    public async Task<List<RecordedEvent>> BehindAsync(
        NpgsqlConnection connection, IReadOnlyList<RecordedEvent> events, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection, $"select distinct stream_id from {schema}.ct_parked where subscription = $1 and stream_id = any($2)", subscription);
        command.Parameters.Add(Keys(events.Select(e => e.StreamId)));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var streams = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            streams.Add(reader.GetString(0));
        }

        return [.. events.Where(e => streams.Contains(e.StreamId))];
    }

    /// <summary>Parks the event that failed.</summary>
    public async Task AddFailedAsync(
        NpgsqlConnection connection, RecordedEvent failed, Exception failure, int attempts, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection,
            $"""
            insert into {schema}.ct_parked
                (subscription, position, stream_id, event_id, type, state, reason, attempts, first_failed_at, last_failed_at)
            values ($1, $2, $3, $4, $5, 'failed', $6, $7, clock_timestamp(), clock_timestamp())
            """,
            subscription, failed.Position, failed.StreamId, failed.Id, failed.Type, HandlerFailures.Describe(failure), attempts);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await LogAsync(connection, failed, ParkedAction.Parked, HandlerFailures.Describe(failure), null, cancellationToken);
    }

    /// <summary>Parks events behind an earlier one of their stream.</summary>
    public async Task AddWaitingAsync(
        NpgsqlConnection connection, IReadOnlyList<RecordedEvent> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
        {
            return;
        }

        await using var command = Command(
            connection,
            $"""
            insert into {schema}.ct_parked (subscription, position, stream_id, event_id, type, state, attempts)
            select $1, e.position, e.stream_id, e.id, e.type, 'waiting', 0 from unnest($2, $3, $4, $5) as e(position, stream_id, id, type)
            """,
            subscription);
        command.Parameters.Add(new() { Value = events.Select(e => e.Position).ToArray() });
        command.Parameters.Add(Keys(events.Select(e => e.StreamId)));
        command.Parameters.Add(new() { Value = events.Select(e => e.Id).ToArray() });
        command.Parameters.Add(Keys(events.Select(e => e.Type)));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The positions of everything parked of the stream that the position belongs to, in order; empty when it is not parked.</summary>
    public async Task<List<long>> ChainAsync(NpgsqlConnection connection, long position, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection,
            $"""
            select position from {schema}.ct_parked where subscription = $1 and stream_id =
                (select stream_id from {schema}.ct_parked where subscription = $1 and position = $2) order by position
            """,
            subscription, position);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var positions = new List<long>();
        while (await reader.ReadAsync(cancellationToken))
        {
            positions.Add(reader.GetInt64(0));
        }

        return positions;
    }

    /// <summary>Notes that an event that was parked fails, or still does.</summary>
    public async Task FailAsync(
        NpgsqlConnection connection, RecordedEvent failed, Exception failure, ReleaseRequest request, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection,
            $"""
            update {schema}.ct_parked set state = 'failed', reason = $3, attempts = attempts + 1,
                first_failed_at = coalesce(first_failed_at, clock_timestamp()), last_failed_at = clock_timestamp()
            where subscription = $1 and position = $2
            """,
            subscription, failed.Position, HandlerFailures.Describe(failure));
        await command.ExecuteNonQueryAsync(cancellationToken);
        await LogAsync(connection, failed, ParkedAction.Failed, HandlerFailures.Describe(failure), request, cancellationToken);
    }

    /// <summary>Takes an event off the list and logs why.</summary>
    public async Task RemoveAsync(
        NpgsqlConnection connection, RecordedEvent @event, ParkedAction action, string? reason, ReleaseRequest request, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection, $"delete from {schema}.ct_parked where subscription = $1 and position = $2", subscription, @event.Position);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await LogAsync(connection, @event, action, reason, request, cancellationToken);
    }

    /// <summary>What the log holds of a request, in order.</summary>
    public async Task<List<ParkedLogEntry>> LoggedAsync(NpgsqlConnection connection, Guid request, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, $"select {LogColumns} from {schema}.ct_parked_log where request = $1 order by id", request);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await ReadLogAsync(reader, cancellationToken);
    }

    /// <summary>The entries that the reader stands before.</summary>
    public static async Task<List<ParkedLogEntry>> ReadLogAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var entries = new List<ParkedLogEntry>();
        while (await reader.ReadAsync(cancellationToken))
        {
            entries.Add(new ParkedLogEntry(
                reader.GetInt64(0),
                reader.GetString(1),
                reader.GetInt64(2),
                reader.GetString(3),
                reader.GetGuid(4),
                reader.GetString(5),
                Enum.Parse<ParkedAction>(reader.GetString(6)),
                reader.IsDBNull(7) ? null : reader.GetString(7),
                reader.IsDBNull(8) ? null : reader.GetString(8),
                reader.GetFieldValue<DateTimeOffset>(9)));
        }

        return entries;
    }

    private async Task LogAsync(
        NpgsqlConnection connection, RecordedEvent @event, ParkedAction action, string? reason, ReleaseRequest? request, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection,
            $"""
            insert into {schema}.ct_parked_log (subscription, position, stream_id, event_id, type, action, reason, actor, request)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            subscription, @event.Position, @event.StreamId, @event.Id, @event.Type, action.ToString(),
            (object?)reason ?? DBNull.Value, (object?)request?.Actor ?? DBNull.Value, (object?)request?.Id ?? DBNull.Value);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter Keys(IEnumerable<string> keys) =>
        new() { Value = keys.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar };

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }
}
