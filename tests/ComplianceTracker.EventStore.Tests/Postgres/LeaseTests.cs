using ComplianceTracker.EventStore.Postgres;
using ComplianceTracker.Testing;
using Npgsql;

namespace ComplianceTracker.EventStore.Tests.Postgres;

/// <summary>Two nodes, each with a pool of its own, on one database: one of them runs the subscription.</summary>
public sealed class LeaseTests(PostgresServer server) : PostgresTests(server)
{
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> running = [];
    private readonly TaskCompletionSource paused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource resume = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private NpgsqlConnection admin = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        admin = await ConnectAsync();
        await ScalarAsync<object>(admin, Counting.Tables);
    }

    public override async ValueTask DisposeAsync()
    {
        resume.TrySetResult();
        await stop.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
        await admin.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task A_runner_whose_session_is_ended_between_read_and_write_is_replaced_and_writes_nothing()
    {
        await AppendAsync("s");
        var (first, second) = (PausingOnce(), new Counting());
        await using var other = Open(ConnectionString);
        Run(Store, first);
        await paused.Task.WaitAsync(Patience, Cancel);
        Run(other, second);
        await EndHolderAsync();

        var last = await AppendAsync("s");
        (await Store.WaitForCheckpointAsync("counting", last.Position, Patience, Cancel)).ShouldBeTrue();
        resume.SetResult();
        last = await AppendAsync("t");
        (await Store.WaitForCheckpointAsync("counting", last.Position, Patience, Cancel)).ShouldBeTrue();
        await ModelIsTheFoldAsync();
    }

    [Fact]
    public async Task A_runner_whose_network_hangs_is_replaced_within_seconds_and_cannot_commit_when_it_comes_back()
    {
        await AppendAsync("s");
        await using var network = new HangingProxy(ConnectionString);
        await using var far = Open(network.ConnectionString);
        await using var near = Open(ConnectionString);
        Run(far, PausingOnce());
        await paused.Task.WaitAsync(Patience, Cancel);
        network.Hang();
        Run(near, new Counting());

        var last = await AppendAsync("s");
        (await Store.WaitForCheckpointAsync("counting", last.Position, Patience, Cancel)).ShouldBeTrue();
        network.GoOn();
        resume.SetResult();
        last = await AppendAsync("t");
        (await Store.WaitForCheckpointAsync("counting", last.Position, Patience, Cancel)).ShouldBeTrue();
        await ModelIsTheFoldAsync();
        (await HolderAsync()).ShouldNotBe(0);
    }

    [Fact]
    public async Task A_runner_that_works_for_longer_than_the_lease_may_stand_still_keeps_it()
    {
        await AppendAsync("s");
        await using var other = Open(ConnectionString);
        Run(Store, PausingOnce());
        await paused.Task.WaitAsync(Patience, Cancel);
        var holder = await HolderAsync();
        var second = new Counting { BeforeWriting = _ => throw new InvalidOperationException("The second runner must not work.") };
        Run(other, second);

        // Three lease times, told by the beats.
        await UntilAsync("select beat >= 15 from ct_leases");
        (await HolderAsync()).ShouldBe(holder);
        resume.SetResult();
        var last = await AppendAsync("s");
        (await Store.WaitForCheckpointAsync("counting", last.Position, Patience, Cancel)).ShouldBeTrue();
        (await Store.GetSubscriptionStatesAsync(Cancel)).ShouldHaveSingleItem().Failure.ShouldBeNull();
        await ModelIsTheFoldAsync();
    }

    [Fact]
    public async Task A_runner_whose_checkpoint_was_moved_between_read_and_write_cannot_commit()
    {
        var last = await AppendAsync("s");
        Run(Store, PausingOnce());
        await paused.Task.WaitAsync(Patience, Cancel);

        // As a runner would that believes to hold the lease: the same write, another session.
        await ScalarAsync<object>(admin, $"""
            insert into counted values ('s', {last.Position}, 1);
            insert into mt_event_progression (name, last_seq_id) values ('counting:All', {last.Position})
            """);
        resume.SetResult();
        last = await AppendAsync("s");
        (await Store.WaitForCheckpointAsync("counting", last.Position, Patience, Cancel)).ShouldBeTrue();
        await ModelIsTheFoldAsync();
    }

    private static PostgresEventStore Open(string connectionString) =>
        PostgresServer.Open(connectionString, leaseTimeout: TimeSpan.FromSeconds(1));

    private Counting PausingOnce()
    {
        var runner = new Counting();
        runner.BeforeWriting = async _ =>
        {
            runner.BeforeWriting = null;
            paused.SetResult();
            await resume.Task;
        };
        return runner;
    }

    private void Run(PostgresEventStore store, Counting runner) => running.Add(store.RunSubscriptionAsync(runner, stop.Token));

    private async Task<int> HolderAsync() => await ScalarAsync<int>(admin, "select process_id from ct_leases where name = 'counting'");

    private async Task EndHolderAsync() => await ScalarAsync<bool>(admin, $"select pg_terminate_backend({await HolderAsync()})");

    private async Task UntilAsync(string condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(Patience);
        while (!await ScalarAsync<bool>(admin, condition))
        {
            await Task.Delay(10, limit.Token);
        }
    }

    private async Task ModelIsTheFoldAsync() =>
        (await ScalarAsync<string>(admin, Counting.Model)).ShouldBe(await ScalarAsync<string>(admin, Counting.Fold));
}
