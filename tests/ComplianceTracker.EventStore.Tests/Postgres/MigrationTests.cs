using ComplianceTracker.EventStore.Postgres;
using Npgsql;

namespace ComplianceTracker.EventStore.Tests.Postgres;

public sealed class MigrationTests(PostgresServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Concurrent_starters_migrate_once_each_schema_for_itself()
    {
        var connectionString = await server.CreateEmptyAsync();
        foreach (var schema in (string[])["public", "other"])
        {
            await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
            {
                await using var store = PostgresServer.Open(connectionString, schema);
                await store.MigrateAsync(Cancel);
            }));
            await using var data = NpgsqlDataSource.Create(connectionString);
            await using var count = data.CreateCommand($"select count(*) = max(version) from {schema}.ct_migrations");
            (await count.ExecuteScalarAsync(Cancel)).ShouldBe(true);
        }
    }

    [Fact]
    public async Task A_database_of_a_newer_release_is_refused()
    {
        var connectionString = await server.CreateMigratedAsync();
        await using var store = PostgresServer.Open(connectionString);
        await using var newer = store.DataSource.CreateCommand("insert into ct_migrations (version, name) values (999, 'later')");
        await newer.ExecuteNonQueryAsync(Cancel);
        var refusal = await Should.ThrowAsync<EventStoreStartupException>(() => store.MigrateAsync(Cancel));
        refusal.Message.ShouldContain("version 999");
    }

    [Fact]
    public async Task Settings_that_lose_acknowledged_events_are_refused()
    {
        var options = new PostgresEventStoreOptions { ConnectionString = await server.CreateEmptyAsync() };
        await using var store = new PostgresEventStore(options, TimeProvider.System);
        var refusal = await Should.ThrowAsync<EventStoreStartupException>(() => store.MigrateAsync(Cancel));
        refusal.Message.ShouldContain("fsync = off");
    }

    [Fact]
    public async Task Stamps_go_on_from_events_that_another_engine_recorded()
    {
        var connectionString = await server.CreateMigratedAsync();
        await using var store = PostgresServer.Open(connectionString);
        await using var foreign = store.DataSource.CreateCommand("""
            insert into mt_streams (id, version) values ('foreign', 1);
            insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp) values
                (nextval('mt_events_sequence'), gen_random_uuid(), 'foreign', 1, '{}', 'x.v1', '2100-01-01T00:00:00Z')
            """);
        await foreign.ExecuteNonQueryAsync(Cancel);
        await store.MigrateAsync(Cancel);
        var appended = await store.AppendAsync(
            [new StreamAppend("s", ExpectedVersion.NoStream, [new EventData(Guid.NewGuid(), "x.v1", "{}"u8.ToArray())])],
            AppendMetadata.None,
            Cancel);
        appended.ShouldBeOfType<AppendResult.Appended>().RecordedAt.Year.ShouldBe(2100);
    }

    [Fact]
    public async Task Stamps_go_on_from_the_last_event_when_a_crash_has_reset_the_clock_kept_beside_it()
    {
        await using var store = PostgresServer.Open(await server.CreateMigratedAsync());
        await using var crashed = store.DataSource.CreateCommand("""
            insert into mt_streams (id, version) values ('ahead', 1);
            insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp) values
                (nextval('mt_events_sequence'), gen_random_uuid(), 'ahead', 1, '{}', 'x.v1', '2100-01-01T00:00:00Z');
            alter sequence ct_recorded_at restart
            """);
        await crashed.ExecuteNonQueryAsync(Cancel);
        foreach (var events in (int[])[1, 2])
        {
            var appended = await store.AppendAsync(
                [new StreamAppend($"s{events}", ExpectedVersion.NoStream,
                    [.. Enumerable.Range(0, events).Select(_ => new EventData(Guid.NewGuid(), "x.v1", "{}"u8.ToArray()))])],
                AppendMetadata.None,
                Cancel);
            appended.ShouldBeOfType<AppendResult.Appended>().RecordedAt.ShouldBe(new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        }
    }
}
