using System.Collections.Immutable;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Webhooks.Endpoints;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Webhooks.EventCatalogue;

/// <summary>An example of each delivered event, made of the very types that are stored. About no real act, company or endpoint.</summary>
internal static class EventExamples
{
    private const string Instrument = "example-act";
    private const string Company = "acme";
    private const string Endpoint = EndpointEndpoints.ExampleId;
    private const string NoSource = "An example, no real act.";
    private static readonly DateTimeOffset RecordedAt = new(2026, 3, 2, 8, 30, 0, TimeSpan.Zero);
    private static readonly DateOnly Start = new(2026, 9, 1);

    private static readonly ObligationSummary Obligation = new(
        "example-act-art1", Instrument, "GB", ["personal-data"], "data-protection", "Art. 1", LangText.English("Tell people what you do with their data"));

    /// <summary>What the example says, by type without version.</summary>
    public static object DataOf(string type) => type switch
    {
        EventNames.Test => new EndpointTest(Endpoint),
        EventNames.Challenge => new EndpointChallenge(Endpoint, "5f2b9d0c7a1e48f3b6d4c2a09e8f7b1d5f2b9d0c7a1e48f3"),
        EventNames.Failing => new EndpointFailing(Endpoint, "5 deliveries in a row failed, the last one with: The endpoint answered 503.", 5),
        EventNames.Recovered => new EndpointRecovered(Endpoint, RecordedAt.AddMinutes(-40)),
        EventNames.Disabled => new EndpointDisabled(Endpoint, "It answered 410 Gone.", 1),
        _ when type.StartsWith("instrument.", StringComparison.Ordinal) && Words.TryParse<DevelopmentKind>(type["instrument.".Length..], out var kind) => Development(kind),
        _ when type.StartsWith("obligation.", StringComparison.Ordinal) && Words.TryParse<ConsequenceKind>(type["obligation.".Length..], out var kind) => Consequence(kind),
        _ => throw new InvalidOperationException($"'{type}' has no example."),
    };

    /// <summary>The example as the log would hold it.</summary>
    public static RecordedEvent RecordedOf(string type, EventTypes types)
    {
        var data = DataOf(type);
        var id = EventIds.Of($"example/{type}");
        var stream = data switch
        {
            DevelopmentRecorded => StreamIds.Instrument(Instrument),
            ConsequenceRecorded => StreamIds.Consequence(StreamIds.DefaultTenant, Company),
            _ => StreamIds.Endpoint(StreamIds.DefaultTenant, Endpoint),
        };
        var body = data is EndpointChallenge challenge
            ? System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(challenge, StoredJson.Of<EndpointChallenge>())
            : types.Encode(id, data).Data;
        var inLog = data is not (EndpointChallenge or EndpointTest);
        return new RecordedEvent(inLog ? 4711 : 0, id, stream, inLog ? 3 : 0, $"{type}.v1", body, RecordedAt, AppendMetadata.None);
    }

    private static DevelopmentRecorded Development(DevelopmentKind kind)
    {
        var date = new DateOnly(2026, 3, 1);
        var isCorrection = kind == DevelopmentKind.Corrected;
        ImmutableArray<Effect> effects = kind switch
        {
            DevelopmentKind.DraftPublished => [new DefineEffect(Obligation.Id, Content), new ProposeEffect(Obligation.Id)],
            DevelopmentKind.Passed or DevelopmentKind.Promulgated => [new DefineEffect(Obligation.Id, Content), new EnactEffect(Obligation.Id, Start, null, null)],
            DevelopmentKind.EffectiveDateSet => [new RescheduleEffect(Obligation.Id, Start, null)],
            DevelopmentKind.Amended => [new ReviseEffect(Obligation.Id, Start, new ContentChanges { Summary = LangText.English("Tell people what you do with their data, and why.") })],
            DevelopmentKind.Suspended => [new SuspendEffect(Obligation.Id, "an-order", Start, null) { By = "court" }],
            DevelopmentKind.Reinstated => [new LiftEffect(Obligation.Id, "an-order", Start) { By = "court" }],
            DevelopmentKind.EnforcementPaused => [new PauseEnforcementEffect(Obligation.Id, "a-notice", Start, null) { By = "agency" }],
            DevelopmentKind.EnforcementResumed => [new ResumeEnforcementEffect(Obligation.Id, "a-notice", Start) { By = "agency" }],
            DevelopmentKind.Repealed or DevelopmentKind.Superseded or DevelopmentKind.Expired => [new EndEffect(Obligation.Id, Start, [])],
            DevelopmentKind.Withdrawn => [new LapseEffect(Obligation.Id)],
            _ => [],
        };
        return new DevelopmentRecorded(new Development(
            $"{Instrument}-2026-03-01-{Words.Of(kind)}", kind, date, null, 0, null, LangText.English(NoSource), NoSource, Confidence.Known, null, false, [], [],
            isCorrection ? $"{Instrument}-2026-02-01-passed" : null,
            isCorrection ? new Restatement(null, new DateOnly(2026, 2, 2), null, null, null) : null,
            effects));
    }

    private static ObligationContent Content => new(
        Obligation.Provision, Obligation.Title, LangText.English("Tell people what you do with their data."), Obligation.Category, ObligationNature.Duty, null,
        "processes.personal_data", new Duty(DutyKind.Continuous), null, null, NoSource, Confidence.Known, null, [], null, [], []);

    private static ConsequenceRecorded Consequence(ConsequenceKind kind)
    {
        var upcoming = State(Status.Upcoming, Stage.Upcoming);
        var applicable = State(Status.Applicable, Stage.InForce);
        var suspended = State(Status.Suspended, Stage.Suspended) with { SuspendedUntil = new DateOnly(2027, 1, 1) };
        var ended = State(Status.Ended, Stage.Ended) with { To = Start, AppliesUntil = Start };
        var proposed = State(Status.Proposed, Stage.Proposed) with { From = null, AppliesSince = null };
        var unknown = State(Status.Undetermined, Stage.Upcoming) with
        {
            Applies = Truth.Unknown,
            MissingFacts = ["processes.personal_data"],
            Otherwise = Status.Upcoming,
        };
        (ObligationState? Before, ObligationState? After, ImmutableArray<string> Changes, string Because) told = kind switch
        {
            ConsequenceKind.Proposed => (null, proposed, [], "A public draft carries it."),
            ConsequenceKind.Lapsed => (proposed, State(Status.Lapsed, Stage.Lapsed) with { From = null, AppliesSince = null }, ["status", "stage"], "The draft was dropped."),
            ConsequenceKind.Upcoming => (proposed, upcoming, ["status", "stage", "from", "appliesSince"], "It was made and applies from 1 September 2026."),
            ConsequenceKind.Applicable => (upcoming, applicable, ["status", "stage"], "It is in force since 1 September 2026."),
            ConsequenceKind.Suspended => (applicable, suspended, ["status", "stage", "suspendedUntil"], "An order took its legal effect."),
            ConsequenceKind.Resumed => (suspended, applicable, ["status", "stage", "suspendedUntil"], "No order takes its legal effect any more."),
            ConsequenceKind.Ended or ConsequenceKind.Replaced => (applicable, ended, ["status", "stage", "to", "appliesUntil"], "It ended on 1 September 2026."),
            ConsequenceKind.Rescheduled => (
                upcoming, upcoming with { From = new DateOnly(2027, 1, 1), AppliesSince = new DateOnly(2027, 1, 1) }, ["from", "appliesSince"], "Its start moved to 1 January 2027."),
            ConsequenceKind.Changed => (applicable, applicable with { EnforcementPaused = true }, ["enforcementPaused"], "The authority does not enforce it for a time."),
            ConsequenceKind.Undetermined => (upcoming, unknown, ["status", "applies", "missingFacts", "otherwise"], "A fact is missing to be sure."),
            ConsequenceKind.Determined => (unknown, upcoming, ["status", "applies", "missingFacts", "otherwise"], "The company handles personal data."),
            ConsequenceKind.DeadlineApproaching => (upcoming, upcoming, [], "It applies from 1 September 2026, which is 30 days away."),
            _ => throw new InvalidOperationException($"{kind} has no example."),
        };
        return new ConsequenceRecorded
        {
            Kind = kind,
            CompanyId = Company,
            Obligation = Obligation,
            Before = told.Before,
            After = told.After,
            ReplacedBy = kind == ConsequenceKind.Replaced ? [new Successor(Obligation with { Id = "example-act-art1a", Provision = "Art. 1a" }, applicable)] : [],
            Changes = told.Changes,
            Because = LangText.English(told.Because),
            Approaching = kind == ConsequenceKind.DeadlineApproaching ? new ApproachingDay("from", Start, new CalendarOffset(0, 30)) : null,
            Cause = kind is ConsequenceKind.Applicable or ConsequenceKind.DeadlineApproaching
                ? new ConsequenceCause(EventIds.Of("example/cause"), "clock.advanced", 4709, Instrument, null, null)
                : new ConsequenceCause(EventIds.Of("example/cause"), "instrument.passed", 4709, Instrument, $"{Instrument}-2026-03-01-passed", NoSource),
            Clocks = new ConsequenceClocks(new DateOnly(2026, 3, 2), new DateOnly(2026, 3, 2), "Europe/London", 4709, RecordedAt.AddSeconds(-1)),
        };
    }

    private static ObligationState State(Status status, Stage stage) =>
        new(status, stage, Truth.Yes, Start, null, null, Start, null, null, false, [], null);
}
