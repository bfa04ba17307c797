using System.Collections.Immutable;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Consequences;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;
using ComplianceTracker.EventStore;
using ComplianceTracker.EventStore.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Consequences;

/// <summary>The parts that tell companies what follows for them, on a database of their own and without a service around them.</summary>
internal sealed class ConsequenceSite : IAsyncDisposable
{
    private ConsequenceSite(string connectionString, DateTimeOffset now, IReadOnlyCollection<CalendarOffset> leadTimes, int pageSize)
    {
        Time = new ManualTime(now);
        Store = new PostgresEventStore(
            new PostgresEventStoreOptions { ConnectionString = connectionString, ThrowAwayDatabase = true, SubscriptionPageSize = pageSize }, TimeProvider.System);
        Catalogue = new InstrumentCatalogue(Store, Types);
        Clock = ClockOn(Store);
        Subscription = On(Store, leadTimes);
    }

    public static EventTypes Types { get; } = new();

    public ManualTime Time { get; }

    public PostgresEventStore Store { get; }

    public InstrumentCatalogue Catalogue { get; }

    public DurableClock Clock { get; }

    public ISubscription Subscription { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>On the seeds, with the first event of the clock recorded.</summary>
    public static async Task<ConsequenceSite> OnSeedsAsync(Databases databases, string now, int pageSize = 1000, params CalendarOffset[] leadTimes)
    {
        var site = new ConsequenceSite(await databases.CopySeededAsync(), DateTimeOffset.Parse(now), leadTimes, pageSize);
        await site.Clock.AdvanceAsync(Token);
        await site.FollowAsync();
        return site;
    }

    /// <summary>On an empty record, without an event of the clock.</summary>
    public static async Task<ConsequenceSite> OnNothingAsync(Databases databases, string now)
    {
        var site = new ConsequenceSite(await databases.CreateEmptyAsync(), DateTimeOffset.Parse(now), [], 1000);
        await site.Store.MigrateAsync(Token);
        await ReadModels.CreateAsync(site.Store.DataSource, Token);
        return site;
    }

    /// <summary>The subscription on another store.</summary>
    public ISubscription On(IEventStore store, IReadOnlyCollection<CalendarOffset> leadTimes) =>
        new ConsequenceSubscription(store, Catalogue, Types, new FixedLeadTimes(leadTimes));

    /// <summary>Another service's clock on the same database.</summary>
    public DurableClock ClockOn(IEventStore store) => new(store, Catalogue, Types, Time, new ClockSettings(), NullLogger<DurableClock>.Instance);

    /// <summary>Lets time pass, records it, and tells what follows.</summary>
    public async Task PassAsync(string to)
    {
        Time.Set(DateTimeOffset.Parse(to));
        await Clock.AdvanceAsync(Token);
        await FollowAsync();
    }

    /// <summary>Runs the subscription, or one in its place, to the head of the log as it is now.</summary>
    public async Task FollowAsync(ISubscription? subscription = null, int parked = 0)
    {
        var head = await Store.HeadAsync(Token);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = Store.RunSubscriptionAsync(subscription ?? Subscription, ends.Token);
        var reached = await Store.WaitForCheckpointAsync(ConsequenceSubscription.SubscriptionName, head, TimeSpan.FromSeconds(60), Token);
        await ends.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
        reached.ShouldBeTrue(string.Join('\n', (await Store.GetSubscriptionStatesAsync(Token)).Select(s => s.ToString())));
        (await Store.GetSubscriptionStatesAsync(Token)).Single(s => s.Name == ConsequenceSubscription.SubscriptionName).Parked.ShouldBe(parked);
    }

    /// <summary>Everything told so far, in the order of the log.</summary>
    public async Task<IReadOnlyList<(RecordedEvent Stored, ConsequenceRecorded Told)>> ToldAsync() =>
        [..(await EventsAsync(StreamIds.ConsequencePrefix)).Select(e => (e, (ConsequenceRecorded)Types.Decode(e)))];

    /// <summary>The events of the streams that begin so.</summary>
    public async Task<IReadOnlyList<RecordedEvent>> EventsAsync(params string[] prefixes)
    {
        var events = new List<RecordedEvent>();
        for (var page = new EventPage([], 0); ; events.AddRange(page.Events))
        {
            var after = page.Through;
            page = await Store.ReadAllAsync(after, 1000, EventFilter.ByStreamPrefix([..prefixes]), Token);
            if (page.Through == after)
            {
                return events;
            }
        }
    }

    public Task<AppendResult> RegisterAsync(string company, string actor, params (string Fact, FactValue? Value)[] facts) => AppendAsync(
        StreamIds.Company(StreamIds.DefaultTenant, company),
        actor,
        new CompanyRegistered(company, company, null, [..facts.Select(f => new FactDeclaration(f.Fact, f.Value, Days.Always))]));

    public Task<AppendResult> DeclareAsync(string company, params FactDeclaration[] facts) =>
        AppendAsync(StreamIds.Company(StreamIds.DefaultTenant, company), "api", new FactsDeclared([..facts]));

    public Task<AppendResult> RecordAsync(string instrument, params object[] events) => AppendAsync(StreamIds.Instrument(instrument), "api", events);

    /// <summary>
    /// The live obligations of every company at a position and an instant, each held against all its facts and all law: what the
    /// consequences, applied one after the other, must have come to.
    /// </summary>
    public async Task<SortedDictionary<string, ObligationState>> LiveAsync(long position, DateTimeOffset instant)
    {
        var world = World.Of(Catalogue, await Catalogue.ThroughAsync(position, Token), position, instant);
        var live = new SortedDictionary<string, ObligationState>(StringComparer.Ordinal);
        foreach (var stream in await Store.ReadStreamsAsync(StreamIds.CompanyPrefix, null, 10_000, position, Token))
        {
            var profile = stream.Events.Aggregate((CompanyProfile?)null, (p, e) => CompanyDecider.Evolve(p, (CompanyEvent)Types.Decode(e)));
            if (profile is null or { IsArchived: true })
            {
                continue;
            }

            foreach (var (id, rule) in world.Rules)
            {
                var answer = ObligationAnswer.On(
                    rule.Rule.History, Applicability.Intervals(rule.Rule.Rule, new CompanyFrames(profile, rule.View.Index)), rule.Today);
                if (AnswerChanges.IsLive(answer))
                {
                    live[$"{profile.Id} {id}"] = ObligationState.Of(answer)!;
                }
            }
        }

        return live;
    }

    /// <summary>The live obligations after what was told.</summary>
    public static void Apply(SortedDictionary<string, ObligationState> live, ConsequenceRecorded told)
    {
        Set(told.Obligation.Id, told.After);
        foreach (var successor in told.ReplacedBy)
        {
            Set(successor.Obligation.Id, successor.After);
        }

        void Set(string id, ObligationState? state)
        {
            if (state is { Status: not (Status.Ended or Status.Lapsed or Status.NotApplicable) })
            {
                live[$"{told.CompanyId} {id}"] = state;
            }
            else
            {
                live.Remove($"{told.CompanyId} {id}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Catalogue.Dispose();
        await Store.DisposeAsync();
    }

    private async Task<AppendResult> AppendAsync(string stream, string actor, params object[] events)
    {
        var result = await Store.AppendAsync(
            [new StreamAppend(stream, ExpectedVersion.Any, [..events.Select(e => Types.Encode(Guid.NewGuid(), e))])],
            new AppendMetadata(actor, "a-request", null, ImmutableDictionary<string, string>.Empty.Add("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")),
            Token);
        return result.ShouldBeOfType<AppendResult.Appended>();
    }

    private sealed class FixedLeadTimes(IReadOnlyCollection<CalendarOffset> all) : ILeadTimes
    {
        public Task<IReadOnlyCollection<CalendarOffset>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => Task.FromResult(all);
    }
}
