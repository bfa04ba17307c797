using Npgsql;

namespace ComplianceTracker.EventStore.Postgres.Schema;

/// <summary>Brings the tables to the newest version, all or nothing, one process at a time.</summary>
internal sealed class Migrator(NpgsqlDataSource dataSource, PostgresEventStoreOptions options)
{
    private readonly string schema = options.Schema;

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        if (!options.ThrowAwayDatabase)
        {
            await RequireDurableSettingsAsync(connection, cancellationToken);
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(
            connection, $"select pg_advisory_xact_lock(hashtextextended('ct_migrations:{schema}', 0))", cancellationToken);
        var current = await CurrentVersionAsync(connection, cancellationToken);
        foreach (var migration in Migration.All.Where(m => m.Version > current))
        {
            await ExecuteAsync(connection, migration.Sql(schema), cancellationToken);
            await using var done = new NpgsqlCommand(
                $"insert into {schema}.ct_migrations (version, name) values ($1, $2)", connection)
            {
                Parameters = { new() { Value = migration.Version }, new() { Value = migration.Name } },
            };
            await done.ExecuteNonQueryAsync(cancellationToken);
        }

        // Events that another engine wrote may carry later stamps than ours: never fall behind them. Between reading the last stamp
        // and setting it, no other process may draw one, or it would be given out again.
        await ExecuteAsync(connection, $"select pg_advisory_xact_lock({AppendFunction.DrawLock(schema)})", cancellationToken);
        await ExecuteAsync(connection, $"""
            select setval('{schema}.ct_recorded_at', greatest(
                (select last_value from {schema}.ct_recorded_at),
                (select (extract(epoch from timestamp) * 1000000)::bigint from {schema}.mt_events order by seq_id desc limit 1),
                0))
            """, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<int> CurrentVersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, $"""
            create schema if not exists {schema};
            create table if not exists {schema}.ct_migrations (
                version int not null constraint pkey_ct_migrations primary key,
                name text not null,
                applied_at timestamptz not null default now()
            );
            """, cancellationToken);
        await using var query = new NpgsqlCommand($"select coalesce(max(version), 0) from {schema}.ct_migrations", connection);
        var current = (int)(await query.ExecuteScalarAsync(cancellationToken))!;
        var newest = Migration.All[^1].Version;
        return current <= newest
            ? current
            : throw new EventStoreStartupException(
                $"The event tables in schema '{schema}' are at version {current}, made by a newer release; this one knows "
                + $"version {newest}. Start the newer release, or restore a backup from before the upgrade.");
    }

    private static async Task RequireDurableSettingsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        foreach (var setting in (string[])["fsync", "synchronous_commit"])
        {
            await using var show = new NpgsqlCommand($"show {setting}", connection);
            if ((string?)await show.ExecuteScalarAsync(cancellationToken) == "off")
            {
                throw new EventStoreStartupException(
                    $"PostgreSQL runs with {setting} = off: a crash would lose events that were acknowledged. Turn it on, or "
                    + "declare the database a throw-away one.");
            }
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
