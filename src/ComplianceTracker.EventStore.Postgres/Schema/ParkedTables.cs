namespace ComplianceTracker.EventStore.Postgres.Schema;

/// <summary>What subscriptions have set aside, what became of it, and who runs which subscription.</summary>
internal static class ParkedTables
{
    // The leases are unlogged: their beats are worth nothing after a crash, in which the locks that they belong to end too.
    public static string Sql(string schema) => $"""
        create table {schema}.ct_parked (
            subscription varchar collate "C" not null,
            position bigint not null,
            stream_id varchar not null,
            event_id uuid not null,
            type varchar not null,
            state varchar not null constraint ck_ct_parked_state check (state in ('failed', 'waiting')),
            reason text,
            attempts int not null,
            first_failed_at timestamptz,
            last_failed_at timestamptz,
            constraint pkey_ct_parked primary key (subscription, position)
        );
        create index idx_ct_parked_stream on {schema}.ct_parked (subscription, stream_id, position);

        create table {schema}.ct_parked_log (
            id bigint not null generated always as identity constraint pkey_ct_parked_log primary key,
            subscription varchar not null,
            position bigint not null,
            stream_id varchar not null,
            event_id uuid not null,
            type varchar not null,
            action varchar not null,
            reason text,
            actor varchar,
            at timestamptz not null default clock_timestamp()
        );

        create unlogged table {schema}.ct_leases (
            name varchar not null constraint pkey_ct_leases primary key,
            process_id int not null,
            beat bigint not null
        );

        alter table {schema}.ct_subscription_failures add column kind varchar not null default 'Handler';
        """;

    /// <summary>Which request caused an entry of the log, where the request can be told from others.</summary>
    public static string RequestsSql(string schema) => $"""
        alter table {schema}.ct_parked_log add column request uuid;
        create index idx_ct_parked_log_request on {schema}.ct_parked_log (request) where request is not null;
        """;

    /// <summary>Which node holds a lease, which one is to take it next, and which ones wait for it, each with how many it holds.</summary>
    public static string NodesSql(string schema) => $"""
        alter table {schema}.ct_leases add column node varchar, add column offered_to varchar;

        create unlogged table {schema}.ct_lease_wishes (
            name varchar not null,
            node varchar not null,
            holds int not null,
            constraint pkey_ct_lease_wishes primary key (name, node)
        );
        """;
}
