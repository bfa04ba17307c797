using System.Data.Common;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.EventStore.Work;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>The queue in PostgreSQL. Times are the database's: dispatchers on machines whose clocks differ agree on what is due.</summary>
internal sealed class PostgresDeliveryQueue(NpgsqlDataSource database, IWorkCalls calls, TimeProvider clock) : IDeliveryQueue, IDisposable
{
    /// <summary>
    /// The tables. A lane is due when its next delivery is; <c>infinity</c> while it has none. Leasing a lane moves its due time to the
    /// lease's end, so that a lease that ran out is simply due again. Names of lanes that somebody asked for begin with <c>~</c>.
    /// </summary>
    public static readonly string Schema = $"""
        create table if not exists ct_webhook_lane (
            endpoint text collate "C" not null,
            lane text collate "C" not null,
            sequence bigint not null default 0,
            due_at timestamptz not null,
            leased boolean not null default false,
            fence bigint not null default 0,
            primary key (endpoint, lane)) with (fillfactor = 50);
        {Sql.Index("ct_webhook_lane_due", "ct_webhook_lane (endpoint, due_at)")}
        {Sql.Index("ct_webhook_lane_asked", "ct_webhook_lane (endpoint, due_at) where lane >= '~'")}
        create sequence if not exists ct_webhook_delivery_id;
        create table if not exists ct_webhook_delivery (
            endpoint text collate "C" not null,
            id bigint not null default nextval('ct_webhook_delivery_id'),
            lane text collate "C" not null,
            kind smallint not null,
            state smallint not null,
            event_id uuid not null,
            position bigint not null,
            type text not null,
            key text not null,
            sequence bigint,
            attempts int not null default 0,
            releases smallint not null default 0,
            created_at timestamptz not null default now(),
            done_at timestamptz,
            body bytea,
            primary key (endpoint, id));
        {Sql.UniqueIndex("ct_webhook_delivery_event", "ct_webhook_delivery (endpoint, event_id) where kind = 0")}
        {Sql.Index("ct_webhook_delivery_again", "ct_webhook_delivery (endpoint, event_id) where kind > 0")}
        {Sql.Index("ct_webhook_delivery_pending", "ct_webhook_delivery (endpoint, lane, id) where state = 0")}
        {Sql.Index("ct_webhook_delivery_done", "ct_webhook_delivery (done_at) where state > 0")}
        create table if not exists ct_webhook_attempt (
            endpoint text collate "C" not null,
            delivery bigint not null,
            at timestamptz not null,
            duration_ms double precision not null,
            status int,
            headers text not null,
            body text not null,
            error text);
        {Sql.Index("ct_webhook_attempt_delivery", "ct_webhook_attempt (endpoint, delivery)")}
        """;

    private const int MostAtOnce = 5000;
    private const int MostReleases = 3;

    // Deliveries go out in parallel, statements about them need not: a few connections are enough and leave the pool to requests.
    private readonly SemaphoreSlim connections = new(8);

    /// <inheritdoc/>
    public async Task EnqueueAsync(DbTransaction transaction, IReadOnlyList<NewDelivery> deliveries, CancellationToken cancellationToken)
    {
        // In parts: one event may go to a thousand endpoints, and a statement has only so much time.
        foreach (var some in deliveries.Chunk(MostAtOnce))
        {
            await EnqueueSomeAsync(transaction, some, cancellationToken);
        }

        await CallAsync(transaction, deliveries, cancellationToken);
    }

    private static async Task EnqueueSomeAsync(DbTransaction transaction, IReadOnlyList<NewDelivery> deliveries, CancellationToken cancellationToken)
    {
        // Lanes are locked in one order by everybody. A lane that is about to be emptied or filled waits here, so that no delivery is
        // left in a lane that nobody looks at.
        await using var command = new NpgsqlCommand(
            """
            with given as (
                select endpoint collate "C" as endpoint, lane collate "C" as lane, event_id, position, type, n
                from unnest($1::text[], $2::text[], $3::uuid[], $4::bigint[], $5::text[]) with ordinality as g(endpoint, lane, event_id, position, type, n)
                where not exists (select from ct_webhook_delivery d where d.endpoint = g.endpoint and d.event_id = g.event_id and d.kind = 0)),
            counted as (select *, row_number() over (partition by endpoint, lane order by n) as nth from given),
            lanes as (
                insert into ct_webhook_lane as l (endpoint, lane, sequence, due_at)
                select endpoint, lane, count(*), now() from given group by endpoint, lane order by endpoint, lane
                on conflict (endpoint, lane) do update set
                    sequence = l.sequence + excluded.sequence,
                    due_at = case when l.due_at = 'infinity' then excluded.due_at else l.due_at end
                returning endpoint, lane, sequence)
            insert into ct_webhook_delivery (endpoint, lane, kind, state, event_id, position, type, key, sequence)
            select c.endpoint, c.lane, 0, 0, c.event_id, c.position, c.type, c.lane,
                l.sequence - (count(*) over (partition by c.endpoint, c.lane)) + c.nth
            from counted c join lanes l using (endpoint, lane) order by c.n
            """,
            (NpgsqlConnection)transaction.Connection!, (NpgsqlTransaction)transaction);
        AddColumns(command, deliveries);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task DropAsync(DbTransaction transaction, string endpoint, CancellationToken cancellationToken)
    {
        // Lanes first and in their order, as everybody locks them; who has one leased reports to nothing. What was enqueued while this
        // waited for a lane is seen by the statements that follow.
        await using var batch = new NpgsqlBatch((NpgsqlConnection)transaction.Connection!);
        Sql.Add(batch, "select 1 from ct_webhook_lane where endpoint = $1 order by lane for update", endpoint);
        foreach (var table in (string[])["ct_webhook_lane", "ct_webhook_delivery", "ct_webhook_attempt"])
        {
            Sql.Add(batch, $"delete from {table} where endpoint = $1", endpoint);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<long> EnqueueAskedAsync(
        DbTransaction transaction, string lane, DeliveryKind kind, IReadOnlyList<NewDelivery> deliveries, byte[]? body, CancellationToken cancellationToken)
    {
        var first = 0L;
        foreach (var some in deliveries.Chunk(MostAtOnce))
        {
            var id = await EnqueueSomeAskedAsync(transaction, lane, kind, some, body, cancellationToken);
            first = first == 0 ? id : first;
        }

        await CallAsync(transaction, deliveries, cancellationToken);
        return first;
    }

    private static async Task<long> EnqueueSomeAskedAsync(
        DbTransaction transaction, string lane, DeliveryKind kind, IReadOnlyList<NewDelivery> deliveries, byte[]? body, CancellationToken cancellationToken)
    {
        // The place in the order of the key is the one that the event has among what happened, where it was enqueued as that.
        await using var command = new NpgsqlCommand(
            """
            with given as (
                select * from unnest($1::text[], $2::text[], $3::uuid[], $4::bigint[], $5::text[]) with ordinality as g(endpoint, key, event_id, position, type, n)),
            lanes as (
                insert into ct_webhook_lane (endpoint, lane, due_at) select distinct endpoint, $6, now() from given
                on conflict (endpoint, lane) do update set due_at = excluded.due_at where ct_webhook_lane.due_at = 'infinity'),
            added as (
                insert into ct_webhook_delivery (endpoint, lane, kind, state, event_id, position, type, key, sequence, body)
                select g.endpoint, $6, $7, 0, g.event_id, g.position, g.type, g.key,
                    (select d.sequence from ct_webhook_delivery d where d.endpoint = g.endpoint and d.event_id = g.event_id and d.kind = 0), $8
                from given g order by n
                returning id)
            select coalesce(min(id), 0) from added
            """,
            (NpgsqlConnection)transaction.Connection!, (NpgsqlTransaction)transaction);
        AddColumns(command, deliveries);
        command.Parameters.Add(new() { Value = lane });
        command.Parameters.Add(new() { Value = (short)kind });
        command.Parameters.Add(new() { Value = (object?)body ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, TimeSpan>> DueAsync(
        IReadOnlyCollection<(string Endpoint, bool OnlyAsked)> endpoints, CancellationToken cancellationToken)
    {
        var due = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        using var place = await PlaceAsync(cancellationToken);
        await using var command = database.CreateCommand(
            """
            select e.endpoint, extract(epoch from min(l.due_at) - now())::double precision
            from unnest($1::text[], $2::boolean[]) e(endpoint, asked)
            left join ct_webhook_health h on h.endpoint = e.endpoint
            cross join lateral (
                (select greatest(due_at, h.hold_until, h.asked_until) as due_at from ct_webhook_lane l
                where not e.asked and l.endpoint = e.endpoint and l.due_at < 'infinity' order by l.due_at limit 1)
                union all
                (select due_at from ct_webhook_lane l where l.endpoint = e.endpoint and l.lane >= '~' and l.due_at < 'infinity' order by l.due_at limit 1)) l
            group by e.endpoint
            """);
        command.Parameters.Add(new() { Value = endpoints.Select(e => e.Endpoint).ToArray() });
        command.Parameters.Add(new() { Value = endpoints.Select(e => e.OnlyAsked).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            due[reader.GetString(0)] = TimeSpan.FromSeconds(reader.GetDouble(1));
        }

        return due;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TakenLane>> TakeAsync(
        string endpoint, bool onlyAsked, int lanes, int deliveries, TimeSpan lease, CancellationToken cancellationToken)
    {
        // Counted from before the statement: the lease ends for this process before it ends for others.
        var until = clock.GetTimestamp() + (long)(lease.TotalSeconds * clock.TimestampFrequency);
        var fence = Random.Shared.NextInt64(1, long.MaxValue);
        using var place = await PlaceAsync(cancellationToken);
        await using var command = database.CreateCommand(
            """
            with due as (
                select lane from ct_webhook_lane
                where endpoint = $1 and due_at <= now() and (not $2 or lane >= '~') order by due_at limit $3 for update skip locked),
            taken as (
                update ct_webhook_lane l set due_at = now() + $5, leased = true, fence = $6
                from due where l.endpoint = $1 and l.lane = due.lane returning l.lane)
            select t.lane, d.id, d.kind, d.event_id, d.position, d.sequence, d.attempts, d.body
            from taken t left join lateral (
                select * from ct_webhook_delivery d where d.endpoint = $1 and d.lane = t.lane and d.state = 0 order by d.id limit $4) d on true
            order by t.lane, d.id
            """);
        command.Parameters.Add(new() { Value = endpoint });
        command.Parameters.Add(new() { Value = onlyAsked });
        command.Parameters.Add(new() { Value = lanes });
        command.Parameters.Add(new() { Value = deliveries });
        command.Parameters.Add(new() { Value = lease });
        command.Parameters.Add(new() { Value = fence });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var taken = new List<(string Lane, List<TakenDelivery> Deliveries)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var lane = reader.GetString(0);
            if (taken.Count == 0 || taken[^1].Lane != lane)
            {
                taken.Add((lane, []));
            }

            if (!reader.IsDBNull(1))
            {
                taken[^1].Deliveries.Add(new TakenDelivery(
                    reader.GetInt64(1),
                    (DeliveryKind)reader.GetInt16(2),
                    reader.GetGuid(3),
                    reader.GetInt64(4),
                    reader.IsDBNull(5) ? null : reader.GetInt64(5),
                    reader.GetInt32(6),
                    reader.IsDBNull(7) ? null : reader.GetFieldValue<byte[]>(7)));
            }
        }

        return [..taken.Select(t => new TakenLane(endpoint, t.Lane, fence, t.Deliveries, until))];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<bool>> ReportAsync(IReadOnlyList<LaneReport> reports, CancellationToken cancellationToken)
    {
        using var place = await PlaceAsync(cancellationToken);
        return await LaneReports.StoreAsync(database, reports, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task ReleaseAsync(DbTransaction transaction, string endpoint, bool countAnew, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch((NpgsqlConnection)transaction.Connection!);
        if (countAnew)
        {
            Sql.Add(batch, "select 1 from ct_webhook_lane where endpoint = $1 order by lane for update", endpoint);
            Sql.Add(batch, "update ct_webhook_delivery set attempts = 0, releases = 0 where endpoint = $1 and state = 0 and kind = 0 and attempts + releases > 0", endpoint);
            Sql.Add(batch, "update ct_webhook_lane set due_at = now() where endpoint = $1 and not leased and due_at < 'infinity' and due_at > now()", endpoint);
        }
        else
        {
            // Few times for one delivery: one that is always refused would use up its attempts by the recoveries that others bring about.
            Sql.Add(
                batch,
                $"""
                with waiting as (
                    select lane from ct_webhook_lane where endpoint = $1 and not leased and due_at < 'infinity' and due_at > now() order by lane for update),
                firsts as (
                    update ct_webhook_delivery d set releases = releases + 1 from waiting w
                    where d.endpoint = $1 and d.lane = w.lane and d.state = 0 and d.attempts > 0 and d.releases < {MostReleases} returning d.lane)
                update ct_webhook_lane l set due_at = now() from firsts f where l.endpoint = $1 and l.lane = f.lane
                """,
                endpoint);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        await calls.CallAsync(transaction, [endpoint], cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => connections.Dispose();

    private static void AddColumns(NpgsqlCommand command, IReadOnlyList<NewDelivery> deliveries)
    {
        command.Parameters.Add(new() { Value = deliveries.Select(d => d.Endpoint).ToArray() });
        command.Parameters.Add(new() { Value = deliveries.Select(d => d.Key).ToArray() });
        command.Parameters.Add(new() { Value = deliveries.Select(d => d.EventId).ToArray() });
        command.Parameters.Add(new() { Value = deliveries.Select(d => d.Position).ToArray() });
        command.Parameters.Add(new() { Value = deliveries.Select(d => d.Type).ToArray() });
    }

    private Task CallAsync(DbTransaction transaction, IReadOnlyList<NewDelivery> deliveries, CancellationToken cancellationToken) =>
        deliveries.Count == 0
            ? Task.CompletedTask
            : calls.CallAsync(transaction, [..deliveries.Select(d => d.Endpoint).Distinct(StringComparer.Ordinal)], cancellationToken);

    private async Task<Place> PlaceAsync(CancellationToken cancellationToken)
    {
        await connections.WaitAsync(cancellationToken);
        return new Place(connections);
    }

    private readonly struct Place(SemaphoreSlim of) : IDisposable
    {
        public void Dispose() => of.Release();
    }
}
