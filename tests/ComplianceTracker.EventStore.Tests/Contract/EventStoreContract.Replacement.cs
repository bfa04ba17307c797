namespace ComplianceTracker.EventStore.Tests.Contract;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task P24_streams_are_read_whole_and_once_a_few_at_a_time()
    {
        await AppendedAsync(To("k-b", Event(), Event()), To("other", Event()), To("k-a", Event()));
        var upTo = (await AppendedAsync(To("k-d", Event()), To("k-b", Event()))).Position;
        await AppendedAsync(To("k-b", Event()), To("k-c", Event()));

        var (read, after) = (new List<StreamEvents>(), default(string));
        while (await Store.ReadStreamsAsync("k-", after, 3, upTo, Cancel) is { Count: > 0 } some)
        {
            some.Count.ShouldBeLessThanOrEqualTo(3);
            read.AddRange(some);
            after = some[^1].StreamId;
        }

        read.Select(s => s.StreamId).ShouldBe(["k-a", "k-b", "k-c", "k-d"], ignoreOrder: true);
        foreach (var stream in read)
        {
            stream.Events.Select(e => (e.StreamId, e.Version, e.Id)).ShouldBe((await StreamAsync(stream.StreamId, 1, upTo)).Select(e => (e.StreamId, e.Version, e.Id)));
        }

        read.Single(s => s.StreamId == "k-b").Events.Count.ShouldBe(3);
        read.Single(s => s.StreamId == "k-c").Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task P25_what_is_to_replace_a_subscription_begins_where_that_is_with_the_same_events_parked()
    {
        var (picky, poison) = await ParkAsync("s");
        var begin = await Store.BeginReplacementAsync("picky", "next", Cancel);

        begin.ShouldBe(await Store.CheckpointAsync("picky", Cancel));
        (await Store.CheckpointAsync("next", Cancel)).ShouldBe(begin);
        var parked = await Store.ListParkedAsync("picky", null, 10, Cancel);
        (await Store.ListParkedAsync("next", null, 10, Cancel)).ShouldBe(parked.Select(e => e with { Subscription = "next" }));
        parked.ShouldHaveSingleItem().Position.ShouldBe(poison);

        // Beginning anew forgets what there was.
        var last = await AppendedAsync(To("other", Event()), To("s", Event()));
        await RunAsync(new Recorder("next"), async () => (await Store.WaitForCheckpointAsync("next", last.Position, Patience, Cancel)).ShouldBeTrue());
        (await Store.ListParkedAsync("next", null, 10, Cancel)).Count.ShouldBe(2);
        (await Store.BeginReplacementAsync("picky", "next", Cancel)).ShouldBe(begin);
        (await Store.ListParkedAsync("next", null, 10, Cancel)).Count.ShouldBe(1);
        picky.Handled.Count.ShouldBe(1);
    }

    [Fact]
    public async Task P25_replaces_what_has_not_begun_from_the_beginning_of_the_log()
    {
        await AppendedAsync(To("s", Event()));
        (await Store.BeginReplacementAsync("reader", "next", Cancel)).ShouldBe(0);
        (await Store.TryReplaceAsync("reader", "next", (_, _) => Task.CompletedTask, Cancel)).ShouldBeTrue();
        (await Store.CheckpointAsync("reader", Cancel)).ShouldBe(0);
    }

    [Fact]
    public async Task P26_a_subscription_that_is_behind_or_has_not_begun_replaces_nothing()
    {
        var last = await AppendedAsync(To("s", Event()));
        (await Store.TryReplaceAsync("reader", "next", (_, _) => Task.CompletedTask, Cancel)).ShouldBeFalse();
        await Store.BeginReplacementAsync("reader", "next", Cancel);
        await RunAsync(new Recorder("reader"), async () => (await Store.WaitForCheckpointAsync("reader", last.Position, Patience, Cancel)).ShouldBeTrue());

        (await Store.TryReplaceAsync("reader", "next", (_, _) => Task.CompletedTask, Cancel)).ShouldBeFalse();

        (await Store.CheckpointAsync("reader", Cancel)).ShouldBe(last.Position);
        (await Store.CheckpointAsync("next", Cancel)).ShouldBe(0);
    }

    [Fact]
    public async Task P26_a_subscription_takes_the_place_of_another_with_its_own_checkpoint_and_parked_events()
    {
        var (picky, poison) = await ParkAsync("s");
        await Store.BeginReplacementAsync("picky", "next", Cancel);
        var last = await AppendedAsync(To("other", Event()), To("s", Event()));
        await RunAsync(new Recorder("next"), async () => (await Store.WaitForCheckpointAsync("next", last.Position, Patience, Cancel)).ShouldBeTrue());

        // Released where it is replaced, the event is parked again after it: the replacement has not handled it.
        picky.Poison.Clear();
        await Store.RetryParkedAsync(picky, poison, new(null), Cancel);
        var swaps = 0;
        (await Store.TryReplaceAsync("picky", "next", (_, _) => Task.FromResult(++swaps), Cancel)).ShouldBeTrue();

        swaps.ShouldBe(1);
        var state = (await Store.GetSubscriptionStatesAsync(Cancel)).ShouldHaveSingleItem();
        (state.Name, state.Checkpoint, state.Parked).ShouldBe(("picky", last.Position, 2));
        (await Store.ListParkedAsync(null, null, 10, Cancel)).Select(e => e.Subscription).ShouldBe(["picky", "picky"]);
        (await Store.RetryParkedAsync(picky, poison, new(null), Cancel)).ShouldBe(new Parking.ReleaseResult.Released(2));

        // A runner that went on all the while goes on as the runner of what took its place.
        last = await AppendedAsync(To("s", Event()));
        await RunAsync(picky, async () => (await Store.WaitForCheckpointAsync("picky", last.Position, Patience, Cancel)).ShouldBeTrue());
        picky.Handled[^1].Position.ShouldBe(last.Position);
        picky.Handled.Count(e => e.Position == last.Position).ShouldBe(1);
    }

    [Fact]
    public async Task P26_a_swap_that_fails_changes_nothing()
    {
        await AppendedAsync(To("s", Event()));
        await Store.BeginReplacementAsync("reader", "next", Cancel);
        await Should.ThrowAsync<FormatException>(() => Store.TryReplaceAsync("reader", "next", (_, _) => throw new FormatException("no"), Cancel));
        (await Store.GetSubscriptionStatesAsync(Cancel)).ShouldHaveSingleItem().Name.ShouldBe("next");
    }
}
