using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ComplianceTracker.Api.BulkImport;
using ComplianceTracker.Api.Companies;
using ComplianceTracker.Api.Facts;
using ComplianceTracker.Api.Feed;
using ComplianceTracker.Api.Health;
using ComplianceTracker.Api.Impact;
using ComplianceTracker.Api.Instruments;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Obligations.Changes;
using ComplianceTracker.Api.Obligations.Questions;
using ComplianceTracker.Api.Parked;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Webhooks.Delivering;
using ComplianceTracker.Api.Webhooks.Endpoints;
using ComplianceTracker.Api.Webhooks.EventCatalogue;
using ComplianceTracker.Api.WhatIf;
using ComplianceTracker.Domain.Changes;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Explanations;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Search;
using ComplianceTracker.Domain.Vocabulary;
using ComplianceTracker.EventStore.Parking;

namespace ComplianceTracker.Api.Json;

/// <summary>How clients and the service write JSON: camelCase, kebab-case words, nothing unknown, nothing twice, nulls shown.</summary>
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(WriteResult))]
[JsonSerializable(typeof(RecordResult))]
[JsonSerializable(typeof(InstrumentBody))]
[JsonSerializable(typeof(InstrumentPage))]
[JsonSerializable(typeof(InstrumentDetail))]
[JsonSerializable(typeof(DevelopmentBody))]
[JsonSerializable(typeof(DevelopmentPage))]
[JsonSerializable(typeof(CompanyBody))]
[JsonSerializable(typeof(CompanyLineBody))]
[JsonSerializable(typeof(CompanyImportReport))]
[JsonSerializable(typeof(LineProblem))]
[JsonSerializable(typeof(CompanyAnswer))]
[JsonSerializable(typeof(CompanyPage))]
[JsonSerializable(typeof(FactPage))]
[JsonSerializable(typeof(FactDeclarationBody[]))]
[JsonSerializable(typeof(ObligationPage))]
[JsonSerializable(typeof(ObligationDetail))]
[JsonSerializable(typeof(QuestionPage))]
[JsonSerializable(typeof(ChangePage))]
[JsonSerializable(typeof(ImpactPage))]
[JsonSerializable(typeof(ImpactBody))]
[JsonSerializable(typeof(FactBody))]
[JsonSerializable(typeof(FactList))]
[JsonSerializable(typeof(FactDetail))]
[JsonSerializable(typeof(ConventionsAnswer))]
[JsonSerializable(typeof(ApplicabilityBody))]
[JsonSerializable(typeof(WhatIfPage))]
[JsonSerializable(typeof(EvaluateBody))]
[JsonSerializable(typeof(EvaluateAnswer))]
[JsonSerializable(typeof(CheckBody))]
[JsonSerializable(typeof(CheckAnswer))]
[JsonSerializable(typeof(EventPageBody))]
[JsonSerializable(typeof(CloudEventBody))]
[JsonSerializable(typeof(IReadOnlyList<CloudEventBody>))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(DeliveryPage))]
[JsonSerializable(typeof(DeliveryDetail))]
[JsonSerializable(typeof(ReplayBody))]
[JsonSerializable(typeof(ReplayAnswer))]
[JsonSerializable(typeof(ParkedPage))]
[JsonSerializable(typeof(ParkedLogPage))]
[JsonSerializable(typeof(SkipBody))]
[JsonSerializable(typeof(ReleaseAnswer))]
[JsonSerializable(typeof(EndpointBody))]
[JsonSerializable(typeof(EndpointPatchBody))]
[JsonSerializable(typeof(EndpointAnswer))]
[JsonSerializable(typeof(EndpointPage))]
[JsonSerializable(typeof(VerificationAnswer))]
[JsonSerializable(typeof(RotationBody))]
[JsonSerializable(typeof(RotationAnswer))]
[JsonSerializable(typeof(EndpointLogPage))]
[JsonSerializable(typeof(EventTypePage))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>The types with the rules of the API. <c>Default</c> lacks them: always go through here.</summary>
    public static ApiJson Types { get; } = new(CreateOptions());

    /// <summary>What is escaped: what JSON demands and nothing more.</summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions { TypeInfoResolver = new ApiJson() };
        Configure(options);
        return options;
    }

    /// <summary>Sets the rules of the API on options that others make (the OpenAPI document's among them).</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.RespectRequiredConstructorParameters = true;
        options.RespectNullableAnnotations = true;
        options.AllowDuplicateProperties = false;
        options.AllowOutOfOrderMetadataProperties = true;
        // Every level of a condition makes up to three steps of its trace, and every step two levels of JSON; what comes in is held to 64 before.
        options.MaxDepth = 8 * ConditionSyntax.MaxDepth;
        options.Encoder = Encoder;
        foreach (var converter in Converters())
        {
            options.Converters.Add(converter);
        }
    }

    private static IEnumerable<JsonConverter> Converters() =>
    [
        new LangTextConverter(),
        new DayConverter(),
        new InstantConverter(),
        new CalendarOffsetConverter(),
        new WordConverter<DevelopmentKind>(),
        new WordConverter<Confidence>(),
        new WordConverter<ObligationNature>(),
        new WordConverter<DutyKind>(),
        new WordConverter<FactType>(),
        new WordConverter<Stage>(),
        new WordConverter<Status>(),
        new WordConverter<Truth>(),
        new WordConverter<ConsequenceKind>(),
        new WordConverter<ConditionWarningKind>(),
        new WordConverter<Deed>(),
        new WordConverter<ChangeKind>(),
        new WordConverter<CauseKind>(),
        new WordConverter<DeliveryKind>(),
        new WordConverter<DeliveryState>(),
        new WordConverter<ParkedState>(),
        new WordConverter<ParkedAction>(),
        new WordConverter<EndpointState>(),
        new WordConverter<SearchField>(),
    ];
}
