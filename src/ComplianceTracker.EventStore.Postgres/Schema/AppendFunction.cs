namespace ComplianceTracker.EventStore.Postgres.Schema;

/// <summary>
/// The append: one round trip, one implicit transaction, so no client can leave it open. Streams are locked in the order given
/// (the caller sorts them), ids and versions are checked behind those locks and before any position is drawn, so that losing
/// writers leave no gaps. One event in one stream, the commonest append, has statements of its own: the set-based ones cost it
/// half as much again. Sequential scans are off because the plans are kept by the session: one made while the tables were nearly
/// empty would read them from end to end long after they have grown.
/// </summary>
internal static class AppendFunction
{
    /// <summary>Raised when an id of the batch is stored already.</summary>
    public const string IdStored = "CTDUP";

    /// <summary>Raised when a stream is not at its expected version; the message holds the stream's place and version (Npgsql hides the detail).</summary>
    public const string VersionMismatch = "CTVER";

    // Position and stamp are drawn together under a lock of the session, not of the transaction: a lock until commit would make
    // commits wait for each other's disk flush. The handler names query_canceled because OTHERS leaves it out, and a cancelled
    // statement must not keep the lock in a pooled session.
    public static string Sql(string schema) => $"""
        create function {schema}.ct_append(
            p_streams varchar[], p_counts bigint[], p_expected bigint[],
            p_event_stream int[], p_event_offset bigint[], p_ids uuid[], p_types varchar[], p_data jsonb[],
            p_actor varchar, p_correlation varchar, p_causation varchar, p_headers jsonb,
            out versions bigint[], out positions bigint[], out stamp timestamptz)
        language plpgsql set enable_seqscan = off as $$
        declare
            lock_key constant bigint := hashtextextended('ct_append:{schema}', 0);
            stamp_us bigint;
        begin
            if cardinality(p_streams) = 1 then
                insert into {schema}.mt_streams as m (id, version) values (p_streams[1], p_counts[1])
                on conflict (id) do update set version = m.version + excluded.version, timestamp = now()
                returning array[m.version] into versions;
            else
                with s as (
                    select * from unnest(p_streams, p_counts) with ordinality as s(id, n, place)
                ), u as (
                    insert into {schema}.mt_streams as m (id, version)
                    select s.id, s.n from s order by s.place
                    on conflict (id) do update set version = m.version + excluded.version, timestamp = now()
                    returning m.id, m.version
                )
                select array_agg(u.version order by s.place) into versions from u join s on s.id = u.id;
            end if;

            -- The first id stands for all: a repeated batch is caught here, before it draws positions. A batch that shares only
            -- others is caught by the unique index. Looking all of them up invites plans that read the whole table.
            if exists (select from {schema}.mt_events e where e.id = p_ids[1]) then
                raise exception using errcode = '{IdStored}', message = 'An event id is stored already.';
            end if;

            for i in 1 .. cardinality(p_streams) loop
                if p_expected[i] >= 0 and versions[i] - p_counts[i] <> p_expected[i] then
                    raise exception using errcode = '{VersionMismatch}', message = i || ' ' || versions[i] - p_counts[i];
                end if;
            end loop;

            begin
                perform pg_advisory_lock(lock_key);
                if cardinality(p_ids) = 1 then
                    positions := array[nextval('{schema}.mt_events_sequence')];
                else
                    select array_agg(nextval('{schema}.mt_events_sequence')) into positions
                    from generate_series(1, cardinality(p_ids));
                end if;
                stamp_us := setval('{schema}.ct_recorded_at', greatest(
                    (select last_value from {schema}.ct_recorded_at),
                    (extract(epoch from clock_timestamp()) * 1000000)::bigint));
                perform pg_advisory_unlock(lock_key);
            exception when query_canceled or others then
                perform pg_advisory_unlock(lock_key);
                raise;
            end;
            stamp := timestamptz 'epoch' + stamp_us * interval '1 microsecond';

            if cardinality(p_ids) = 1 then
                insert into {schema}.mt_events (seq_id, id, stream_id, version, data, type, timestamp,
                    correlation_id, causation_id, headers, user_name)
                values (positions[1], p_ids[1], p_streams[1], versions[1], p_data[1], p_types[1], stamp,
                    p_correlation, p_causation, p_headers, p_actor);
            else
                insert into {schema}.mt_events (seq_id, id, stream_id, version, data, type, timestamp,
                    correlation_id, causation_id, headers, user_name)
                select e.position, e.id, p_streams[e.stream], versions[e.stream] - p_counts[e.stream] + e.place,
                    e.data, e.type, stamp, p_correlation, p_causation, p_headers, p_actor
                from unnest(positions, p_ids, p_event_stream, p_event_offset, p_data, p_types)
                    as e(position, id, stream, place, data, type);
            end if;
        end
        $$;
        """;
}
