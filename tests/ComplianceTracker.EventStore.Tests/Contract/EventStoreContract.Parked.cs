using System.Collections.Concurrent;
using ComplianceTracker.EventStore.Codec;
using ComplianceTracker.EventStore.Parking;

namespace ComplianceTracker.EventStore.Tests.Contract;

public abstract partial class EventStoreContract
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(6)]
    public async Task P18_the_one_event_that_fails_by_itself_is_parked_with_its_reason_and_everything_else_is_handled_once(int before)
    {
        var events = Enumerable.Range(0, 7).Select(_ => Event()).ToArray();
        var last = await AppendedAsync([.. events.Select((e, i) => To($"s{i}", e))]);
        var picky = new Picky();
        picky.Poison.TryAdd(events[before].Id, true);
        await RunAsync(picky, async () => (await Store.WaitForCheckpointAsync("picky", last.Position, Patience, Cancel)).ShouldBeTrue());

        var parked = (await Store.ListParkedAsync(null, null, 10, Cancel)).ShouldHaveSingleItem();
        (parked.Subscription, parked.EventId, parked.StreamId, parked.Type, parked.State)
            .ShouldBe(("picky", events[before].Id, $"s{before}", "thing.happened.v1", ParkedState.Failed));
        (parked.Reason, parked.Attempts).ShouldBe(("FormatException: poison", 3));
        parked.FirstFailedAt.ShouldNotBeNull();
        picky.Handled.Select(e => e.Id).ShouldBe(events.Where((_, i) => i != before).Select(e => e.Id));
        var state = (await Store.GetSubscriptionStatesAsync(Cancel)).ShouldHaveSingleItem();
        (state.Failure, state.Parked).ShouldBe((null, 1));
        var logged = (await Store.ListParkedLogAsync("picky", null, 10, Cancel)).ShouldHaveSingleItem();
        (logged.Action, logged.Position, logged.Actor).ShouldBe((ParkedAction.Parked, parked.Position, null));
    }

    [Fact]
    public async Task P19_later_events_of_a_parked_events_stream_wait_behind_it_while_other_streams_go_on()
    {
        var (picky, poison) = await ParkAsync("s");
        var last = await AppendedAsync(To("other", Event()), To("s", Event(), Event()));
        await RunAsync(picky, async () =>
        {
            (await Store.WaitForCheckpointAsync("picky", last.Position, Patience, Cancel)).ShouldBeTrue();
            last = await AppendedAsync(To("s", Event()), To("other", Event()));
            (await Store.WaitForCheckpointAsync("picky", last.Position, Patience, Cancel)).ShouldBeTrue();
        });

        picky.Handled.Select(e => (e.StreamId, e.Version)).ShouldBe([("s", 1), ("other", 1), ("other", 2)]);
        var parked = await Store.ListParkedAsync("picky", null, 10, Cancel);
        parked.Select(e => e.State).ShouldBe([ParkedState.Failed, ParkedState.Waiting, ParkedState.Waiting, ParkedState.Waiting]);
        parked.Select(e => e.Position).ShouldBe((await StreamAsync("s", 2)).Select(e => e.Position));
        (await Store.ListParkedAsync("picky", new ParkedKey("picky", poison), 2, Cancel)).ShouldBe(parked.Skip(1).Take(2));
        (await Store.ListParkedAsync("another", null, 10, Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task P20_an_unknown_type_stops_a_subscription_in_front_of_it_and_is_not_parked()
    {
        var known = await AppendedAsync(To("a", Event(), Event()), To("b", Event()));
        await AppendedAsync(To("a", Event("thing.new.v9")), To("c", Event()));
        var picky = new Picky();
        await RunAsync(picky, async () =>
        {
            var failure = await UntilStoppedAsync("picky");
            failure.After.ShouldBe(known.Position);
            failure.Error.ShouldContain("thing.new.v9");
            picky.Handled.Count.ShouldBe(3);
        });
        (await Store.ListParkedAsync(null, null, 10, Cancel)).ShouldBeEmpty();

        // A release that knows the type loses nothing.
        var newer = new Picky { Knows = { "thing.new.v9" } };
        var head = await Store.HeadAsync(Cancel);
        await RunAsync(newer, async () => (await Store.WaitForCheckpointAsync("picky", head, Patience, Cancel)).ShouldBeTrue());
        newer.Handled.Select(e => e.StreamId).ShouldBe(["a", "c"]);
    }

    [Fact]
    public async Task P20_a_subscription_that_does_not_care_passes_an_unknown_type()
    {
        var last = await AppendedAsync(To("a", Event(), Event("thing.new.v9"), Event()), To("c", Event()));
        var picky = new Picky { PassesUnknownTypes = true };
        await RunAsync(picky, async () => (await Store.WaitForCheckpointAsync("picky", last.Position, Patience, Cancel)).ShouldBeTrue());
        picky.Handled.Select(e => (e.StreamId, e.Version)).ShouldBe([("a", 1), ("a", 3), ("c", 1)]);
        (await Store.ListParkedAsync(null, null, 10, Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task P21_a_handler_that_fails_on_everything_stops_instead_of_parking_the_whole_log()
    {
        var events = Enumerable.Range(0, 15).Select(_ => Event()).ToArray();
        var last = await AppendedAsync([.. events.Select((e, i) => To($"s{i}", e))]);
        var picky = new Picky();
        Array.ForEach(events, e => picky.Poison.TryAdd(e.Id, true));
        await RunAsync(picky, async () =>
        {
            (await UntilStoppedAsync("picky")).Error.ShouldBe("FormatException: poison");
            (await Store.ListParkedAsync(null, null, 100, Cancel)).Count.ShouldBe(10);
            picky.Poison.Clear();
            (await Store.WaitForCheckpointAsync("picky", last.Position, Patience, Cancel)).ShouldBeTrue();
        });
        picky.Handled.Count.ShouldBe(5);
    }

    [Fact]
    public async Task P22_a_retry_hands_over_the_event_and_those_behind_it_in_order_while_the_subscription_runs()
    {
        var (picky, poison) = await ParkAsync("s");
        await RunAsync(picky, async () =>
        {
            var last = await AppendedAsync(To("s", Event(), Event()));
            (await Store.WaitForCheckpointAsync("picky", last.Position, Patience, Cancel)).ShouldBeTrue();
            (await Store.RetryParkedAsync(picky, last.Position, new("ann"), Cancel)).ShouldBe(new ReleaseResult.Waits(poison));
            (await Store.RetryParkedAsync(picky, poison, new("ann"), Cancel))
                .ShouldBe(new ReleaseResult.StillFailing(0, poison, "FormatException: poison"));
            (await Store.ListParkedAsync(null, null, 10, Cancel))[0].Attempts.ShouldBe(4);

            picky.Poison.Clear();
            (await Store.RetryParkedAsync(picky, poison, new("ann"), Cancel)).ShouldBe(new ReleaseResult.Released(3));
            (await Store.RetryParkedAsync(picky, poison, new("ann"), Cancel)).ShouldBe(new ReleaseResult.NotParked());
            last = await AppendedAsync(To("s", Event()));
            (await Store.WaitForCheckpointAsync("picky", last.Position, Patience, Cancel)).ShouldBeTrue();
        });

        picky.Handled.Select(e => e.Version).ShouldBe([1, 2, 3, 4, 5]);
        (await Store.ListParkedAsync(null, null, 10, Cancel)).ShouldBeEmpty();
        var log = await Store.ListParkedLogAsync(null, null, 10, Cancel);
        log.Select(e => e.Action).ShouldBe(
            [ParkedAction.Handled, ParkedAction.Handled, ParkedAction.Handled, ParkedAction.Failed, ParkedAction.Parked]);
        log.Select(e => e.Actor).ShouldBe(["ann", "ann", "ann", "ann", null]);
        (await Store.ListParkedLogAsync("picky", log[2].Id, 1, Cancel)).ShouldBe([log[3]]);
    }

    [Fact]
    public async Task P22_a_retry_keeps_what_went_well_when_a_later_event_fails()
    {
        var second = Event();
        var (picky, poison) = await ParkAsync("s");
        var last = await AppendedAsync(To("s", Event(), second, Event()));
        await RunAsync(picky, async () => (await Store.WaitForCheckpointAsync("picky", last.Position, Patience, Cancel)).ShouldBeTrue());
        picky.Poison.Clear();
        picky.Poison.TryAdd(second.Id, true);

        var result = (await Store.RetryParkedAsync(picky, poison, new(null), Cancel)).ShouldBeOfType<ReleaseResult.StillFailing>();
        (result.Handled, result.Position).ShouldBe((2, last.Position - 1));
        picky.Handled.Select(e => e.Version).ShouldBe([1, 2, 3]);
        var left = await Store.ListParkedAsync(null, null, 10, Cancel);
        left.Select(e => (e.EventId == second.Id, e.State)).ShouldBe([(true, ParkedState.Failed), (false, ParkedState.Waiting)]);
    }

    [Fact]
    public async Task P22_releases_and_the_running_subscription_never_reorder_a_stream_or_lose_an_event()
    {
        var (picky, poison) = await ParkAsync("s");
        picky.Poison.Clear();
        await RunAsync(picky, async () =>
        {
            var writing = Task.Run(
                async () =>
                {
                    for (var i = 0; i < 30; i++)
                    {
                        await AppendedAsync(To("s", Event()), To($"other-{i}", Event()));
                    }
                },
                Cancel);
            var releases = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Store.RetryParkedAsync(picky, poison, new(null), Cancel)));
            releases.OfType<ReleaseResult.Released>().ShouldHaveSingleItem();
            releases.OfType<ReleaseResult.NotParked>().Count().ShouldBe(3);
            await writing;
            (await Store.WaitForCheckpointAsync("picky", await Store.HeadAsync(Cancel), Patience, Cancel)).ShouldBeTrue();
        });
        picky.Handled.Where(e => e.StreamId == "s").Select(e => e.Version).ShouldBe(Enumerable.Range(1, 32).Select(v => (long)v));
        picky.Handled.Count.ShouldBe(62);
    }

    [Fact]
    public async Task P23_a_skipped_event_is_left_out_for_good_and_the_log_keeps_who_when_and_why()
    {
        var (picky, poison) = await ParkAsync("s");
        var last = await AppendedAsync(To("s", Event()));
        await RunAsync(picky, async () => (await Store.WaitForCheckpointAsync("picky", last.Position, Patience, Cancel)).ShouldBeTrue());
        (await Store.SkipParkedAsync(picky, last.Position, "no", new("ann"), Cancel)).ShouldBe(new ReleaseResult.Waits(poison));
        (await Store.SkipParkedAsync(picky, poison, "Test data of 2019.", new("ann"), Cancel)).ShouldBe(new ReleaseResult.Released(1));

        picky.Handled.Select(e => e.Version).ShouldBe([1, 3]);
        (await Store.ListParkedAsync(null, null, 10, Cancel)).ShouldBeEmpty();
        var skipped = (await Store.ListParkedLogAsync(null, null, 10, Cancel)).Single(e => e.Action == ParkedAction.Skipped);
        (skipped.Position, skipped.Reason, skipped.Actor).ShouldBe((poison, "Test data of 2019.", "ann"));
        skipped.At.ShouldBeGreaterThan(DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public async Task P27_a_release_asked_for_again_under_its_id_does_nothing_more_and_tells_the_same()
    {
        var (picky, poison) = await ParkAsync("s");
        var last = await AppendedAsync(To("s", Event(), Event()));
        await RunAsync(picky, async () => (await Store.WaitForCheckpointAsync("picky", last.Position, Patience, Cancel)).ShouldBeTrue());
        var (failing, early, skipping) = (new ReleaseRequest("ann", Guid.NewGuid()), new ReleaseRequest("ann", Guid.NewGuid()), new ReleaseRequest("ann", Guid.NewGuid()));
        var failed = await Store.RetryParkedAsync(picky, poison, failing, Cancel);
        failed.ShouldBe(new ReleaseResult.StillFailing(0, poison, "FormatException: poison"));
        (await Store.RetryParkedAsync(picky, poison, failing, Cancel)).ShouldBe(failed);
        (await Store.ListParkedAsync(null, null, 1, Cancel))[0].Attempts.ShouldBe(4);
        (await Store.RetryParkedAsync(picky, last.Position, early, Cancel)).ShouldBe(new ReleaseResult.Waits(poison));

        var skipped = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Store.SkipParkedAsync(picky, poison, "no", skipping, Cancel)));
        skipped.ShouldAllBe(r => r == new ReleaseResult.Released(2));
        (await Store.RetryParkedAsync(picky, poison, failing, Cancel)).ShouldBe(failed);
        (await Store.RetryParkedAsync(picky, last.Position, early, Cancel)).ShouldBe(new ReleaseResult.NotParked());
        picky.Handled.Select(e => e.Version).ShouldBe([1, 3, 4]);
        (await Store.ListParkedLogAsync(null, null, 10, Cancel)).Count.ShouldBe(5);
    }

    /// <summary>A subscription that handled the first event of the stream, with the second one parked.</summary>
    private async Task<(Picky Subscription, long Position)> ParkAsync(string stream)
    {
        var poison = Event();
        var last = await AppendedAsync(To(stream, Event(), poison));
        var picky = new Picky();
        picky.Poison.TryAdd(poison.Id, true);
        await RunAsync(picky, async () => (await Store.WaitForCheckpointAsync("picky", last.Position, Patience, Cancel)).ShouldBeTrue());
        return (picky, last.Position);
    }

    private async Task<SubscriptionFailure> UntilStoppedAsync(string name)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(Patience);
        while (true)
        {
            var state = (await Store.GetSubscriptionStatesAsync(limit.Token)).SingleOrDefault(s => s.Name == name);
            if (state?.Failure is { Kind: SubscriptionFailureKind.Stopped } failure && failure.After == state.Checkpoint && failure.Attempts > 1)
            {
                return failure;
            }

            await Task.Delay(5, limit.Token);
        }
    }

    /// <summary>Handles a batch whole or not at all, and no batch that holds poison or a type it does not know.</summary>
    private sealed class Picky : ISubscription
    {
        public string Name => "picky";

        public EventFilter? Filter => null;

        public bool PassesUnknownTypes { get; init; }

        public HashSet<string> Knows { get; } = ["thing.happened.v1"];

        public ConcurrentDictionary<Guid, bool> Poison { get; } = [];

        public List<RecordedEvent> Handled { get; } = [];

        public Task HandleAsync(SubscriptionBatch batch, CancellationToken cancellationToken)
        {
            if (batch.Events.FirstOrDefault(e => !Knows.Contains(e.Type)) is { } unknown)
            {
                throw new InvalidOperationException("cannot decode", new UnknownEventTypeException(unknown.Type));
            }

            if (batch.Events.Any(e => Poison.ContainsKey(e.Id)))
            {
                throw new FormatException("poison");
            }

            Handled.AddRange(batch.Events);
            return Task.CompletedTask;
        }
    }
}
