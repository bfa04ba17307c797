using ComplianceTracker.Api.Storage;
using Npgsql;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>
/// Stores what became of lanes, in one trip to the database: a process that freezes on the way leaves no open transaction whose locks
/// would hold up whoever takes over.
/// </summary>
internal static class LaneReports
{
    // Lanes of the reports whose lease still holds; n is the report's number from 1. Once they are locked, each statement finds the same.
    private const string Held = """
        unnest($1::text[], $2::text[], $3::bigint[]) with ordinality as h(endpoint, lane, fence, n)
        join ct_webhook_lane l on l.endpoint = h.endpoint and l.lane = h.lane and l.fence = h.fence and l.leased
        """;

    // A lane of its own, or one that somebody asked for, goes when it is empty; one of a key stays and keeps its count.
    private const string GoesWhenEmpty = "(l.lane >= '~' or position('#' in l.lane) > 0)";

    /// <summary>Stores the reports; of a lane that has another lease by now only the attempts.</summary>
    /// <returns>For each report, whether the lease still held.</returns>
    public static async Task<IReadOnlyList<bool>> StoreAsync(
        NpgsqlDataSource database, IReadOnlyList<LaneReport> reports, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();

        // Whoever enqueues into one of the lanes waits until all of this is stored, and sees the lane given back.
        AddForLanes(batch, reports, $"select h.n from {Held} order by l.endpoint, l.lane for update of l");
        AddAttempts(batch, reports);
        AddMoves(batch, reports);
        AddReturns(batch, reports);

        var held = new bool[reports.Count];
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        do
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                held[reader.GetInt64(0) - 1] = true;
            }
        }
        while (await reader.NextResultAsync(cancellationToken));
        return held;
    }

    // An attempt was made whoever holds the lane by now: it is kept either way, unless the endpoint was deleted with all that was its own.
    private static void AddAttempts(NpgsqlBatch batch, IReadOnlyList<LaneReport> reports)
    {
        var attempts = reports.SelectMany(r => r.Attempts.Select(a => (r.Lane.Endpoint, a.Delivery.Id, a.Exchange))).ToList();
        if (attempts.Count == 0)
        {
            return;
        }

        Sql.Add(
            batch,
            """
            insert into ct_webhook_attempt (endpoint, delivery, at, duration_ms, status, headers, body, error)
            select * from unnest($1::text[], $2::bigint[], $3::timestamptz[], $4::double precision[], $5::int[], $6::text[], $7::text[], $8::text[])
                g(endpoint, delivery, at, duration_ms, status, headers, body, error)
            where exists (select from ct_webhook_delivery d where d.endpoint = g.endpoint and d.id = g.delivery)
            """,
            attempts.Select(a => a.Endpoint).ToArray(),
            attempts.Select(a => a.Id).ToArray(),
            attempts.Select(a => a.Exchange.At.UtcDateTime).ToArray(),
            attempts.Select(a => a.Exchange.Duration.TotalMilliseconds).ToArray(),
            attempts.Select(a => a.Exchange.Status).ToArray(),
            attempts.Select(a => a.Exchange.Headers).ToArray(),
            attempts.Select(a => a.Exchange.Body).ToArray(),
            attempts.Select(a => a.Exchange.Error).ToArray());
    }

    private static void AddMoves(NpgsqlBatch batch, IReadOnlyList<LaneReport> reports)
    {
        var moved = reports.SelectMany((r, i) => r.Attempts.Select(a => (Report: i + 1L, r.Lane.Endpoint, a.Delivery.Id, a.State, Detached: Detached(r, a), r.Pause))).ToList();
        if (moved.Count == 0)
        {
            return;
        }

        // Found by their key, whatever the planner thinks of how many there are.
        AddForLanes(
            batch, reports,
            $"""
            update ct_webhook_delivery d set state = g.state, attempts = d.attempts + 1, lane = coalesce(g.lane, d.lane),
                done_at = case when g.state = 0 then null else now() end
            from unnest($4::bigint[], $5::text[], $6::bigint[], $7::smallint[], $8::text[]) g(n, endpoint, id, state, lane)
            where d.endpoint = g.endpoint and d.id = g.id and d.state = 0 and g.n in (select h.n from {Held})
            """,
            moved.Select(m => m.Report).ToArray(),
            moved.Select(m => m.Endpoint).ToArray(),
            moved.Select(m => m.Id).ToArray(),
            moved.Select(m => (short)m.State).ToArray(),
            moved.Select(m => m.Detached).ToArray());
        var detached = moved.Where(m => m.Detached is not null).ToList();
        if (detached.Count > 0)
        {
            AddForLanes(
                batch, reports,
                $"""
                insert into ct_webhook_lane (endpoint, lane, due_at)
                select own.endpoint, g.lane, now() + g.pause
                from (select l.endpoint, h.n from {Held}) own join unnest($4::bigint[], $5::text[], $6::interval[]) g(n, lane, pause) using (n) order by 1, 2
                on conflict (endpoint, lane) do nothing
                """,
                detached.Select(d => d.Report).ToArray(),
                detached.Select(d => d.Detached!).ToArray(),
                detached.Select(d => d.Pause).ToArray());
        }
    }

    // Last, for a lane that is given back is no longer held.
    private static void AddReturns(NpgsqlBatch batch, IReadOnlyList<LaneReport> reports) => AddForLanes(
        batch, reports,
        $"""
        with given as (
            select own.*, exists (select from ct_webhook_delivery d where d.endpoint = own.endpoint and d.lane = own.lane and d.state = 0) as more
            from (select l.endpoint, l.lane, p.pause from {Held} join unnest($4::interval[]) with ordinality as p(pause, n) using (n)) own),
        gone as (
            delete from ct_webhook_lane l using given g where l.endpoint = g.endpoint and l.lane = g.lane and not g.more and {GoesWhenEmpty})
        update ct_webhook_lane l set leased = false, due_at = case when g.more then now() + g.pause else 'infinity' end
        from given g where l.endpoint = g.endpoint and l.lane = g.lane and (g.more or not {GoesWhenEmpty})
        """,
        reports.Select(r => r.Attempts.Any(a => Detached(r, a) is not null) ? TimeSpan.Zero : r.Pause).ToArray());

    private static void AddForLanes(NpgsqlBatch batch, IReadOnlyList<LaneReport> reports, string sql, params object[] values) => Sql.Add(
        batch,
        sql,
        [
            reports.Select(r => r.Lane.Endpoint).ToArray(), reports.Select(r => r.Lane.Name).ToArray(), reports.Select(r => r.Lane.Fence).ToArray(), ..values,
        ]);

    private static string? Detached(LaneReport report, AttemptReport attempt) =>
        report.Detaches && attempt.State == DeliveryState.Pending && !report.Lane.Name.Contains('#') ? $"{report.Lane.Name}#{attempt.Delivery.Id}" : null;
}
