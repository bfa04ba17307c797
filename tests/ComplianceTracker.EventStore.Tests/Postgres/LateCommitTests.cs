using Npgsql;

namespace ComplianceTracker.EventStore.Tests.Postgres;

/// <summary>A transaction holds a position open, as a writer of another engine might, while later ones commit.</summary>
public sealed class LateCommitTests(PostgresServer server) : PostgresTests(server)
{
    private NpgsqlConnection late = null!;
    private long held;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await AppendAsync("before");
        late = await ConnectAsync();
        await ScalarAsync<object>(late, "begin");
        held = await ScalarAsync<long>(late, "select nextval('mt_events_sequence')");
        await AppendAsync("after");
        await AppendAsync("after");
    }

    public override async ValueTask DisposeAsync()
    {
        await late.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Reading_stops_before_the_held_position_and_names_the_holder()
    {
        (await Store.HeadAsync(Cancel)).ShouldBe(held - 1);
        var page = await Store.ReadAllAsync(0, 100, null, Cancel);
        (page.Events.Count, page.Through).ShouldBe((1, held - 1));
        var stall = (await Store.GetStallAsync(Cancel)).ShouldNotBeNull();
        stall.Position.ShouldBe(held);
        stall.Holders.ShouldHaveSingleItem().ProcessId.ShouldBe(late.ProcessID);
        var again = (await Store.GetStallAsync(Cancel)).ShouldNotBeNull();
        again.Since.ShouldBe(stall.Since);
    }

    [Fact]
    public async Task A_late_commit_is_read_in_its_place()
    {
        var waiting = Store.WaitForEventsAsync(held - 1, Cancel);
        await InsertHeldAsync();
        waiting.IsCompleted.ShouldBeFalse();
        await ScalarAsync<object>(late, "commit");
        (await waiting.WaitAsync(Patience, Cancel)).ShouldBe(held + 2);
        var page = await Store.ReadAllAsync(held - 1, 100, null, Cancel);
        page.Events.Select(e => e.Position).ShouldBe([held, held + 1, held + 2]);
    }

    [Fact]
    public async Task After_a_rollback_reading_resumes_by_itself()
    {
        var waiting = Store.WaitForEventsAsync(held - 1, Cancel);
        await InsertHeldAsync();
        await ScalarAsync<object>(late, "rollback");
        (await waiting.WaitAsync(TimeSpan.FromSeconds(5), Cancel)).ShouldBe(held + 2);
        var page = await Store.ReadAllAsync(held - 1, 100, null, Cancel);
        page.Events.Select(e => e.Position).ShouldBe([held + 1, held + 2]);
        (await Store.GetStallAsync(Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task After_the_holder_was_terminated_reading_resumes_by_itself()
    {
        var waiting = Store.WaitForEventsAsync(held - 1, Cancel);
        await using var admin = await ConnectAsync();
        await ScalarAsync<bool>(admin, $"select pg_terminate_backend({late.ProcessID})");
        (await waiting.WaitAsync(TimeSpan.FromSeconds(5), Cancel)).ShouldBe(held + 2);
    }

    [Fact]
    public async Task A_prepared_transaction_holds_its_position_until_it_is_decided()
    {
        await InsertHeldAsync();
        await ScalarAsync<object>(late, $"prepare transaction 'held-{late.Database}'");
        (await Store.HeadAsync(Cancel)).ShouldBe(held - 1);
        (await Store.GetStallAsync(Cancel)).ShouldNotBeNull().Holders.ShouldHaveSingleItem().ProcessId.ShouldBeNull();
        await ScalarAsync<object>(late, $"commit prepared 'held-{late.Database}'");
        (await Store.HeadAsync(Cancel)).ShouldBe(held + 2);
        (await Store.ReadAllAsync(held - 1, 1, null, Cancel)).Events[0].Position.ShouldBe(held);
    }

    [Fact]
    public async Task A_reader_that_starts_while_the_position_is_held_neither_skips_it_nor_falls_behind_a_checkpoint()
    {
        // An old gap, which the open transaction might fill for all a newcomer knows; the checkpoint says that it is settled.
        await using var admin = await ConnectAsync();
        await ScalarAsync<object>(admin, "delete from mt_events where stream_id = 'before'");
        await ScalarAsync<object>(admin, $"insert into mt_event_progression (name, last_seq_id) values ('reader:All', {held - 1})");
        await using var restarted = PostgresServer.Open(ConnectionString);
        (await restarted.HeadAsync(Cancel)).ShouldBe(held - 1);
        await InsertHeldAsync();
        await ScalarAsync<object>(late, "commit");
        (await restarted.HeadAsync(Cancel)).ShouldBe(held + 2);
    }

    [Fact]
    public async Task A_subscription_gets_the_late_commit_in_its_place()
    {
        var seen = new List<long>();
        using var stop = new CancellationTokenSource();
        var running = Store.RunSubscriptionAsync(new Lambda(b => seen.AddRange(b.Events.Select(e => e.Position))), stop.Token);
        (await Store.WaitForCheckpointAsync("lambda", held - 1, Patience, Cancel)).ShouldBeTrue();
        await InsertHeldAsync();
        await ScalarAsync<object>(late, "commit");
        (await Store.WaitForCheckpointAsync("lambda", held + 2, Patience, Cancel)).ShouldBeTrue();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
        seen.ShouldBe([held - 1, held, held + 1, held + 2]);
    }

    private async Task InsertHeldAsync() => await ScalarAsync<object>(late, $"""
        insert into mt_streams (id, version) values ('late', 1);
        insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp)
        values ({held}, gen_random_uuid(), 'late', 1, '{"{}"}', 'thing.happened.v1', now())
        """);

    private sealed class Lambda(Action<SubscriptionBatch> handle) : ISubscription
    {
        public string Name => "lambda";

        public EventFilter? Filter => null;

        public Task HandleAsync(SubscriptionBatch batch, CancellationToken cancellationToken)
        {
            handle(batch);
            return Task.CompletedTask;
        }
    }
}
