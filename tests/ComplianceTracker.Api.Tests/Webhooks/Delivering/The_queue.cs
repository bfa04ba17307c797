using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Api.Webhooks.Delivering;
using ComplianceTracker.Api.Webhooks.Outbound;
using ComplianceTracker.EventStore.Postgres;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Webhooks.Delivering;

/// <summary>What a queue of deliveries promises, on a real database.</summary>
public sealed class The_queue(Databases databases) : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private NpgsqlDataSource database = null!;
    private PostgresDeliveryQueue queue = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var connectionString = await databases.CreateEmptyAsync();
        database = NpgsqlDataSource.Create(connectionString);
        queue = new PostgresDeliveryQueue(database, new PostgresWorkCalls(connectionString, "webhook", TimeProvider.System), TimeProvider.System);
        await ExecuteAsync(PostgresDeliveryQueue.Schema + EndpointHealth.Schema);
    }

    public async ValueTask DisposeAsync()
    {
        queue.Dispose();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task Hands_out_each_key_in_order_and_counts_it_from_one()
    {
        await EnqueueAsync(("a", 1), ("b", 2), ("a", 3));
        await EnqueueAsync(("a", 4));

        var lanes = await TakeAsync();

        lanes.Select(Shown).ShouldBe(["a: 1#1 3#2 4#3", "b: 2#1"], ignoreOrder: true);
    }

    [Fact]
    public async Task Keeps_nothing_of_what_was_enqueued_in_a_transaction_that_was_rolled_back()
    {
        await EnqueueAsync(("a", 1));
        await using (var connection = await database.OpenConnectionAsync(Cancel))
        await using (var transaction = await connection.BeginTransactionAsync(Cancel))
        {
            await queue.EnqueueAsync(transaction, [Delivery("a", 2)], Cancel);
        }

        await EnqueueAsync(("a", 3));

        (await TakeAsync()).Select(Shown).ShouldBe(["a: 1#1 3#2"]);
    }

    [Fact]
    public async Task Takes_an_event_that_an_endpoint_has_already_no_second_time()
    {
        await EnqueueAsync(("a", 1), ("a", 2));
        await EnqueueAsync(("a", 2), ("a", 3));

        (await TakeAsync()).Select(Shown).ShouldBe(["a: 1#1 2#2 3#3"]);
    }

    [Fact]
    public async Task Gives_a_lane_to_one_dispatcher_at_a_time_and_to_the_next_when_the_lease_ran_out()
    {
        await EnqueueAsync(("a", 1));
        var stale = (await TakeAsync(TimeSpan.FromMilliseconds(1))).Single();
        var fresh = await UntilTakenAsync();
        (await TakeAsync()).ShouldBeEmpty();

        (await queue.ReportAsync([Failed(stale, TimeSpan.Zero)], Cancel)).ShouldBe([false]);
        (await TakeAsync()).ShouldBeEmpty("the stale report gave back what is not its own");
        (await queue.ReportAsync([Delivered(fresh)], Cancel)).ShouldBe([true]);
        (await queue.ReportAsync([Delivered(fresh)], Cancel)).ShouldBe([false], "a lease is given back once");

        (await TakeAsync()).ShouldBeEmpty();
        (await CountAsync("select count(*) from ct_webhook_attempt")).ShouldBe(3, "attempts are kept whoever made them");
        (await CountAsync("select count(*) from ct_webhook_delivery where state = 1 and attempts = 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Keeps_what_comes_behind_a_failed_one_of_its_key_waiting_and_nothing_else()
    {
        await EnqueueAsync(("a", 1), ("a", 2), ("b", 3));
        foreach (var lane in await TakeAsync())
        {
            await queue.ReportAsync([lane.Name == "a" ? Failed(lane, TimeSpan.FromHours(1)) : Delivered(lane)], Cancel);
        }

        await EnqueueAsync(("a", 4), ("b", 5));

        var other = (await TakeAsync()).Single();
        Shown(other).ShouldBe("b: 5#2");
        await queue.ReportAsync([Delivered(other)], Cancel);
        (await queue.DueAsync([("e", false)], Cancel))["e"].ShouldBeInRange(TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(60));
    }

    [Fact]
    public async Task Puts_a_failed_one_aside_where_order_does_not_matter()
    {
        await EnqueueAsync(("a", 1), ("a", 2));
        await queue.ReportAsync([Failed((await TakeAsync()).Single(), TimeSpan.Zero, detaches: true)], Cancel);

        var lanes = await TakeAsync();

        lanes.Select(l => string.Join(' ', l.Deliveries.Select(d => d.Position))).ShouldBe(["2", "1"], ignoreOrder: true);
        var aside = lanes.Single(l => l.Name.Contains('#'));
        await queue.ReportAsync([Failed(aside, TimeSpan.FromHours(1), detaches: true), Delivered(lanes.Single(l => l != aside))], Cancel);
        (await TakeAsync()).ShouldBeEmpty("put aside, it has its schedule");
        (await queue.DueAsync([("e", false)], Cancel))["e"].ShouldBeGreaterThan(TimeSpan.FromMinutes(59));
        await ReleaseAsync(countAnew: true);
        await queue.ReportAsync([..(await TakeAsync()).Select(Delivered)], Cancel);
        (await CountAsync("select count(*) from ct_webhook_lane")).ShouldBe(1, "the lane of the one put aside goes with it");
    }

    [Fact]
    public async Task Sends_what_was_asked_for_beside_what_waits_with_the_place_it_had()
    {
        await EnqueueAsync(("a", 1), ("a", 2));
        await queue.ReportAsync([Failed((await TakeAsync()).Single(), TimeSpan.FromHours(1))], Cancel);
        await using (var connection = await database.OpenConnectionAsync(Cancel))
        await using (var transaction = await connection.BeginTransactionAsync(Cancel))
        {
            await queue.EnqueueAskedAsync(transaction, "~replay-1", DeliveryKind.Replay, [Delivery("a", 2), Delivery("c", 9)], null, Cancel);
            await transaction.CommitAsync(Cancel);
        }

        (await queue.DueAsync([("e", true)], Cancel))["e"].ShouldBeLessThanOrEqualTo(TimeSpan.Zero);
        var lane = (await queue.TakeAsync("e", true, 10, 10, Lease, Cancel)).Single();

        lane.Deliveries.Select(d => (d.Position, d.Sequence)).ShouldBe([(2L, 2L), (9L, null)]);
        await queue.ReportAsync([Delivered(lane)], Cancel);
        (await CountAsync("select count(*) from ct_webhook_lane where lane >= '~'")).ShouldBe(0);
        await ReleaseAsync(countAnew: true);
        (await TakeAsync()).Select(Shown).ShouldBe(["a: 1#1 2#2"]);
    }

    [Fact]
    public async Task Lets_a_recovery_hasten_one_delivery_a_few_times_only()
    {
        await EnqueueAsync(("a", 1));
        for (var recovery = 0; recovery < 3; recovery++)
        {
            await queue.ReportAsync([Failed((await TakeAsync()).Single(), TimeSpan.FromHours(1))], Cancel);
            (await TakeAsync()).ShouldBeEmpty();
            await ReleaseAsync(countAnew: false);
        }

        await queue.ReportAsync([Failed((await TakeAsync()).Single(), TimeSpan.FromHours(1))], Cancel);
        await ReleaseAsync(countAnew: false);
        (await TakeAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Drops_everything_of_an_endpoint_that_is_deleted()
    {
        await EnqueueAsync(("a", 1), ("b", 2));
        var taken = await TakeAsync();
        await using (var connection = await database.OpenConnectionAsync(Cancel))
        await using (var transaction = await connection.BeginTransactionAsync(Cancel))
        {
            await queue.DropAsync(transaction, "e", Cancel);
            await transaction.CommitAsync(Cancel);
        }

        (await queue.ReportAsync([..taken.Select(Delivered)], Cancel)).ShouldBe([false, false]);
        (await CountAsync("select (select count(*) from ct_webhook_lane) + (select count(*) from ct_webhook_delivery)")).ShouldBe(0);
    }

    [Fact]
    public async Task Leaves_no_delivery_in_a_lane_that_nobody_looks_at_when_filled_and_emptied_at_once()
    {
        const int Rounds = 150;
        var delivered = 0;
        var filling = Task.Run(async () =>
        {
            for (var i = 1; i <= Rounds; i++)
            {
                await EnqueueAsync(("a", i), ("b", 1000 + i));
            }
        }, Cancel);
        var order = new Dictionary<string, List<long>> { ["a"] = [], ["b"] = [] };
        while (delivered < 2 * Rounds)
        {
            var filled = filling.IsCompleted;
            var lanes = await TakeAsync();
            foreach (var lane in lanes)
            {
                order[lane.Name].AddRange(lane.Deliveries.Select(d => d.Position));
                delivered += lane.Deliveries.Count;
            }

            await queue.ReportAsync([..lanes.Select(Delivered)], Cancel);
            if (filled && lanes.Count == 0)
            {
                (await CountAsync("select count(*) from ct_webhook_delivery where state = 0")).ShouldBe(0);
            }
        }

        await filling;
        order["a"].ShouldBe(Enumerable.Range(1, Rounds).Select(i => (long)i));
        order["b"].ShouldBe(Enumerable.Range(1001, Rounds).Select(i => (long)i));
    }

    private static NewDelivery Delivery(string key, long position) => new("e", key, new Guid((int)position, 0, 0, new byte[8]), position, "instrument.passed");

    private static string Shown(TakenLane lane) => $"{lane.Name}: {string.Join(' ', lane.Deliveries.Select(d => $"{d.Position}#{d.Sequence}"))}";

    private static LaneReport Delivered(TakenLane lane) => new(
        lane, [..lane.Deliveries.Select(d => new AttemptReport(d, Answered(200, null), DeliveryState.Delivered))], TimeSpan.Zero, Detaches: false);

    private static LaneReport Failed(TakenLane lane, TimeSpan pause, bool detaches = false) => new(
        lane, [new AttemptReport(lane.Deliveries[0], Answered(500, "It answered 500."), DeliveryState.Pending)], pause, detaches);

    private static Exchange Answered(int status, string? error) => new(DateTimeOffset.UnixEpoch, TimeSpan.FromMilliseconds(3), status, "", "", error, null);

    private Task<IReadOnlyList<TakenLane>> TakeAsync(TimeSpan? lease = null) => queue.TakeAsync("e", false, 10, 10, lease ?? Lease, Cancel);

    private async Task<TakenLane> UntilTakenAsync()
    {
        while (true)
        {
            if (await TakeAsync() is [var lane])
            {
                return lane;
            }

            await Task.Yield();
        }
    }

    private async Task EnqueueAsync(params (string Key, long Position)[] deliveries)
    {
        await using var connection = await database.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await queue.EnqueueAsync(transaction, [..deliveries.Select(d => Delivery(d.Key, d.Position))], Cancel);
        await transaction.CommitAsync(Cancel);
    }

    private async Task ReleaseAsync(bool countAnew)
    {
        await using var connection = await database.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await queue.ReleaseAsync(transaction, "e", countAnew, Cancel);
        await transaction.CommitAsync(Cancel);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
