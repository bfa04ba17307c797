namespace ComplianceTracker.EventStore.Tests.Contract;

public abstract partial class EventStoreContract
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task P14_a_subscription_is_handed_every_event_that_passes_its_filter_in_order_across_restarts()
    {
        var subscription = new Recorder("reader", EventFilter.ByStreamPrefix("wanted-"));
        await AppendedAsync(To("wanted-1", Event(), Event()), To("unwanted", Event()));
        var last = await AppendedAsync(To("unwanted", Event()));
        await RunAsync(subscription, async () =>
            (await Store.WaitForCheckpointAsync("reader", last.Position, Patience, Cancel)).ShouldBeTrue());

        last = await AppendedAsync(To("wanted-2", Event()));
        (await Store.WaitForCheckpointAsync("reader", last.Position, TimeSpan.FromMilliseconds(20), Cancel)).ShouldBeFalse();
        await RunAsync(subscription, async () =>
        {
            (await Store.WaitForCheckpointAsync("reader", last.Position, Patience, Cancel)).ShouldBeTrue();
            last = await AppendedAsync(To("wanted-2", Event()));
            (await Store.WaitForCheckpointAsync("reader", last.Position, Patience, Cancel)).ShouldBeTrue();
        });

        subscription.Handled.ShouldBe((await AllAsync(subscription.Filter)).Select(e => e.Position));
        (await Store.CheckpointAsync("reader", Cancel)).ShouldBe(last.Position);
        var state = (await Store.GetSubscriptionStatesAsync(Cancel)).ShouldHaveSingleItem();
        (state.Name, state.Lag, state.Failure).ShouldBe(("reader", 0, null));
    }

    [Fact]
    public async Task P15_a_batch_that_fails_for_a_passing_reason_is_shown_and_retried_and_costs_no_event_its_place()
    {
        var last = await AppendedAsync(To("s", Event(), Event()));
        var subscription = new Recorder("reader") { Failing = true };
        await RunAsync(subscription, async () =>
        {
            await subscription.FailedOften.WaitAsync(Patience, Cancel);
            var state = (await Store.GetSubscriptionStatesAsync(Cancel)).ShouldHaveSingleItem();
            (state.Name, state.Checkpoint, state.Head).ShouldBe(("reader", 0, last.Position));
            state.Failure.ShouldNotBeNull().Error.ShouldBe("TimeoutException: broken");
            (state.Failure.After, state.Failure.Kind, state.Parked).ShouldBe((0, SubscriptionFailureKind.Passing, 0));

            subscription.Failing = false;
            (await Store.WaitForCheckpointAsync("reader", last.Position, Patience, Cancel)).ShouldBeTrue();
            (await Store.GetSubscriptionStatesAsync(Cancel)).ShouldHaveSingleItem().Failure.ShouldBeNull();
        });
        subscription.Handled.Count.ShouldBe(2);
    }

    [Fact]
    public async Task P16_a_second_runner_waits_and_takes_over_when_the_first_ends()
    {
        var last = await AppendedAsync(To("s", Event()));
        var (first, second) = (new Recorder("reader"), new Recorder("reader"));
        using var stopSecond = new CancellationTokenSource();
        Task? waiting = null;
        await RunAsync(first, async () =>
        {
            (await Store.WaitForCheckpointAsync("reader", last.Position, Patience, Cancel)).ShouldBeTrue();
            waiting = Store.RunSubscriptionAsync(second, stopSecond.Token);
            last = await AppendedAsync(To("s", Event()));
            (await Store.WaitForCheckpointAsync("reader", last.Position, Patience, Cancel)).ShouldBeTrue();
            second.Handled.ShouldBeEmpty();
        });

        last = await AppendedAsync(To("s", Event()));
        (await Store.WaitForCheckpointAsync("reader", last.Position, Patience, Cancel)).ShouldBeTrue();
        await stopSecond.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting!);
        first.Handled.Count.ShouldBe(2);
        second.Handled.ShouldBe([last.Position]);
    }

    [Fact]
    public async Task A_subscription_that_is_stopped_while_it_fails_ends_as_one_that_was_stopped()
    {
        await AppendedAsync(To("s", Event()));
        using var stop = new CancellationTokenSource();
        var subscription = new StoppedWhileFailing(stop);

        await Should.ThrowAsync<OperationCanceledException>(() => Store.RunSubscriptionAsync(subscription, stop.Token));

        (await Store.CheckpointAsync("reader", Cancel)).ShouldBe(0);
    }

    private async Task RunAsync(ISubscription subscription, Func<Task> meanwhile)
    {
        using var stop = new CancellationTokenSource();
        var running = Store.RunSubscriptionAsync(subscription, stop.Token);
        await meanwhile();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
    }

    private sealed class StoppedWhileFailing(CancellationTokenSource stop) : ISubscription
    {
        public string Name => "reader";

        public EventFilter? Filter => null;

        public async Task HandleAsync(SubscriptionBatch batch, CancellationToken cancellationToken)
        {
            await stop.CancelAsync();
            throw new TimeoutException("broken");
        }
    }

    private sealed class Recorder(string name, EventFilter? filter = null) : ISubscription
    {
        private readonly TaskCompletionSource failedOften = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int failures;

        public string Name => name;

        public EventFilter? Filter => filter;

        public List<long> Handled { get; } = [];

        public bool Failing { get; set; }

        public Task FailedOften => failedOften.Task;

        public Task HandleAsync(SubscriptionBatch batch, CancellationToken cancellationToken)
        {
            if (Failing)
            {
                // More often than a failure of the handler's own would be borne.
                if (++failures == 5)
                {
                    failedOften.SetResult();
                }

                throw new TimeoutException("broken");
            }

            Handled.AddRange(batch.Events.Select(e => e.Position));
            return Task.CompletedTask;
        }
    }
}
