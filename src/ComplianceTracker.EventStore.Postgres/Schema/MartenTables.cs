namespace ComplianceTracker.EventStore.Postgres.Schema;

/// <summary>
/// The event tables exactly as Marten lays them out (string streams, metadata columns, one tenant), so that the database opens
/// under either engine. What is ours alone has names that begin with <c>ct_</c>.
/// </summary>
internal static class MartenTables
{
    public static string Sql(string schema) => $"""
        create table {schema}.mt_streams (
            id varchar not null constraint pkey_mt_streams_id primary key,
            type varchar,
            version bigint,
            timestamp timestamptz not null default now(),
            created timestamptz not null default now(),
            tenant_id varchar default '*DEFAULT*',
            is_archived boolean default false
        );

        create sequence {schema}.mt_events_sequence;

        create table {schema}.mt_events (
            seq_id bigint not null constraint pkey_mt_events_seq_id primary key,
            id uuid not null,
            stream_id varchar
                constraint fkey_mt_events_stream_id references {schema}.mt_streams (id) on delete cascade,
            version bigint not null,
            data jsonb not null,
            bdata bytea,
            type varchar(500) not null,
            timestamp timestamptz not null default now(),
            tenant_id varchar default '*DEFAULT*',
            mt_dotnet_type varchar,
            correlation_id varchar,
            causation_id varchar,
            headers jsonb,
            user_name varchar,
            is_archived boolean default false
        );
        alter sequence {schema}.mt_events_sequence owned by {schema}.mt_events.seq_id;
        create unique index pk_mt_events_stream_and_version on {schema}.mt_events (stream_id, version);
        create unique index idx_mt_events_event_id on {schema}.mt_events (id);

        create table {schema}.mt_event_progression (
            name varchar not null constraint pk_mt_event_progression primary key,
            last_seq_id bigint,
            last_updated timestamptz default transaction_timestamp()
        );

        create table {schema}.mt_high_water_skips (
            ending_sequence bigint not null constraint pkey_mt_high_water_skips_ending_sequence primary key,
            starting_sequence bigint not null,
            timestamp timestamptz default transaction_timestamp()
        );

        -- The last stamp given out, in microseconds since 1970: a sequence, because its value must not roll back, and unlogged,
        -- because a log record for every stamp would cost each append more than the drawing. After a crash it has no value: the
        -- append then goes on from the last event.
        create unlogged sequence {schema}.ct_recorded_at minvalue 0 start 0;

        create table {schema}.ct_subscription_failures (
            name varchar not null constraint pkey_ct_subscription_failures primary key,
            after_position bigint not null,
            attempts int not null,
            error text not null,
            at timestamptz not null
        );
        """;
}
