using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.EventStore;
using ComplianceTracker.EventStore.Postgres;

namespace ComplianceTracker.Api.Tests.Register;

/// <summary>The law in memory, asked by many at once while more is recorded.</summary>
public sealed class The_catalogue(Databases databases, ITestOutputHelper output)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shows_every_day_and_position_as_it_was_also_while_the_log_grows()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}");
        await using var store = await StoreAsync();
        using var catalogue = new InstrumentCatalogue(store, new EventTypes());
        var before = await Recomputed.FromAsync(store);
        var history = new RandomHistory(seed, before.At(before.Head));
        for (var i = 0; i < 80; i++)
        {
            history.Anything();
        }

        var growing = history.AppendAsync(store);
        var asked = await Task.WhenAll(Enumerable.Range(0, 4).Select(reader => Task.Run(async () =>
        {
            var random = new Random(seed + reader);
            var views = new List<(DateOnly KnownOn, long Position, string Shown)>();
            for (var i = 0; i < 40; i++)
            {
                var head = await store.HeadAsync(Cancelled);
                var position = random.Next(3) == 0 ? head : random.NextInt64(before.Head - 200, head + 1);
                var knownOn = random.Next(5) == 0 ? DateOnly.MaxValue : new DateOnly(2012, 1, 1).AddDays(random.Next(7000));
                var view = catalogue.View(await catalogue.ThroughAsync(position, Cancelled), knownOn, position);
                views.Add((knownOn, position, Text(view.Rules.Select(r => r.Rule.History))));
            }

            return views;
        })));
        await growing;

        var recomputed = await Recomputed.FromAsync(store);
        foreach (var (knownOn, position, shown) in asked.SelectMany(v => v).Where((_, i) => i % 3 == 0))
        {
            shown.ShouldBe(Text(recomputed.At(position).Rules(knownOn, position).Select(r => r.History)), $"{knownOn} {position}, seed {seed}");
        }

        static string Text(IEnumerable<Domain.Obligations.LegalHistory> histories) => string.Join('\n', histories
            .OrderBy(h => h.ObligationId, StringComparer.Ordinal)
            .Select(h => $"{h.ObligationId} {h.Instrument.Id} {h.Start} {h.End} {string.Join(';', h.Contents.Select(c => $"{c.From} {c.Content.Condition}"))} {h.Causes.Length}"));
    }

    [Fact]
    public async Task Goes_on_to_serve_what_comes_before_an_event_it_cannot_read()
    {
        await using var store = await StoreAsync();
        var readable = await store.HeadAsync(Cancelled);
        await store.AppendAsync(
            [new StreamAppend("instrument-cn-pipl", ExpectedVersion.Any, [new EventData(Guid.CreateVersion7(), "instrument.not-made-up-yet.v9", "{}"u8.ToArray())])],
            AppendMetadata.None,
            Cancelled);

        using var catalogue = new InstrumentCatalogue(store, new EventTypes());
        (await catalogue.ThroughAsync(readable, Cancelled)).Instruments.Count.ShouldBe(178);
        (await Should.ThrowAsync<UnreadableEventException>(catalogue.HeadAsync(Cancelled))).Message.ShouldContain("instrument.not-made-up-yet.v9");
        (await catalogue.ThroughAsync(readable, Cancelled)).Through.ShouldBeGreaterThanOrEqualTo(readable);
    }

    [Fact]
    public async Task Leaves_the_register_where_it_was_when_an_event_cannot_be_read_and_says_so()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        var readable = await service.Store().HeadAsync(Cancelled);
        await service.Store().AppendAsync(
            [new StreamAppend("instrument-cn-pipl", ExpectedVersion.Any, [new EventData(Guid.CreateVersion7(), "instrument.not-made-up-yet.v9", "{}"u8.ToArray())])],
            AppendMetadata.None,
            Cancelled);

        using var ready = await service.UntilAsync("/health/ready", r => !r.IsSuccessStatusCode);
        (await ready.Content.ReadAsStringAsync(Cancelled)).ShouldContain($"has stopped after position {readable}");
        (await service.AskAsync("/companies/sc01-foreign-carmaker/obligations"))["position"]!.GetValue<long>().ShouldBe(readable);
        var feed = await service.AskAsync($"/events?after={readable}");
        feed["items"]![0]!["type"]!.ToString().ShouldBe("instrument.not-made-up-yet");
        await service.AskAsync($"/companies/sc01-foreign-carmaker/obligations?minPosition={readable + 1}", 503);
    }

    private async Task<PostgresEventStore> StoreAsync() => new(
        new PostgresEventStoreOptions { ConnectionString = await databases.CopySeededAsync(), ThrowAwayDatabase = true }, TimeProvider.System);
}
