using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;

namespace ComplianceTracker.EventStore.Tests.Contract;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task P8_an_event_comes_back_as_it_was_written()
    {
        var json = """{"text":"𠮷 \"quoted\" \\ 'single' \t","n":1.50,"none":null,"list":[true,{}]}""";
        var @event = Event("instrument.passed.v1", json);
        var headers = ImmutableDictionary<string, string>.Empty.Add("tenant", "default").Add("name", "名 \"x\"");
        var metadata = new AppendMetadata("someone", "correlation", "causation", headers);
        await Store.AppendAsync([To("ström-🏛", @event)], metadata, Cancel);

        var back = (await StreamAsync("ström-🏛")).ShouldHaveSingleItem();
        (back.Id, back.StreamId, back.Version, back.Type).ShouldBe((@event.Id, "ström-🏛", 1, "instrument.passed.v1"));
        JsonNode.DeepEquals(JsonNode.Parse(back.Data.Span), JsonNode.Parse(json)).ShouldBeTrue(Encoding.UTF8.GetString(back.Data.Span));
        (back.Metadata.Actor, back.Metadata.CorrelationId, back.Metadata.CausationId).ShouldBe(("someone", "correlation", "causation"));
        back.Metadata.Headers.OrderBy(h => h.Key).ShouldBe(headers.OrderBy(h => h.Key));

        await AppendedAsync(To("bare", Event()));
        var bare = (await StreamAsync("bare"))[0].Metadata;
        (bare.Actor, bare.CorrelationId, bare.CausationId, bare.Headers.Count).ShouldBe((null, null, null, 0));
    }

    [Fact]
    public async Task P9_a_stream_is_read_from_a_version_and_up_to_a_position()
    {
        var first = await AppendedAsync(To("s", Event(), Event()));
        await AppendedAsync(To("other", Event()));
        await AppendedAsync(To("s", Event()));
        (await StreamAsync("s")).Select(e => e.Version).ShouldBe([1, 2, 3]);
        (await StreamAsync("s", from: 2)).Select(e => e.Version).ShouldBe([2, 3]);
        (await StreamAsync("s", from: 2, upTo: first.Position)).Select(e => e.Version).ShouldBe([2]);
        (await StreamAsync("absent")).ShouldBeEmpty();
        (await Store.StreamVersionAsync("s", Cancel)).ShouldBe(3);
        (await Store.StreamVersionAsync("absent", Cancel)).ShouldBe(0);
    }

    [Fact]
    public async Task P9_streams_are_read_together_each_whole_and_in_order()
    {
        await AppendedAsync(To("a", Event(), Event()), To("b", Event()), To("ab", Event()));
        await AppendedAsync(To("b", Event()), To("a", Event()));

        var read = await Store.ReadStreamsAsync(["b", "absent", "a", "b"], Cancel);

        read.Select(s => (s.StreamId, string.Join(' ', s.Events.Select(e => e.Version)))).ShouldBe([("a", "1 2 3"), ("b", "1 2")], ignoreOrder: true);
        read.ShouldAllBe(s => s.Events.All(e => e.StreamId == s.StreamId));
        (await Store.ReadStreamsAsync([], Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task P10_pages_give_every_event_once_in_order_while_writers_write()
    {
        var writers = Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await AppendedAsync(To($"s-{writer}", Event()));
            }
        })));
        var (seen, after) = (new List<RecordedEvent>(), 0L);
        while (seen.Count < 400)
        {
            await Store.WaitForEventsAsync(after, Cancel);
            var page = await Store.ReadAllAsync(after, 7, null, Cancel);
            seen.AddRange(page.Events);
            after = page.Through;
        }

        await writers;
        seen.Select(e => e.Position).ShouldBe((await AllAsync()).Select(e => e.Position));
        (await Store.GetStallAsync(Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task P11_a_filtered_read_reaches_the_head_past_what_it_rejects()
    {
        await AppendedAsync(To("company-1", Event("a.v1"), Event("b.v1")), To("instrument-1", Event("a.v1")));
        var last = await AppendedAsync(To("other", Event("c.v1")));
        (await AllAsync(EventFilter.ByStreamPrefix("company-", "instrument-"), limit: 2)).Count.ShouldBe(3);
        (await AllAsync(EventFilter.ByType("a.v1"), limit: 1)).Select(e => e.StreamId).ShouldBe(["company-1", "instrument-1"]);
        (await AllAsync(new EventFilter(["company-"], ["a.v1"]))).Count.ShouldBe(1);
        var none = await Store.ReadAllAsync(0, 10, EventFilter.ByType("absent"), Cancel);
        none.Events.ShouldBeEmpty();
        none.Through.ShouldBe(last.Position);
        (await Store.ReadAllAsync(last.Position, 10, null, Cancel)).ShouldSatisfyAllConditions(
            p => p.Events.ShouldBeEmpty(), p => p.Through.ShouldBe(last.Position));
    }

    [Fact]
    public async Task P12_the_position_of_an_instant_is_the_last_one_recorded_by_then()
    {
        (await Store.HeadAsync(Cancel)).ShouldBe(0);
        (await Store.PositionAtAsync(DateTimeOffset.MaxValue, Cancel)).ShouldBe(0);
        for (var i = 0; i < 30; i++)
        {
            await AppendedAsync(To("s", Event(), Event()));
        }

        var all = await AllAsync();
        foreach (var @event in all)
        {
            (await Store.PositionAtAsync(@event.RecordedAt, Cancel))
                .ShouldBe(all.Last(e => e.RecordedAt == @event.RecordedAt).Position);
            (await Store.PositionAtAsync(@event.RecordedAt.AddMicroseconds(-1), Cancel))
                .ShouldBe(all.LastOrDefault(e => e.RecordedAt < @event.RecordedAt)?.Position ?? 0);
            (await Store.RecordedAtOfAsync(@event.Position, Cancel)).ShouldBe(@event.RecordedAt);
        }

        (await Store.PositionAtAsync(all[^1].RecordedAt.AddDays(1), Cancel)).ShouldBe(all[^1].Position);
        (await Store.RecordedAtOfAsync(0, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task P13_a_waiting_reader_is_woken_by_an_append()
    {
        var before = await AppendedAsync(To("s", Event()));
        var waiting = Store.WaitForEventsAsync(before.Position, Cancel);
        waiting.IsCompleted.ShouldBeFalse();
        var after = await AppendedAsync(To("s", Event()));
        (await waiting.WaitAsync(TimeSpan.FromSeconds(5), Cancel)).ShouldBe(after.Position);
    }

    [Theory]
    [InlineData("{\"a\":\"x\\u0000\"}")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    public async Task P17_text_that_cannot_be_stored_is_refused(string json)
    {
        var refusal = await Should.ThrowAsync<ForbiddenTextException>(() => AppendAsync(To("s", Event(json: json))));
        refusal.Found.Pointer.ShouldBe("/a");
        await Should.ThrowAsync<ForbiddenTextException>(() => AppendAsync(To("s\0", Event())));
        await Should.ThrowAsync<ForbiddenTextException>(
            () => Store.AppendAsync([To("s", Event())], AppendMetadata.None with { Actor = "\ud800" }, Cancel));
        (await Store.HeadAsync(Cancel)).ShouldBe(0);
    }
}
