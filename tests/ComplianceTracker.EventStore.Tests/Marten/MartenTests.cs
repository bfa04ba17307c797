using System.Collections.Concurrent;
using System.Text;
using ComplianceTracker.EventStore.Marten;
using ComplianceTracker.EventStore.Postgres;

namespace ComplianceTracker.EventStore.Tests.Marten;

/// <summary>What holds of the second engine beyond the contract. Compiled where its packages are: <c>-p:UseMarten=true</c>.</summary>
public sealed class MartenTests(PostgresServer server) : IAsyncLifetime
{
    // Every table, column, default, key, index and sequence of the event store, as PostgreSQL has them.
    private const string Tables = """
        select array_agg(line order by line) from (
            select format('column %s.%s %s %s default %s', table_name, column_name, data_type, is_nullable, column_default) as line
                from information_schema.columns where table_schema = 'public' and (table_name like 'mt\_%' or table_name like 'ct\_%')
            union all select 'index ' || indexdef from pg_indexes where schemaname = 'public'
            union all select format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
                from pg_constraint where connamespace = 'public'::regnamespace
            union all select format('trigger %s', pg_get_triggerdef(oid)) from pg_trigger where not tgisinternal) d
        """;

    private PostgresEventStore tables = null!;
    private IEventStore store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        tables = PostgresServer.Open(await server.CreateMigratedAsync());
        store = MartenEngine.Open(tables);
    }

    public async ValueTask DisposeAsync()
    {
        await ((IAsyncDisposable)store).DisposeAsync();
        await tables.DisposeAsync();
    }

    [Fact]
    public async Task Marten_takes_the_tables_of_the_first_engine_as_they_are_and_adds_its_functions_and_its_own_table_of_dead_letters()
    {
        var before = await ScalarAsync<string[]>(Tables);

        // Ends with Marten's own assertion.
        await store.MigrateAsync(Cancel);

        var after = await ScalarAsync<string[]>(Tables);
        before.Except(after).ShouldBeEmpty();
        after.Except(before).ShouldAllBe(line => line.Contains("mt_doc_deadletterevent", StringComparison.Ordinal));
        (await ScalarAsync<long>("select count(*) from pg_proc where proname = 'mt_quick_append_events'")).ShouldBe(1);
        await tables.MigrateAsync(Cancel);
        await store.MigrateAsync(Cancel);
    }

    [Fact]
    public async Task Writers_that_lose_burn_no_positions()
    {
        await store.MigrateAsync(Cancel);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var i = 0; i < 25; i++)
            {
                await store.AppendAsync([new("contended", await VersionAsync(), [Event()])], AppendMetadata.None, Cancel);
            }
        }));

        async Task<ExpectedVersion> VersionAsync() =>
            await store.StreamVersionAsync("contended", Cancel) is > 0 and var version ? ExpectedVersion.Exact(version) : ExpectedVersion.NoStream;

        var stored = await ScalarAsync<long>("select count(*) from mt_events");
        stored.ShouldBeLessThan(200, "nobody lost");
        (await ScalarAsync<long>("select last_value from mt_events_sequence")).ShouldBe(stored);
    }

    [Fact]
    public async Task An_append_that_is_cancelled_while_Marten_writes_says_so_and_leaves_nothing_behind()
    {
        await store.MigrateAsync(Cancel);
        var appended = Event();
        await using var connection = await tables.DataSource.OpenConnectionAsync(Cancel);
        await using (var blocking = await connection.BeginTransactionAsync(Cancel))
        {
            // The same id in an open transaction: the insert waits for how that ends.
            await using (var command = connection.CreateCommand())
            {
                command.CommandText = """
                    insert into mt_streams (id, version) values ('other', 1);
                    insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp) values (1000000, @id, 'other', 1, '{}', 'x.v1', now())
                    """;
                command.Parameters.Add(new("id", appended.Id));
                await command.ExecuteNonQueryAsync(Cancel);
            }

            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            var appending = store.AppendAsync([new("cancelled", ExpectedVersion.NoStream, [appended])], AppendMetadata.None, cancel.Token);
            while (await ScalarAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'insert into%mt_events%'") == 0)
            {
                appending.IsCompleted.ShouldBeFalse();
            }

            await cancel.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(() => appending);
            await blocking.RollbackAsync(Cancel);
        }

        (await store.StreamVersionAsync("cancelled", Cancel)).ShouldBe(0);
        (await store.AppendAsync([new("cancelled", ExpectedVersion.NoStream, [appended])], AppendMetadata.None, Cancel))
            .ShouldBeOfType<AppendResult.Appended>().Duplicate.ShouldBeFalse();
    }

    [Fact]
    public async Task Both_engines_write_at_once_and_the_log_is_one()
    {
        await store.MigrateAsync(Cancel);
        var acknowledged = new ConcurrentBag<Guid>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            var engine = writer % 2 == 0 ? store : tables;
            for (var i = 0; i < 30; i++)
            {
                // New streams and shared ones, named in either order.
                string[] streams = [$"shared-{i % 3}", $"new-{i}", $"shared-{(i + writer) % 3 + 3}"];
                StreamAppend[] batch = [.. (writer % 3 == 0 ? streams.Reverse() : streams).Select(s => new StreamAppend(s, ExpectedVersion.Any, [Event()]))];
                (await engine.AppendAsync(batch, AppendMetadata.None, Cancel)).ShouldBeOfType<AppendResult.Appended>();
                foreach (var @event in batch.SelectMany(s => s.Events))
                {
                    acknowledged.Add(@event.Id);
                }
            }
        }));

        var log = (await store.ReadAllAsync(0, 1000, null, Cancel)).Events;
        log.Select(e => e.Id).Order().ShouldBe(acknowledged.Order());
        log.Zip(log.Skip(1)).ShouldAllBe(pair => pair.First.Position < pair.Second.Position && pair.First.RecordedAt <= pair.Second.RecordedAt);
        log.GroupBy(e => e.StreamId).ShouldAllBe(s => s.Select((e, i) => e.Version == i + 1).All(fits => fits));
    }

    [Fact]
    public async Task An_append_that_is_cancelled_leaves_no_lock_behind()
    {
        await store.MigrateAsync(Cancel);
        for (var i = 0; i < 60; i++)
        {
            using var stop = new CancellationTokenSource();
            var append = store.AppendAsync([new($"s-{i}", ExpectedVersion.NoStream, [Event()])], AppendMetadata.None, stop.Token);
            await Task.WhenAny(append, Task.Delay(TimeSpan.FromMicroseconds(100 * i), Cancel));
            await stop.CancelAsync();
            await EndAsync(append);
        }

        (await ScalarAsync<long>("select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())")).ShouldBe(0);
    }

    [Fact]
    public async Task A_subscription_waits_for_what_commits_late()
    {
        await store.MigrateAsync(Cancel);
        await using var late = await tables.DataSource.OpenConnectionAsync(Cancel);
        await using var open = await late.BeginTransactionAsync(Cancel);
        await using (var draw = late.CreateCommand())
        {
            draw.CommandText = """
                insert into mt_streams (id, version) values ('late', 1);
                insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp)
                values (nextval('mt_events_sequence'), gen_random_uuid(), 'late', 1, '{}', 'late.v1', clock_timestamp());
                """;
            await draw.ExecuteNonQueryAsync(Cancel);
        }

        var seen = new Seen();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = store.RunSubscriptionAsync(seen, stop.Token);
        var early = (AppendResult.Appended)await store.AppendAsync([new("early", ExpectedVersion.Any, [Event()])], AppendMetadata.None, Cancel);

        // Longer than Marten's own detection of gaps would wait.
        (await store.WaitForCheckpointAsync(seen.Name, early.Position, TimeSpan.FromSeconds(4), Cancel)).ShouldBeFalse();
        seen.Streams.ShouldBeEmpty();
        await open.CommitAsync(Cancel);
        (await store.WaitForCheckpointAsync(seen.Name, early.Position, TimeSpan.FromSeconds(10), Cancel)).ShouldBeTrue();
        await stop.CancelAsync();
        await EndAsync(running);

        seen.Streams.ShouldBe(["late", "early"]);
    }

    private static EventData Event() => new(Guid.NewGuid(), "thing.happened.v1", Encoding.UTF8.GetBytes("{}"));

    private static async Task EndAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
            // It was told to.
        }
    }

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = tables.DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Cancel))!;
    }

    private sealed class Seen : ISubscription
    {
        public string Name => "seen";

        public EventFilter? Filter => null;

        public ConcurrentQueue<string> Streams { get; } = [];

        public Task HandleAsync(SubscriptionBatch batch, CancellationToken cancellationToken)
        {
            foreach (var @event in batch.Events)
            {
                Streams.Enqueue(@event.StreamId);
            }

            return Task.CompletedTask;
        }
    }
}
