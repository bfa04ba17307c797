namespace ComplianceTracker.EventStore.Tests.Contract;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task P1_a_batch_reaches_all_its_streams_or_none()
    {
        await AppendedAsync(To("b", Event()));
        (await AppendAsync(To("a", Event()), To("b", ExpectedVersion.NoStream, Event()))).ShouldBeOfType<AppendResult.Conflict>();
        (await StreamAsync("a")).ShouldBeEmpty();
        (await Store.StreamVersionAsync("a", Cancel)).ShouldBe(0);

        var both = await AppendedAsync(To("z", Event(), Event()), To("b", ExpectedVersion.Exact(1), Event()));
        both.Streams.ShouldBe([new("z", 2), new("b", 2)]);
        both.Duplicate.ShouldBeFalse();
        (await StreamAsync("b")).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(3, 2)]
    public async Task P2_a_stream_at_another_version_refuses_and_says_its_version(long expected, int existing)
    {
        if (existing > 0)
        {
            await AppendedAsync(To("s", [.. Enumerable.Range(0, existing).Select(_ => Event())]));
        }

        var conflict = (await AppendAsync(To("s", ExpectedVersion.Exact(expected), Event()))).ShouldBeOfType<AppendResult.Conflict>();
        conflict.ShouldBe(new AppendResult.Conflict("s", ExpectedVersion.Exact(expected), existing));
        (await StreamAsync("s")).Count.ShouldBe(existing);
    }

    [Fact]
    public async Task P2_of_64_writers_with_the_same_expected_version_one_succeeds()
    {
        await AppendedAsync(To("s", Event()));
        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(
            () => AppendAsync(To("s", ExpectedVersion.Exact(1), Event())))));
        results.OfType<AppendResult.Appended>().Count().ShouldBe(1);
        results.OfType<AppendResult.Conflict>().Count().ShouldBe(63);
        (await StreamAsync("s")).Count.ShouldBe(2);
    }

    [Fact]
    public async Task P3_a_repeated_batch_stores_nothing_and_returns_the_first_result()
    {
        StreamAppend[] batch = [To("a", ExpectedVersion.NoStream, Event(), Event()), To("b", Event())];
        var first = await AppendedAsync(batch);
        await AppendedAsync(To("a", Event()));
        var again = await AppendedAsync(batch);
        again.Duplicate.ShouldBeTrue();
        again.Streams.ShouldBe(first.Streams);
        (again.Position, again.RecordedAt).ShouldBe((first.Position, first.RecordedAt));
        (await AllAsync()).Count.ShouldBe(4);
    }

    [Fact]
    public async Task P3_concurrent_appends_of_the_same_ids_have_one_effect()
    {
        EventData[] events = [Event(), Event()];
        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(
            () => AppendedAsync(To("s", ExpectedVersion.NoStream, events[0]), To("t", events[1])))));
        results.Count(r => !r.Duplicate).ShouldBe(1);
        results.Select(r => r.Position).Distinct().Count().ShouldBe(1);
        (await AllAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task P4_a_batch_that_shares_only_some_ids_is_refused()
    {
        var (known, other) = (Event(), Event());
        await AppendedAsync(To("s", known));
        (await AppendAsync(To("s", known, other))).ShouldBeOfType<AppendResult.IdClash>().Ids.ShouldBe([known.Id]);
        (await AppendAsync(To("s", other, known))).ShouldBeOfType<AppendResult.IdClash>().Ids.ShouldBe([known.Id]);
        (await AppendAsync(To("elsewhere", known))).ShouldBeOfType<AppendResult.IdClash>();
        (await AllAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task P5_P6_P7_concurrent_writers_leave_contiguous_versions_in_one_order_with_rising_stamps()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                // Crossing orders of the same streams: writers that locked as told would wait for each other in a circle.
                var (one, other) = writer % 2 == 0 ? ("x", "y") : ("y", "x");
                await AppendedAsync(To(one, Event(), Event()), To($"own-{writer}", Event()), To(other, Event()));
            }
        })));

        var all = await AllAsync();
        all.Count.ShouldBe(8 * 40 * 4);
        all.Select(e => e.Position).ShouldBe(all.Select(e => e.Position).Distinct().Order());
        all.Select(e => e.RecordedAt).ShouldBe(all.Select(e => e.RecordedAt).Order());
        foreach (var stream in all.GroupBy(e => e.StreamId))
        {
            stream.Select(e => e.Version).ShouldBe(Enumerable.Range(1, stream.Count()).Select(v => (long)v));
        }
    }

    [Fact]
    public async Task P6_positions_follow_the_order_of_the_batch()
    {
        var (one, two, three) = (Event(), Event(), Event());
        var appended = await AppendedAsync(To("z", one, two), To("a", three));
        var all = await AllAsync();
        all.Select(e => e.Id).ShouldBe([one.Id, two.Id, three.Id]);
        all[^1].Position.ShouldBe(appended.Position);
    }

    [Fact]
    public async Task P7_stamps_do_not_decrease_when_the_clock_steps_back()
    {
        var before = await AppendedAsync(To("s", Event()));
        await StepClockBackAsync();
        var after = await AppendedAsync(To("s", Event()));
        after.RecordedAt.ShouldBeGreaterThanOrEqualTo(before.RecordedAt);
        var stored = (await StreamAsync("s"))[^1].RecordedAt;
        stored.ShouldBe(after.RecordedAt);
        (stored.Offset, stored.Ticks % TimeSpan.TicksPerMicrosecond).ShouldBe((TimeSpan.Zero, 0));
    }

    [Fact]
    public async Task Malformed_batches_are_refused()
    {
        var @event = Event();
        await Should.ThrowAsync<ArgumentException>(() => AppendAsync());
        await Should.ThrowAsync<ArgumentException>(() => AppendAsync(To("s")));
        await Should.ThrowAsync<ArgumentException>(() => AppendAsync(To("", @event)));
        await Should.ThrowAsync<ArgumentException>(() => AppendAsync(To("s", @event), To("s", Event())));
        await Should.ThrowAsync<ArgumentException>(() => AppendAsync(To("s", @event), To("t", @event)));
        await Should.ThrowAsync<ArgumentException>(() => AppendAsync(To("s", Event(type: ""))));
        (await Store.HeadAsync(Cancel)).ShouldBe(0);
    }
}
