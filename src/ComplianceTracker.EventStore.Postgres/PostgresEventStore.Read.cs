using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.EventStore.Postgres;

public sealed partial class PostgresEventStore
{
    // How much of the log one filtered page looks through: bounds the page's time when the filter lets little pass.
    private const long FilteredWindow = 50_000;

    private const string Columns =
        "seq_id, id, stream_id, version, type, data, timestamp, user_name, correlation_id, causation_id, headers";

    // Marten fills the gaps of failed appends with these; they are no events of ours.
    private const string NoTombstones = "type <> 'tombstone' and stream_id <> 'mt_tombstone'";

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadStreamAsync(
        string streamId,
        long fromVersion = 1,
        long? upToPosition = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var command = DataSource.CreateCommand($"""
            select {Columns} from {schema}.mt_events
            where stream_id = $1 and version >= $2 and seq_id <= $3 and {NoTombstones} order by version
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = streamId, NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = fromVersion });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = upToPosition ?? long.MaxValue });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return Read(reader);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StreamEvents>> ReadStreamsAsync(
        string prefix, string? after, int limit, long upToPosition, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);

        // Lateral: whatever the planner thinks of the tables' sizes, these are a few look-ups in the index of each stream.
        await using var command = DataSource.CreateCommand($"""
            select {Columns}, s.key
            from (select id as key from {schema}.mt_streams where id > $1 and id ^@ $2 and id <> 'mt_tombstone' order by id limit $3) s
            left join lateral (
                select {Columns} from {schema}.mt_events where stream_id = s.key and seq_id <= $4 and {NoTombstones} order by version) e on true
            order by s.key, e.version
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = after ?? "", NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = prefix, NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = upToPosition });
        return await ReadStreamsAsync(command, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StreamEvents>> ReadStreamsAsync(
        IReadOnlyCollection<string> streamIds, CancellationToken cancellationToken = default)
    {
        await using var command = DataSource.CreateCommand($"""
            select {Columns}, s.key
            from (select distinct unnest($1) as key) s
            cross join lateral (
                select {Columns} from {schema}.mt_events where stream_id = s.key and {NoTombstones} order by version) e
            order by s.key, e.version
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. streamIds], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        return await ReadStreamsAsync(command, cancellationToken);
    }

    private static async Task<List<StreamEvents>> ReadStreamsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var streams = new List<StreamEvents>();
        var events = new List<RecordedEvent>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = reader.GetString(11);
            if (streams.Count == 0 || streams[^1].StreamId != key)
            {
                streams.Add(new StreamEvents(key, events = []));
            }

            if (!reader.IsDBNull(0))
            {
                events.Add(Read(reader));
            }
        }

        return streams;
    }

    /// <inheritdoc/>
    public async Task<long> StreamVersionAsync(string streamId, CancellationToken cancellationToken = default)
    {
        await using var command = DataSource.CreateCommand($"select version from {schema}.mt_streams where id = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = streamId, NpgsqlDbType = NpgsqlDbType.Varchar });
        return await command.ExecuteScalarAsync(cancellationToken) as long? ?? 0;
    }

    /// <inheritdoc/>
    public async Task<EventPage> ReadAllAsync(
        long after, int limit, EventFilter? filter = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);

        // What is settled stays so: a reader that is far behind need not ask again.
        var head = settled.Known - after >= limit ? settled.Known : await settled.AdvanceAsync(cancellationToken);
        if (head <= after)
        {
            return new EventPage([], after);
        }

        var through = filter is null ? head : Math.Min(head, after + FilteredWindow);
        var events = await ReadRangeAsync(after, through, limit, filter, cancellationToken);
        return new EventPage(events, events.Count == limit ? events[^1].Position : through);
    }

    private async Task<List<RecordedEvent>> ReadRangeAsync(
        long after, long through, int limit, EventFilter? filter, CancellationToken cancellationToken)
    {
        await using var command = DataSource.CreateCommand();
        var parameters = command.Parameters;
        parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        parameters.Add(new NpgsqlParameter<long> { TypedValue = through });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        var where = $"seq_id > $1 and seq_id <= $2 and {NoTombstones}";
        if (filter is { StreamPrefixes.IsDefaultOrEmpty: false })
        {
            parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. filter.StreamPrefixes] });
            where += $" and stream_id ^@ any(${parameters.Count})";
        }

        if (filter is { Types.IsDefaultOrEmpty: false })
        {
            parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. filter.Types] });
            where += $" and type = any(${parameters.Count})";
        }

        command.CommandText = $"select {Columns} from {schema}.mt_events where {where} order by seq_id limit $3";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<RecordedEvent>();
        while (await reader.ReadAsync(cancellationToken))
        {
            events.Add(Read(reader));
        }

        return events;
    }

    private static RecordedEvent Read(NpgsqlDataReader row)
    {
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        return new RecordedEvent(
            row.GetInt64(0),
            row.GetGuid(1),
            row.GetString(2),
            row.GetInt64(3),
            row.GetString(4),
            row.GetFieldValue<byte[]>(5),
            row.GetFieldValue<DateTimeOffset>(6),
            new AppendMetadata(Text(7), Text(8), Text(9), Headers.FromJson(Text(10))));
    }
}
