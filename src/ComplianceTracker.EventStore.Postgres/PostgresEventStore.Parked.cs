using ComplianceTracker.EventStore.Parking;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.EventStore.Postgres;

public sealed partial class PostgresEventStore
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<ParkedEvent>> ListParkedAsync(
        string? subscription, ParkedKey? after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        await using var command = DataSource.CreateCommand($"""
            select subscription, position, stream_id, event_id, type, state, reason, attempts, first_failed_at, last_failed_at
            from {schema}.ct_parked
            where ($1 is null or subscription = $1) and (subscription, position) > ($2, $3) order by subscription, position limit $4
            """);
        command.Parameters.Add(Text(subscription, NpgsqlDbType.Varchar));
        command.Parameters.Add(Text(after?.Subscription ?? "", NpgsqlDbType.Varchar));
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after?.Position ?? 0 });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<ParkedEvent>();
        while (await reader.ReadAsync(cancellationToken))
        {
            events.Add(new ParkedEvent(
                reader.GetString(0),
                reader.GetInt64(1),
                reader.GetString(2),
                reader.GetGuid(3),
                reader.GetString(4),
                reader.GetString(5) == "failed" ? ParkedState.Failed : ParkedState.Waiting,
                reader.IsDBNull(6) ? null : reader.GetString(6),
                reader.GetInt32(7),
                reader.IsDBNull(8) ? null : reader.GetFieldValue<DateTimeOffset>(8),
                reader.IsDBNull(9) ? null : reader.GetFieldValue<DateTimeOffset>(9)));
        }

        return events;
    }

    /// <inheritdoc/>
    public Task<ReleaseResult> RetryParkedAsync(
        ISubscription subscription, long position, ReleaseRequest request, CancellationToken cancellationToken = default) =>
        new ParkedRelease(this, schema, subscription).RunAsync(position, null, request, cancellationToken);

    /// <inheritdoc/>
    public Task<ReleaseResult> SkipParkedAsync(
        ISubscription subscription, long position, string reason, ReleaseRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return new ParkedRelease(this, schema, subscription).RunAsync(position, reason, request, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ParkedLogEntry>> ListParkedLogAsync(
        string? subscription, long? before, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        await using var command = DataSource.CreateCommand($"""
            select {ParkedEvents.LogColumns}
            from {schema}.ct_parked_log where ($1 is null or subscription = $1) and id < $2 order by id desc limit $3
            """);
        command.Parameters.Add(Text(subscription, NpgsqlDbType.Varchar));
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = before ?? long.MaxValue });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await ParkedEvents.ReadLogAsync(reader, cancellationToken);
    }

    /// <summary>The event at a position, as it is stored now, read in somebody's transaction.</summary>
    internal async Task<RecordedEvent> ReadOneAsync(NpgsqlConnection connection, long position, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select {Columns} from {schema}.mt_events where seq_id = $1", connection)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = position } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? Read(reader)
            : throw new InvalidOperationException($"The event at position {position} is parked, but no longer in the log.");
    }
}
