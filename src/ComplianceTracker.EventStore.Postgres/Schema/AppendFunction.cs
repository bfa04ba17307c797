namespace ComplianceTracker.EventStore.Postgres.Schema;

/// <summary>
/// The append: one round trip, one implicit transaction, so no client can leave it open. Streams are locked in the order given
/// (the caller sorts them) and versions are checked behind those locks, before any position is drawn, so that losing writers leave
/// no gaps. That ids are new is left to their unique index: looking them up first would cost every append what only a repeated
/// one needs, and a repetition that expects a version is stopped by that already.
/// <para>
/// One event in one stream, the commonest append, has a function of its own: arrays and set-based statements would cost it half as
/// much again. All answer with one array (the stamp in microseconds since 1970, the last position, the versions) because a set of
/// columns would go through a tuple store. What is assigned or tested rather than performed is evaluated without an executor.
/// </para>
/// </summary>
internal static class AppendFunction
{
    /// <summary>Raised when a stream is not at its expected version; the message holds the stream's place and version (Npgsql hides the detail).</summary>
    public const string VersionMismatch = "CTVER";

    /// <summary>The advisory lock, as SQL, under which position and stamp are drawn. It stays as it is: running functions hold it.</summary>
    public static string DrawLock(string schema) => $"hashtextextended('ct_append:{schema}', 0)";

    public static string Sql(string schema) => One(schema) + Many(schema);

    /// <summary>
    /// For who writes the events himself, behind it and in the same transaction: all that comes before them. It answers with the stamp, the
    /// streams' versions after the append and the positions of the events. That transaction is the client's: until it ends, other appends to the
    /// same streams wait, and nothing from these positions on is settled.
    /// </summary>
    public static string BeginSql(string schema) => $"""
        create function {schema}.ct_append_begin(
            p_streams varchar[], p_counts bigint[], p_expected bigint[], p_events bigint) returns bigint[]
        language plpgsql as $$
        declare
            lock_key constant bigint := {DrawLock(schema)};
            returned varchar[];
            versions bigint[];
            positions bigint[];
            stamp_us bigint;
            last_us bigint;
            locked boolean;
        begin
            {RaiseVersions(schema)}
            {Draw(schema, DrawPositions(schema, "p_events"))}
            return array[stamp_us] || versions || positions;
        end
        $$;
        """;

    private static string One(string schema) => $"""
        create function {schema}.ct_append_one(
            p_stream varchar, p_expected bigint, p_id uuid, p_type varchar, p_data jsonb,
            p_actor varchar, p_correlation varchar, p_causation varchar, p_headers jsonb) returns bigint[]
        language plpgsql as $$
        declare
            lock_key constant bigint := {DrawLock(schema)};
            new_version bigint;
            new_position bigint;
            stamp_us bigint;
            last_us bigint;
            locked boolean;
        begin
            insert into {schema}.mt_streams as m (id, version) values (p_stream, 1)
            on conflict (id) do update set version = m.version + 1, timestamp = now()
            returning m.version into new_version;
            if p_expected >= 0 and new_version <> p_expected + 1 then
                raise exception using errcode = '{VersionMismatch}', message = '1 ' || new_version - 1;
            end if;

            {Draw(schema, $"new_position := nextval('{schema}.mt_events_sequence');")}
            insert into {schema}.mt_events (seq_id, id, stream_id, version, data, type, timestamp,
                correlation_id, causation_id, headers, user_name)
            values (new_position, p_id, p_stream, new_version, p_data, p_type,
                timestamptz 'epoch' + stamp_us * interval '1 microsecond', p_correlation, p_causation, p_headers, p_actor);
            return array[stamp_us, new_position, new_version];
        end
        $$;

        """;

    // What is paid for every event is kept small: the event's stream is repeated with each event, because fetching it by its place
    // would walk the array of texts from its beginning; arrays are unnested in the select list, which needs no tuple store for
    // each; versions come back in the order in which the streams went in, so no join has to find that order again, and should
    // PostgreSQL ever return them in another, the comparison of the ids refuses the append; versions are compared all at once, and one by one
    // only where they differ from what the writer expects or it expects nothing.
    private static string Many(string schema) => $"""
        create function {schema}.ct_append_many(
            p_streams varchar[], p_counts bigint[], p_expected bigint[],
            p_event_streams varchar[], p_event_place int[], p_event_behind bigint[], p_ids uuid[], p_types varchar[], p_data jsonb[],
            p_actor varchar, p_correlation varchar, p_causation varchar, p_headers jsonb) returns bigint[]
        language plpgsql as $$
        declare
            lock_key constant bigint := {DrawLock(schema)};
            returned varchar[];
            versions bigint[];
            positions bigint[];
            stamp_us bigint;
            last_us bigint;
            locked boolean;
            stamp timestamptz;
        begin
            {RaiseVersions(schema)}
            {Draw(schema, DrawPositions(schema, "cardinality(p_ids)"))}
            stamp := timestamptz 'epoch' + stamp_us * interval '1 microsecond';
            insert into {schema}.mt_events (seq_id, id, stream_id, version, data, type, timestamp,
                correlation_id, causation_id, headers, user_name)
            select e.position, e.id, e.stream, versions[e.place] - e.behind, e.data, e.type,
                stamp, p_correlation, p_causation, p_headers, p_actor
            from (select unnest(positions) as position, unnest(p_ids) as id, unnest(p_event_streams) as stream,
                unnest(p_event_place) as place, unnest(p_event_behind) as behind, unnest(p_data) as data, unnest(p_types) as type) e;
            return array[stamp_us, positions[cardinality(positions)]] || versions;
        end
        $$;
        """;

    private static string RaiseVersions(string schema) => $"""
        with u as (
                insert into {schema}.mt_streams as m (id, version)
                select unnest(p_streams), unnest(p_counts)
                on conflict (id) do update set version = m.version + excluded.version, timestamp = now()
                returning m.id, m.version
            )
            select array_agg(u.id), array_agg(u.version) into returned, versions from u;
            if returned <> p_streams then
                raise exception 'The streams came back in another order.';
            end if;

            if versions <> p_expected then
                for i in 1 .. cardinality(p_streams) loop
                    if p_expected[i] >= 0 and versions[i] <> p_expected[i] then
                        raise exception using errcode = '{VersionMismatch}', message = i || ' ' || versions[i] - p_counts[i];
                    end if;
                end loop;
            end if;

        """;

    private static string DrawPositions(string schema, string count) => $"""
        select array_agg(nextval('{schema}.mt_events_sequence')) into positions
                    from (select generate_series(1, {count})) n;
        """;

    // Position and stamp are drawn together under a lock of the session, not of the transaction: a lock until commit would make
    // commits wait for each other's disk flush. It is held for a few microseconds, less than it takes to put a session to sleep
    // and to wake it, so it is tried some times before it is waited for. The clock is read before: the later of the clock and
    // the last stamp is not below the last stamp whenever the clock was read. The handler names query_canceled because OTHERS leaves
    // it out, and a cancelled statement must not keep the lock in a pooled session.
    private static string Draw(string schema, string drawPositions) => $"""
        stamp_us := (extract(epoch from clock_timestamp()) * 1000000)::bigint;
            begin
                locked := pg_try_advisory_lock(lock_key);
                if not locked then
                    for i in 1 .. 20 loop
                        locked := pg_try_advisory_lock(lock_key);
                        exit when locked;
                    end loop;
                    if not locked then
                        locked := pg_advisory_lock(lock_key) is not null;
                    end if;
                end if;
                {drawPositions}
                last_us := pg_sequence_last_value('{schema}.ct_recorded_at');
                if last_us is null then
                    -- PostgreSQL crashed and reset what is not logged: the last event that survived has the last stamp.
                    last_us := (select (extract(epoch from e.timestamp) * 1000000)::bigint
                        from {schema}.mt_events e order by e.seq_id desc limit 1);
                end if;
                stamp_us := setval('{schema}.ct_recorded_at', greatest(last_us, stamp_us));
                locked := pg_advisory_unlock(lock_key);
            exception when query_canceled or others then
                perform pg_advisory_unlock(lock_key);
                raise;
            end;

        """;
}
