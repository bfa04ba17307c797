using ComplianceTracker.EventStore.Work;
using Npgsql;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>Which deliveries are wanted.</summary>
/// <param name="States">Of these states; empty: of any.</param>
/// <param name="Types">Of these types; empty: of any.</param>
/// <param name="EventId">Of this event, or null.</param>
/// <param name="Subject">About this subject, or null.</param>
internal sealed record DeliveryFilter(IReadOnlyList<DeliveryState> States, IReadOnlyList<string> Types, Guid? EventId, string? Subject);

/// <summary>Reads deliveries and their attempts, and trims them.</summary>
internal sealed class DeliveryLog(NpgsqlDataSource database, IWorkCalls calls)
{
    private const int MostAttempts = 100;

    private const string Columns = """
        d.id, d.kind, d.state, d.event_id, d.type, d.key, d.position, d.sequence, d.created_at, d.done_at,
        case when d.state = 0 and l.due_at < 'infinity' and not l.leased and not exists (
            select from ct_webhook_delivery e where e.endpoint = d.endpoint and e.lane = d.lane and e.state = 0 and e.id < d.id) then l.due_at end,
        d.attempts
        """;

    /// <summary>Deliveries of an endpoint, the newest first.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="filter">Which.</param>
    /// <param name="before">The number before which to begin, excluded; null: the newest.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task<IReadOnlyList<DeliveryItem>> ListAsync(
        string endpoint, DeliveryFilter filter, long? before, int limit, CancellationToken cancellationToken)
    {
        // Said only where it is asked: what waits, and what an event led to, have indexes of their own.
        await using var command = database.CreateCommand();
        var wanted = $"d.endpoint = {Value(endpoint)} and d.id < {Value(before ?? long.MaxValue)}";
        wanted += filter.States switch
        {
            [] => "",
            [DeliveryState.Pending] => " and d.state = 0",
            _ => $" and d.state = any({Value(filter.States.Select(s => (short)s).ToArray())})",
        };
        wanted += filter.Types.Count == 0 ? "" : $" and d.type = any({Value(filter.Types.ToArray())})";
        wanted += filter.EventId is { } eventId ? $" and ((d.kind = 0 and d.event_id = {Value(eventId)}) or (d.kind > 0 and d.event_id = {Value(eventId)}))" : "";
        wanted += filter.Subject is { } subject ? $" and d.key = {Value(subject)}" : "";
        command.CommandText =
            $"""
            select {Columns}, a.at, a.duration_ms, a.status, a.headers, a.body, a.error
            from ct_webhook_delivery d
            left join ct_webhook_lane l on l.endpoint = d.endpoint and l.lane = d.lane
            left join lateral (
                select * from ct_webhook_attempt a where a.endpoint = d.endpoint and a.delivery = d.id order by a.at desc limit 1) a on true
            where {wanted} order by d.id desc limit {Value(limit)}
            """;
        var items = new List<DeliveryItem>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            items.Add(Item(reader, reader.IsDBNull(12) ? null : Attempt(reader, 12)));
        }

        return items;

        string Value(object value)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
            return $"${command.Parameters.Count}";
        }
    }

    /// <summary>One delivery with its attempts and its own body (null where the event is in the log); null: there is none.</summary>
    public async Task<(DeliveryItem Delivery, IReadOnlyList<AttemptItem> Attempts, byte[]? Body)?> FindAsync(
        string endpoint, long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var attempts = new List<AttemptItem>();
        await using (var command = new NpgsqlCommand(
            "select at, duration_ms, status, headers, body, error from ct_webhook_attempt where endpoint = $1 and delivery = $2 order by at desc limit $3", connection))
        {
            command.Parameters.Add(new() { Value = endpoint });
            command.Parameters.Add(new() { Value = id });
            command.Parameters.Add(new() { Value = MostAttempts });
            await using var read = await command.ExecuteReaderAsync(cancellationToken);
            while (await read.ReadAsync(cancellationToken))
            {
                attempts.Add(Attempt(read, 0));
            }
        }

        await using var one = new NpgsqlCommand(
            $"""
            select {Columns}, d.body from ct_webhook_delivery d
            left join ct_webhook_lane l on l.endpoint = d.endpoint and l.lane = d.lane where d.endpoint = $1 and d.id = $2
            """,
            connection);
        one.Parameters.Add(new() { Value = endpoint });
        one.Parameters.Add(new() { Value = id });
        await using var reader = await one.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? (Item(reader, attempts.FirstOrDefault()), attempts, reader.IsDBNull(12) ? null : reader.GetFieldValue<byte[]>(12))
            : null;
    }

    /// <summary>Makes a pending delivery due now; false when it is not pending, or not the first of its lane, or under way.</summary>
    public async Task<bool> HastenAsync(string endpoint, long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            update ct_webhook_lane l set due_at = least(due_at, now()) from ct_webhook_delivery d
            where d.endpoint = $1 and d.id = $2 and d.state = 0 and l.endpoint = d.endpoint and l.lane = d.lane and not l.leased
                and not exists (select from ct_webhook_delivery e where e.endpoint = d.endpoint and e.lane = d.lane and e.state = 0 and e.id < d.id)
            """,
            connection);
        command.Parameters.Add(new() { Value = endpoint });
        command.Parameters.Add(new() { Value = id });
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return false;
        }

        await calls.CallAsync(transaction, [endpoint], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>
    /// Removes finished deliveries that are older than that, with their attempts; a limited number at a time. What was enqueued for an
    /// endpoint at the moment it was deleted goes as well.
    /// </summary>
    /// <returns>How many went; there may be more while it is not zero.</returns>
    public async Task<int> TrimAsync(TimeSpan olderThan, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            with orphaned as (
                delete from ct_webhook_lane l where not exists (select from ct_webhook_endpoint e where e.id = l.endpoint and not e.deleted) returning l.endpoint, l.lane),
            expired as (
                select endpoint, id from ct_webhook_delivery where state > 0 and done_at < now() - $1 order by done_at limit 5000 for update skip locked),
            old as (
                select * from expired
                union all
                select d.endpoint, d.id from ct_webhook_delivery d join orphaned o on o.endpoint = d.endpoint and o.lane = d.lane where d.state = 0),
            attempts as (delete from ct_webhook_attempt a using old o where a.endpoint = o.endpoint and a.delivery = o.id)
            delete from ct_webhook_delivery d using old o where d.endpoint = o.endpoint and d.id = o.id
            """);
        command.Parameters.Add(new() { Value = olderThan });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static DeliveryItem Item(NpgsqlDataReader reader, AttemptItem? last) => new(
        $"{reader.GetInt64(0)}",
        (DeliveryKind)reader.GetInt16(1),
        (DeliveryState)reader.GetInt16(2),
        reader.GetGuid(3),
        reader.GetString(4),
        reader.GetString(5),
        reader.GetInt64(6) is > 0 and var position ? position : null,
        reader.IsDBNull(7) ? null : reader.GetInt64(7),
        Instant(reader, 8)!.Value,
        Instant(reader, 9),
        Instant(reader, 10),
        reader.GetInt32(11),
        last);

    private static AttemptItem Attempt(NpgsqlDataReader reader, int first) => new(
        Instant(reader, first)!.Value,
        Math.Round(reader.GetDouble(first + 1), 3),
        reader.IsDBNull(first + 2) ? null : reader.GetInt32(first + 2),
        reader.GetString(first + 3),
        reader.GetString(first + 4),
        reader.IsDBNull(first + 5) ? null : reader.GetString(first + 5));

    private static DateTimeOffset? Instant(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : new DateTimeOffset(reader.GetDateTime(column), TimeSpan.Zero);
}
