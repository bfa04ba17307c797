using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Api.Webhooks.Endpoints;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Vocabulary;
using ComplianceTracker.EventStore;
using ComplianceTracker.EventStore.Codec;

namespace ComplianceTracker.Api.Storage;

/// <summary>Which events are stored and under which names. Written down once: a renamed class changes nothing that is stored.</summary>
internal sealed class EventTypes
{
    private static readonly ImmutableDictionary<DevelopmentKind, string> Developments = new Dictionary<DevelopmentKind, string>
    {
        [DevelopmentKind.Announced] = "instrument.announced.v1",
        [DevelopmentKind.DraftPublished] = "instrument.draft-published.v1",
        [DevelopmentKind.ConsultationOpened] = "instrument.consultation-opened.v1",
        [DevelopmentKind.ConsultationClosed] = "instrument.consultation-closed.v1",
        [DevelopmentKind.Passed] = "instrument.passed.v1",
        [DevelopmentKind.Promulgated] = "instrument.promulgated.v1",
        [DevelopmentKind.EffectiveDateSet] = "instrument.effective-date-set.v1",
        [DevelopmentKind.InForce] = "instrument.in-force.v1",
        [DevelopmentKind.Applies] = "instrument.applies.v1",
        [DevelopmentKind.Amended] = "instrument.amended.v1",
        [DevelopmentKind.Suspended] = "instrument.suspended.v1",
        [DevelopmentKind.Reinstated] = "instrument.reinstated.v1",
        [DevelopmentKind.EnforcementPaused] = "instrument.enforcement-paused.v1",
        [DevelopmentKind.EnforcementResumed] = "instrument.enforcement-resumed.v1",
        [DevelopmentKind.Repealed] = "instrument.repealed.v1",
        [DevelopmentKind.Superseded] = "instrument.superseded.v1",
        [DevelopmentKind.Expired] = "instrument.expired.v1",
        [DevelopmentKind.Withdrawn] = "instrument.withdrawn.v1",
        [DevelopmentKind.GuidanceIssued] = "instrument.guidance-issued.v1",
        [DevelopmentKind.Enforcement] = "instrument.enforcement.v1",
        [DevelopmentKind.Corrected] = "instrument.corrected.v1",
    }.ToImmutableDictionary();

    private static readonly ImmutableDictionary<ConsequenceKind, string> Consequences =
        Enum.GetValues<ConsequenceKind>().ToImmutableDictionary(kind => kind, kind => $"obligation.{Words.Of(kind)}.v1");

    private readonly EventCodec codec = new(Registry);

    /// <summary>The events of instruments and of the vocabulary.</summary>
    public static EventFilter CatalogueFilter { get; } = EventFilter.ByStreamPrefix(StreamIds.InstrumentPrefix, StreamIds.Vocabulary);

    /// <summary>Every stored name with its class.</summary>
    public static EventRegistry Registry { get; } = new EventRegistryBuilder()
        .Add("fact.defined.v1", StoredJson.Of<FactDefined>())
        .Add("fact.values-added.v1", StoredJson.Of<FactValuesAdded>())
        .Add("fact.reworded.v1", StoredJson.Of<FactReworded>())
        .Add("conventions.set.v1", StoredJson.Of<ConventionsSet>())
        .Add("instrument.registered.v1", StoredJson.Of<InstrumentRegistered>())
        .Add<DevelopmentRecorded>([..Developments.Values], e => Developments[e.Development.Kind], StoredJson.Of<DevelopmentRecorded>())
        .Add("company.registered.v1", StoredJson.Of<CompanyRegistered>())
        .Add("company.replaced.v1", StoredJson.Of<CompanyReplaced>())
        .Add("company.facts-declared.v1", StoredJson.Of<FactsDeclared>())
        .Add("company.archived.v1", StoredJson.Of<CompanyWasArchived>())
        .Add<ConsequenceRecorded>([..Consequences.Values], e => Consequences[e.Kind], StoredJson.Of<ConsequenceRecorded>())
        .Add("clock.advanced.v1", StoredJson.Of<ClockAdvanced>())
        .Add("endpoint.test.v1", StoredJson.Of<EndpointTest>())
        .Add("endpoint.failing.v1", StoredJson.Of<EndpointFailing>())
        .Add("endpoint.recovered.v1", StoredJson.Of<EndpointRecovered>())
        .Add("endpoint.disabled.v1", StoredJson.Of<EndpointDisabled>())
        .Build();

    /// <summary>The event as the store takes it.</summary>
    public EventData Encode(Guid id, object @event) => codec.Encode(id, @event);

    /// <summary>The event as recorded, in its newest shape.</summary>
    public object Decode(RecordedEvent recorded) => codec.Decode(recorded);
}
