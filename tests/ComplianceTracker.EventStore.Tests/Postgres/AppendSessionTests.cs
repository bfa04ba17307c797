using ComplianceTracker.EventStore.Postgres;
using ComplianceTracker.Testing;
using Npgsql;

namespace ComplianceTracker.EventStore.Tests.Postgres;

/// <summary>The sessions that are kept for appends of single events.</summary>
public sealed class AppendSessionTests(PostgresServer server) : PostgresTests(server)
{
    [Fact]
    public async Task When_the_server_ended_all_sessions_one_append_fails_and_those_after_it_do_not()
    {
        await AppendManyAtOnceAsync(8);
        await using (var admin = await ConnectAsync())
        {
            (await ScalarAsync<long>(admin, $"select count(pg_terminate_backend(pid)) from pg_stat_activity where {OfTheStore}")).ShouldBeGreaterThan(1);
        }

        await Should.ThrowAsync<NpgsqlException>(() => AppendAsync("company-lost"));
        await AppendManyAtOnceAsync(8);
    }

    [Fact]
    public async Task The_smallest_of_pools_serves_appends_of_one_event_and_of_many_in_turns()
    {
        await using var small = PostgresServer.Open($"{ConnectionString};Maximum Pool Size=1");
        for (var i = 0; i < 3; i++)
        {
            await AppendAsync(small, "company-a");
            await AppendAsync(small, "company-a", "company-b");
        }

        (await Store.ReadAllAsync(0, 100, cancellationToken: Cancel)).Events.Count.ShouldBe(9);
    }

    [Fact]
    public async Task What_is_kept_leaves_room_for_appends_of_many_events()
    {
        await using var four = PostgresServer.Open($"{ConnectionString};Maximum Pool Size=4");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => AppendAsync(four, $"company-{i}")));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => AppendAsync(four, $"company-{i}", "company-all")));
    }

    [Fact]
    public async Task An_append_of_many_events_gets_its_turn_while_more_writers_than_the_pool_is_large_append_single_events()
    {
        await using var sixteen = PostgresServer.Open($"{ConnectionString};Maximum Pool Size=16");
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var writers = Enumerable.Range(0, 32).Select(async i =>
        {
            while (!enough.IsCancellationRequested)
            {
                await AppendAsync(sixteen, $"company-{i}");
            }
        }).ToArray();
        for (var i = 0; i < 5; i++)
        {
            await AppendAsync(sixteen, "company-a", "company-b");
        }

        await enough.CancelAsync();
        await Task.WhenAll(writers);
    }

    [Fact]
    public async Task After_conflicts_and_repetitions_appends_go_on()
    {
        await AppendAsync("company-a");
        var id = Guid.NewGuid();
        for (var i = 0; i < 3; i++)
        {
            (await Store.AppendAsync([One("company-a", ExpectedVersion.NoStream)], AppendMetadata.None, Cancel)).ShouldBeOfType<AppendResult.Conflict>();
            (await Store.AppendAsync([One("company-b", ExpectedVersion.Any, id)], AppendMetadata.None, Cancel))
                .ShouldBeOfType<AppendResult.Appended>().Duplicate.ShouldBe(i > 0);
        }

        await AppendAsync("company-a", ExpectedVersion.Exact(1));
    }

    [Fact]
    public async Task Nothing_of_an_append_stays_in_the_session_for_the_next()
    {
        var about = new AppendMetadata("someone", "question", "cause", new Dictionary<string, string> { ["tenant"] = "acme" });
        await Store.AppendAsync([One("company-a", ExpectedVersion.NoStream)], about, Cancel);
        await AppendAsync("company-b");
        var events = (await Store.ReadAllAsync(0, 10, cancellationToken: Cancel)).Events;
        (events[0].Metadata.Actor, events[0].Metadata.CorrelationId, events[0].Metadata.CausationId, events[0].Metadata.Headers["tenant"])
            .ShouldBe(("someone", "question", "cause", "acme"));
        (events[1].Metadata.Actor, events[1].Metadata.CorrelationId, events[1].Metadata.CausationId, events[1].Metadata.Headers.Count)
            .ShouldBe((null, null, null, 0));
    }

    [Fact]
    public async Task A_store_that_is_disposed_leaves_no_session_behind()
    {
        await AppendManyAtOnceAsync(8);
        await Store.DisposeAsync();
        await UntilNoneIsLeftAsync(OfTheStore);
    }

    [Fact]
    public async Task Sessions_in_which_nothing_was_appended_for_a_while_are_closed()
    {
        await using var hurried = PostgresServer.Open(
            $"{ConnectionString};Connection Idle Lifetime=1;Connection Pruning Interval=1", clock: new HurriedTime());
        await AppendAsync(hurried, "company-a");
        await UntilNoneIsLeftAsync("datname = current_database() and application_name = 'ComplianceTracker'");
        await AppendAsync(hurried, "company-a");
    }

    private const string OfTheStore = "datname = current_database() and application_name like 'ComplianceTracker%'";

    private async Task AppendManyAtOnceAsync(int count) => await Task.WhenAll(Enumerable.Range(0, count).Select(_ => AppendAsync($"company-{Guid.NewGuid():N}")));

    private async Task UntilNoneIsLeftAsync(string sessions)
    {
        await using var admin = await ConnectAsync();
        var deadline = DateTime.UtcNow + Patience;
        while (await ScalarAsync<long>(admin, $"select count(*) from pg_stat_activity where {sessions}") > 0)
        {
            DateTime.UtcNow.ShouldBeLessThan(deadline, "A session of the store is still there.");
        }
    }

    private static async Task AppendAsync(PostgresEventStore store, params string[] streams) =>
        (await store.AppendAsync([.. streams.Select(s => One(s, ExpectedVersion.Any))], AppendMetadata.None, Cancel)).ShouldBeOfType<AppendResult.Appended>();

    private static StreamAppend One(string stream, ExpectedVersion expected, Guid? id = null) =>
        new(stream, expected, [new EventData(id ?? Guid.NewGuid(), "thing.happened.v1", "{}"u8.ToArray())]);
}
