using System.Collections.Immutable;
using System.Data.Common;
using System.Reflection;
using ComplianceTracker.Api.Consequences;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Tests.Consequences;

public sealed class What_follows_for_companies(Databases databases, ITestOutputHelper output)
{
    private const string Carmaker = "sc01-foreign-carmaker";
    private const string Transfers = "cn-pipl-art38";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_act_applies_from_midnight_in_its_jurisdiction_and_not_a_second_earlier()
    {
        await using var site = await ConsequenceSite.OnSeedsAsync(databases, "2021-10-30T12:00:00Z", leadTimes: new CalendarOffset(0, 1));

        // Shanghai is eight hours ahead of UTC: 1 November begins there on 31 October at 16:00.
        await site.PassAsync("2021-10-30T16:00:00Z");
        var near = (await ToldOfTransfersAsync(site)).ShouldHaveSingleItem();
        near.Kind.ShouldBe(ConsequenceKind.DeadlineApproaching);
        near.Approaching.ShouldBe(new ApproachingDay("from", new(2021, 11, 1), new CalendarOffset(0, 1)));
        await site.PassAsync("2021-10-31T15:59:59Z");
        (await ToldOfTransfersAsync(site)).Count.ShouldBe(1);
        await site.PassAsync("2021-10-31T16:00:00Z");

        var told = (await ToldOfTransfersAsync(site))[1];
        told.Kind.ShouldBe(ConsequenceKind.Applicable);
        told.Before!.Status.ShouldBe(Status.Upcoming);
        told.After!.Status.ShouldBe(Status.Applicable);
        told.Changes.ShouldBe(["status", "stage"]);
        told.Because.In("en").ShouldContain("in force since 2021-11-01");
        told.Clocks.AsOf.ShouldBe(new(2021, 11, 1));
        told.Clocks.KnownOn.ShouldBe(new(2021, 11, 1));
        told.Clocks.TimeZone.ShouldBe("Asia/Shanghai");
        told.Cause.Type.ShouldBe("clock.advanced");
        told.Cause.InstrumentId.ShouldBe("cn-pipl");
        told.Cause.DevelopmentId.ShouldNotBeNull();
        told.Cause.Source.ShouldNotBeNull();
        told.Obligation.Topics.ShouldNotBeEmpty();
        var stored = (await site.ToldAsync()).First(e => e.Told.Clocks.Position == told.Clocks.Position).Stored;
        stored.Metadata.CausationId.ShouldBe(told.Cause.EventId.ToString());
        stored.Metadata.Headers["tenant"].ShouldBe(StreamIds.DefaultTenant);
    }

    [Fact]
    public async Task After_three_weeks_of_downtime_every_midnight_is_caught_up_with_in_order_and_once_however_many_services_run()
    {
        await using var site = await ConsequenceSite.OnSeedsAsync(databases, "2025-12-20T12:00:00Z");
        var start = await site.Store.HeadAsync(Token);
        var live = await site.LiveAsync(start, DateTimeOffset.Parse("2025-12-20T12:00:00Z"));
        site.Time.Set(DateTimeOffset.Parse("2026-01-10T12:00:00Z"));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => site.ClockOn(site.Store).AdvanceAsync(Token)));
        await site.FollowAsync();

        var instants = (await site.EventsAsync(StreamIds.Clock)).Select(e => ((ClockAdvanced)ConsequenceSite.Types.Decode(e)).To).ToList();
        instants.Zip(instants.Skip(1)).ShouldAllBe(p => p.First < p.Second);
        foreach (var zone in new[] { "Asia/Shanghai", "Europe/Brussels", "America/Los_Angeles", "UTC" }.Select(TimeZoneInfo.FindSystemTimeZoneById))
        {
            Enumerable.Range(0, 21).Select(i => TimeZones.BeginningOf(zone, new DateOnly(2025, 12, 21).AddDays(i))).ShouldBeSubsetOf(instants);
        }

        var told = (await site.ToldAsync()).Select(e => e.Told).ToList();
        told.Select(t => t.Cause.Position).ShouldBe(told.Select(t => t.Cause.Position).Order());
        told.ForEach(t => ConsequenceSite.Apply(live, t));
        ShouldBeTheSame(live, await site.LiveAsync(await site.Store.HeadAsync(Token), site.Time.GetUtcNow()));

        // The Cybersecurity Law of 2017 gave way to that of 2026 on 1 January: one event for each duty that another succeeds.
        var replaced = told.Where(t => t.Kind == ConsequenceKind.Replaced && t.Obligation.Id == "cn-csl-2017-art21").ToList();
        replaced.ShouldNotBeEmpty();
        replaced.ShouldAllBe(r => r.Clocks.AsOf == new DateOnly(2026, 1, 1) && r.ReplacedBy.Single().Obligation.Id == "cn-csl-2026-art23" && r.ReplacedBy.Single().After.Status == Status.Applicable);
        told.ShouldNotContain(t => t.Obligation.Id == "cn-csl-2026-art23" && t.CompanyId == replaced[0].CompanyId);

        // Set back, the clock says nothing again.
        site.Time.Set(DateTimeOffset.Parse("2026-01-05T12:00:00Z"));
        await site.Clock.AdvanceAsync(Token);
        (await site.EventsAsync(StreamIds.Clock)).Count.ShouldBe(instants.Count);
    }

    [Fact]
    public async Task Whatever_happens_the_consequences_add_up_to_the_answers_and_are_the_same_however_the_batches_are_cut()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}");
        await using var site = await ConsequenceSite.OnSeedsAsync(databases, "2022-02-01T12:00:00Z");
        var start = await site.Store.HeadAsync(Token);
        var live = await site.LiveAsync(start, site.Time.GetUtcNow());
        var recomputed = await Recomputed.FromAsync(site.Store);
        var history = new RandomHistory(seed, recomputed.At(recomputed.Head));
        var random = new Random(seed);
        for (var i = 0; i < 8; i++)
        {
            for (var some = random.Next(1, 5); some > 0; some--)
            {
                history.Anything();
            }

            await history.AppendAsync(site.Store);
            site.Time.Advance(TimeSpan.FromHours(random.Next(1, 70)));
            await site.Clock.AdvanceAsync(Token);
        }

        var head = await site.Store.HeadAsync(Token);
        CalendarOffset[] leads = [new(1, 0), new(0, 3)];
        var oneByOne = await CapturedAsync(site, start, 1, leads);
        foreach (var size in new[] { 7, 1000 })
        {
            (await CapturedAsync(site, start, size, leads)).ShouldBe(oneByOne, $"Seed {seed}: in batches of {size}");
        }

        await site.FollowAsync(site.On(site.Store, leads));
        var told = await site.ToldAsync();
        told.Select(e => e.Stored.Id).ShouldBeUnique();
        told.GroupBy(e => e.Stored.StreamId).SelectMany(s => s.Select(e => $"{e.Stored.StreamId} {e.Stored.Id}")).Order().ShouldBe(oneByOne.Select(o => o.Split(' ', 3)).Select(o => $"{o[0]} {o[1]}").Order());
        foreach (var stream in told.GroupBy(e => e.Stored.StreamId))
        {
            stream.Select(e => e.Told.Cause.Position).ShouldBe(stream.Select(e => e.Told.Cause.Position).Order(), $"Seed {seed}: {stream.Key}");
        }

        foreach (var e in told)
        {
            ConsequenceSite.Apply(live, e.Told);
        }

        output.WriteLine($"{told.Count} consequences of {head - start} events");
        ShouldBeTheSame(live, await site.LiveAsync(head, site.Time.GetUtcNow()), $"Seed {seed}");
    }

    [Fact]
    public async Task A_crash_after_the_append_and_before_the_checkpoint_tells_nothing_twice_and_loses_nothing()
    {
        await using var site = await ConsequenceSite.OnSeedsAsync(databases, "2021-08-01T12:00:00Z");
        var start = await site.Store.HeadAsync(Token);
        await site.RegisterAsync("new-one", "api", ("operates_in", SetValue.Complete(["CN"])), ("processes.personal_data", new BoolValue(true)));
        site.Time.Set(DateTimeOffset.Parse("2021-11-02T12:00:00Z"));
        await site.Clock.AdvanceAsync(Token);
        var expected = await CapturedAsync(site, start, 1000, []);

        // The first attempt appends everything and dies; the later ones see other batches, in which something new has happened too.
        var crashing = new Crashing(site.Subscription, crashes: 2);
        await site.FollowAsync(crashing);

        crashing.Crashed.ShouldBe(2);
        var told = await site.ToldAsync();
        told.Select(e => $"{e.Stored.StreamId} {e.Stored.Id}").Order().ShouldBe(expected.Select(o => string.Join(' ', o.Split(' ', 3)[..2])).Order());
        told.Count.ShouldBeGreaterThan(20);

        // What is appended in part, because the batches were cut otherwise, is completed.
        var end = await site.Store.HeadAsync(Token);
        await site.DeclareAsync("new-one", new FactDeclarationOf("cross_border_transfer", true));
        await site.DeclareAsync("new-one", new FactDeclarationOf("processes.personal_data", false));
        (await HandleAsync(site, site.Subscription, end, 1, most: 1, commits: false)).ShouldBe(1);
        var half = (await site.ToldAsync()).Count;
        half.ShouldBeGreaterThan(told.Count);
        await site.FollowAsync();
        var whole = await site.ToldAsync();
        whole.Count.ShouldBeGreaterThan(half);
        whole.Select(e => e.Stored.Id).ShouldBeUnique();
        whole.Select(e => (e.Told.Cause.EventId, e.Told.CompanyId, e.Told.Obligation.Id, e.Told.Kind)).ShouldBeUnique();
    }

    [Fact]
    public async Task What_an_import_registers_is_silent_and_what_a_request_registers_is_told_of()
    {
        await using var site = await ConsequenceSite.OnSeedsAsync(databases, "2021-12-01T12:00:00Z");
        (string, FactValue?)[] facts = [("operates_in", SetValue.Complete(["CN"])), ("processes.personal_data", new BoolValue(true)), ("cross_border_transfer", null)];

        await site.RegisterAsync("imported", "import", facts);
        await site.RegisterAsync("registered", "api", facts);
        await site.FollowAsync();

        var told = await site.ToldAsync();
        told.ShouldAllBe(e => e.Told.CompanyId == "registered");
        told.Single(e => e.Told.Obligation.Id == Transfers).Told.Kind.ShouldBe(ConsequenceKind.Undetermined);
        told[0].Stored.Metadata.CorrelationId.ShouldBe("a-request");
        told[0].Stored.Metadata.Headers["traceparent"].ShouldStartWith("00-4bf92f");

        // From then on both are told of: the missing fact is learned, and taken back where it holds no longer.
        foreach (var company in new[] { "imported", "registered" })
        {
            await site.DeclareAsync(company, new FactDeclarationOf("cross_border_transfer", true, To: "2021-12-05"));
        }

        await site.FollowAsync();
        await site.PassAsync("2021-12-10T12:00:00Z");
        (await site.ToldAsync()).Select(e => e.Told).Where(t => t.CompanyId == "imported" && t.Obligation.Id == Transfers)
            .Select(t => (t.Kind, t.Clocks.AsOf)).ShouldBe([(ConsequenceKind.Determined, new(2021, 12, 1)), (ConsequenceKind.Undetermined, new(2021, 12, 5))]);
    }

    [Fact]
    public async Task An_unreadable_event_of_a_company_that_was_left_out_keeps_nothing_later_from_it()
    {
        await using var site = await ConsequenceSite.OnSeedsAsync(databases, "2021-12-01T12:00:00Z");
        await site.RegisterAsync("broken", "import", ("operates_in", SetValue.Complete(["CN"])), ("processes.personal_data", new BoolValue(true)));
        var stored = await site.Store.AppendAsync(
            [new StreamAppend(StreamIds.Company(StreamIds.DefaultTenant, "broken"), ExpectedVersion.Any, [new EventData(Guid.NewGuid(), "company.facts-declared.v1", """{ "facts": 7 }"""u8.ToArray())])],
            AppendMetadata.None,
            Token);
        await site.FollowAsync(parked: 1);
        await site.Store.SkipParkedAsync(site.Subscription, ((AppendResult.Appended)stored).Position, "broken", new("a test", null), Token);

        await site.DeclareAsync("broken", new FactDeclarationOf("cross_border_transfer", true));
        await site.FollowAsync();

        (await site.ToldAsync()).Select(e => e.Told).Where(t => t.CompanyId == "broken").ShouldContain(t => t.Obligation.Id == Transfers && t.Kind == ConsequenceKind.Determined);
    }

    [Fact]
    public async Task A_change_of_law_reaches_each_of_two_thousand_companies_once_and_one_without_effect_nobody()
    {
        await using var site = await ConsequenceSite.OnNothingAsync(databases, "2024-01-01T12:00:00Z");
        await site.Store.AppendAsync(
            [..Enumerable.Range(0, 2000).Select(i => new StreamAppend(
                StreamIds.Company(StreamIds.DefaultTenant, $"c-{i:0000}"),
                ExpectedVersion.NoStream,
                [ConsequenceSite.Types.Encode(Guid.NewGuid(), new Domain.Companies.CompanyRegistered($"c-{i:0000}", "C", null, []))]))],
            RequestMetadata.Import,
            Token);
        await site.Clock.AdvanceAsync(Token);
        await site.FollowAsync();

        await site.RecordAsync("xx-law", new InstrumentRegistered(Law), Passed("a", new DefineEffect("xx-law-art1", Duty), new EnactEffect("xx-law-art1", new(2024, 1, 3), null, null)));
        await site.RecordAsync("xx-law", Passed("b"));
        await site.FollowAsync();
        var told = (await site.ToldAsync()).Select(e => e.Told).ToList();
        told.Count.ShouldBe(2000);
        told.Select(t => t.CompanyId).ShouldBeUnique();
        told.ShouldAllBe(t => t.Kind == ConsequenceKind.Upcoming && t.Cause.DevelopmentId == "a");

        await site.PassAsync("2024-01-05T12:00:00Z");
        told = [..(await site.ToldAsync()).Select(e => e.Told)];
        told.Count.ShouldBe(4000);
        told.Skip(2000).ShouldAllBe(t => t.Kind == ConsequenceKind.Applicable && t.Clocks.AsOf == new DateOnly(2024, 1, 3));

        // However long the appends take, the transaction of the batch does not fall asleep over them.
        var slow = CapturingStore.On(site.Store, out var captured, delay: TimeSpan.FromMilliseconds(300));
        await HandleAsync(site, site.On(slow, []), after: 0, 1000, int.MaxValue, commits: false, "set local idle_in_transaction_session_timeout = '700ms'");
        captured.Count.ShouldBe(4000);
    }

    [Theory]
    [InlineData("Asia/Shanghai", "2021-11-01", "2021-10-31T16:00:00Z")]
    [InlineData("Europe/Brussels", "2024-07-01", "2024-06-30T22:00:00Z")]
    [InlineData("Africa/Cairo", "2024-04-26", "2024-04-25T22:00:00Z")] // 00:00 to 01:00 were skipped
    [InlineData("America/Havana", "2024-11-03", "2024-11-03T04:00:00Z")] // 00:00 to 01:00 came twice
    public void A_day_begins_at_its_first_instant(string zone, string day, string instant)
    {
        var found = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var begins = TimeZones.BeginningOf(found, DateOnly.Parse(day));

        begins.ShouldBe(DateTimeOffset.Parse(instant));
        TimeZones.DateIn(found, begins).ShouldBe(DateOnly.Parse(day));
        TimeZones.DateIn(found, begins.AddTicks(-1)).ShouldBe(DateOnly.Parse(day).AddDays(-1));
    }

    private static InstrumentIdentity Law { get; } = new(
        "xx-law", "DE", "law", LangText.English("A Law"), null, ["Parliament"], null, ImmutableSortedDictionary<string, string>.Empty, [], [], true, null, null, null, [], [], null);

    private static ObligationContent Duty { get; } = new(
        "Art. 1", LangText.English("T"), LangText.English("S"), "reporting", ObligationNature.Duty, null, "true", new Duty(DutyKind.Continuous), null, null, "a test", Confidence.Known, null, [], null, [], []);

    private static DevelopmentRecorded Passed(string id, params ImmutableArray<Effect> effects) => new(new Development(
        id, DevelopmentKind.Passed, new(2024, 1, 1), null, 0, null, null, "a test", Confidence.Known, null, false, [], [], null, null, effects));

    private static async Task<IReadOnlyList<ConsequenceRecorded>> ToldOfTransfersAsync(ConsequenceSite site) =>
        [..(await site.ToldAsync()).Select(e => e.Told).Where(t => t.CompanyId == Carmaker && t.Obligation.Id == Transfers)];

    private static void ShouldBeTheSame(SortedDictionary<string, ObligationState> told, SortedDictionary<string, ObligationState> computed, string message = "")
    {
        static string[] Text(SortedDictionary<string, ObligationState> live) => [..live.Select(e => $"{e.Key} {e.Value} missing {string.Join(',', e.Value.MissingFacts)}")];
        Text(told).Except(Text(computed)).Take(3).ShouldBeEmpty($"{message} only told");
        Text(computed).Except(Text(told)).Take(3).ShouldBeEmpty($"{message} only computed");
    }

    // What the subscription would append for the events after a position, and to which stream; nothing of it is kept.
    private static async Task<IReadOnlyList<string>> CapturedAsync(ConsequenceSite site, long after, int batchSize, CalendarOffset[] leads)
    {
        var store = CapturingStore.On(site.Store, out var captured);
        await HandleAsync(site, site.On(store, leads), after, batchSize, int.MaxValue, commits: false);
        return [..captured.OrderBy(c => c.Split(' ')[0], StringComparer.Ordinal)];
    }

    private static async Task<int> HandleAsync(ConsequenceSite site, ISubscription subscription, long after, int batchSize, int most, bool commits, string? first = null)
    {
        var events = (await site.EventsAsync([..subscription.Filter!.StreamPrefixes])).Where(e => e.Position > after).Take(most).ToList();
        await using var connection = await site.Store.DataSource.OpenConnectionAsync(Token);
        await using DbTransaction transaction = await connection.BeginTransactionAsync(Token);
        if (first is not null)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = first;
            await command.ExecuteNonQueryAsync(Token);
        }

        foreach (var batch in events.Chunk(batchSize))
        {
            await subscription.HandleAsync(new SubscriptionBatch(batch, batch[^1].Position, transaction), Token);
        }

        await (commits ? transaction.CommitAsync(Token) : transaction.RollbackAsync(Token));
        return events.Count;
    }

    /// <summary>A declaration as tests write it.</summary>
    private sealed record FactDeclarationOf(string Fact, bool Value, string? To = null)
    {
        public static implicit operator Domain.Companies.FactDeclaration(FactDeclarationOf d) =>
            new(d.Fact, new BoolValue(d.Value), new Days(null, d.To is null ? null : DateOnly.Parse(d.To)));
    }

    /// <summary>A store that reads and does not append.</summary>
    public class CapturingStore : DispatchProxy
    {
        private IEventStore inner = null!;
        private List<string> captured = null!;

        private TimeSpan delay;

        public static IEventStore On(IEventStore inner, out List<string> captured, TimeSpan delay = default)
        {
            var store = Create<IEventStore, CapturingStore>();
            var proxy = (CapturingStore)(object)store;
            (proxy.inner, proxy.delay) = (inner, delay);
            captured = proxy.captured = [];
            return store;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name != nameof(IEventStore.AppendAsync))
            {
                return targetMethod.Invoke(inner, args);
            }

            var batch = (IReadOnlyList<StreamAppend>)args![0]!;
            captured.AddRange(batch.SelectMany(s => s.Events.Select(e => $"{s.StreamId} {e.Id} {System.Text.Encoding.UTF8.GetString(e.Data.Span)}")));
            return AppendedAsync();
        }

        private async Task<AppendResult> AppendedAsync()
        {
            await Task.Delay(delay, Token);
            return new AppendResult.Appended([], 0, DateTimeOffset.UnixEpoch, false);
        }
    }

    /// <summary>Dies after its work is done and before its checkpoint.</summary>
    private sealed class Crashing(ISubscription inner, int crashes) : ISubscription
    {
        public int Crashed { get; private set; }

        public string Name => inner.Name;

        public EventFilter? Filter => inner.Filter;

        public async Task HandleAsync(SubscriptionBatch batch, CancellationToken cancellationToken)
        {
            await inner.HandleAsync(batch, cancellationToken);
            if (Crashed < crashes)
            {
                Crashed++;
                throw new TimeoutException("A crash.");
            }
        }
    }
}
