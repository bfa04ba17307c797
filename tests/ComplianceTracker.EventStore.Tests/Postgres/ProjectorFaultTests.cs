using ComplianceTracker.EventStore.Postgres;
using Npgsql;

namespace ComplianceTracker.EventStore.Tests.Postgres;

/// <summary>
/// A projector meets transactions that hold positions open, and is killed at the worst moments. Whatever happens, its model is in
/// the end what a fold of the log from zero gives.
/// </summary>
public sealed class ProjectorFaultTests(PostgresServer server) : PostgresTests(server)
{
    private static readonly TimeSpan Resumes = TimeSpan.FromSeconds(5);

    private NpgsqlConnection admin = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        admin = await ConnectAsync();
        await ScalarAsync<object>(admin, Counting.Tables);
    }

    public override async ValueTask DisposeAsync()
    {
        await admin.DisposeAsync();
        await base.DisposeAsync();
    }

    [Theory]
    [InlineData("commit", false)]
    [InlineData("rollback", false)]
    [InlineData("idle", false)]
    [InlineData("commit", true)]
    [InlineData("rollback", true)]
    [InlineData("idle", true)]
    public async Task Nothing_is_skipped_behind_a_transaction_that_holds_a_position_and_everything_comes_in_order(string end, bool restart)
    {
        var before = await AppendAsync("late");
        var projector = new Projector(this);
        (await Store.WaitForCheckpointAsync("counting", before.Position, Patience, Cancel)).ShouldBeTrue();
        await using var late = await ConnectAsync();
        await ScalarAsync<object>(late, "begin");
        await InsertLateAsync(late);
        var last = before;
        for (var i = 0; i < 5; i++)
        {
            last = await AppendAsync($"after-{i % 2}");
        }

        // Neither the one that was running nor one that starts in front of the gap goes beyond it.
        if (restart)
        {
            await projector.DisposeAsync();
            projector = new Projector(this);
        }

        (await Store.GetStallAsync(Cancel)).ShouldNotBeNull().Holders.ShouldHaveSingleItem().ProcessId.ShouldBe(late.ProcessID);
        (await Store.WaitForCheckpointAsync("counting", before.Position + 1, TimeSpan.FromMilliseconds(300), Cancel)).ShouldBeFalse();
        if (end == "idle")
        {
            // The server ends it, as it ends ours that stay idle for too long.
            await ScalarAsync<object>(late, "set local idle_in_transaction_session_timeout = 50");
        }
        else
        {
            await ScalarAsync<object>(late, end);
        }

        (await Store.WaitForCheckpointAsync("counting", last.Position, Resumes, Cancel)).ShouldBeTrue();
        await projector.DisposeAsync();
        await ModelIsTheFoldAsync();
        (await ScalarAsync<long>(admin, "select count(*) from counted")).ShouldBe(end == "commit" ? 7 : 6);
    }

    [Fact]
    public async Task A_projector_killed_again_and_again_between_the_model_and_the_checkpoint_loses_and_repeats_nothing()
    {
        for (var kill = 0; kill < 10; kill++)
        {
            var last = await AppendAsync($"s{kill % 3}");
            var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var projector = new Projector(this, _ =>
            {
                written.TrySetResult();
                return Task.Delay(Timeout.Infinite, Cancel);
            });
            await written.Task.WaitAsync(Patience, Cancel);
            await projector.DisposeAsync();
            (await Store.CheckpointAsync("counting", Cancel)).ShouldBeLessThan(last.Position);
            if (kill % 3 == 2)
            {
                var healthy = new Projector(this);
                (await Store.WaitForCheckpointAsync("counting", last.Position, Patience, Cancel)).ShouldBeTrue();
                await healthy.DisposeAsync();
            }
        }

        var end = new Projector(this);
        (await Store.WaitForCheckpointAsync("counting", await Store.HeadAsync(Cancel), Patience, Cancel)).ShouldBeTrue();
        await end.DisposeAsync();
        await ModelIsTheFoldAsync();
    }

    private static async Task InsertLateAsync(NpgsqlConnection late) => await ScalarAsync<object>(late, """
        update mt_streams set version = 2 where id = 'late';
        insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp)
        values (nextval('mt_events_sequence'), gen_random_uuid(), 'late', 2, '{}', 'thing.happened.v1', now())
        """);

    private async Task ModelIsTheFoldAsync() =>
        (await ScalarAsync<string>(admin, Counting.Model)).ShouldBe(await ScalarAsync<string>(admin, Counting.Fold));

    /// <summary>A process of its own, as far as the database can tell: killed, its session ends without a word.</summary>
    private sealed class Projector : IAsyncDisposable
    {
        private readonly ProjectorFaultTests test;
        private readonly PostgresEventStore store;
        private readonly CancellationTokenSource stop = new();
        private readonly Task running;

        public Projector(ProjectorFaultTests test, Func<SubscriptionBatch, Task>? afterWriting = null)
        {
            this.test = test;
            store = PostgresServer.Open(test.ConnectionString);
            running = store.RunSubscriptionAsync(new Counting { AfterWriting = afterWriting }, stop.Token);
        }

        public async ValueTask DisposeAsync()
        {
            await ScalarAsync<bool>(test.admin, "select pg_terminate_backend(process_id) from ct_leases where name = 'counting'");
            await stop.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await store.DisposeAsync();
            stop.Dispose();
        }
    }
}
