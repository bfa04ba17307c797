using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Webhooks.Endpoints;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.Storage;

/// <summary>
/// How events are written as JSON. What is written is there for ever: a change here needs a new stored name and a step from the old.
/// </summary>
[JsonSerializable(typeof(FactDefined))]
[JsonSerializable(typeof(FactValuesAdded))]
[JsonSerializable(typeof(FactReworded))]
[JsonSerializable(typeof(ConventionsSet))]
[JsonSerializable(typeof(InstrumentRegistered))]
[JsonSerializable(typeof(DevelopmentRecorded))]
[JsonSerializable(typeof(CompanyRegistered))]
[JsonSerializable(typeof(CompanyReplaced))]
[JsonSerializable(typeof(FactsDeclared))]
[JsonSerializable(typeof(CompanyWasArchived))]
[JsonSerializable(typeof(EndpointTest))]
[JsonSerializable(typeof(EndpointChallenge))]
[JsonSerializable(typeof(EndpointFailing))]
[JsonSerializable(typeof(EndpointRecovered))]
[JsonSerializable(typeof(EndpointDisabled))]
[JsonSerializable(typeof(ConsequenceRecorded))]
[JsonSerializable(typeof(ClockAdvanced))]
[JsonSerializable(typeof(DefineEffect))]
[JsonSerializable(typeof(ProposeEffect))]
[JsonSerializable(typeof(LapseEffect))]
[JsonSerializable(typeof(EnactEffect))]
[JsonSerializable(typeof(ReviseEffect))]
[JsonSerializable(typeof(RescheduleEffect))]
[JsonSerializable(typeof(RenumberEffect))]
[JsonSerializable(typeof(SuspendEffect))]
[JsonSerializable(typeof(LiftEffect))]
[JsonSerializable(typeof(PauseEnforcementEffect))]
[JsonSerializable(typeof(ResumeEnforcementEffect))]
[JsonSerializable(typeof(EndEffect))]
[JsonSerializable(typeof(ImmutableArray<FactDeclaration>))]
internal sealed partial class StoredJson : JsonSerializerContext
{
    // A context makes itself the resolver of options it is given, without modifiers: the options must stand apart from it.
    private static readonly JsonSerializerOptions Rules = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        // jsonb orders members by its own rules, so a discriminator may come last.
        AllowOutOfOrderMetadataProperties = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new StoredJson().WithAddedModifier(NameEffects).WithAddedModifier(LeaveOutComputed),
        Converters =
        {
            new LangTextConverter(),
            new DayConverter(),
            new FactValueConverter(),
            new CalendarOffsetConverter(),
            new WordConverter<DevelopmentKind>(),
            new WordConverter<Confidence>(),
            new WordConverter<ObligationNature>(),
            new WordConverter<DutyKind>(),
            new WordConverter<FactType>(),
            new InstantConverter(),
            new WordConverter<ConsequenceKind>(),
            new WordConverter<Status>(),
            new WordConverter<Stage>(),
            new WordConverter<Truth>(),
        },
    };

    /// <summary>The type with the rules of the store. <c>Default</c> lacks them: always go through here.</summary>
    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Rules.GetTypeInfo(typeof(T));

    private static void NameEffects(JsonTypeInfo type)
    {
        if (type.Type != typeof(Effect))
        {
            return;
        }

        type.PolymorphismOptions = new JsonPolymorphismOptions
        {
            TypeDiscriminatorPropertyName = "kind",
            UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization,
            DerivedTypes =
            {
                new JsonDerivedType(typeof(DefineEffect), "define"),
                new JsonDerivedType(typeof(ProposeEffect), "propose"),
                new JsonDerivedType(typeof(LapseEffect), "lapse"),
                new JsonDerivedType(typeof(EnactEffect), "enact"),
                new JsonDerivedType(typeof(ReviseEffect), "revise"),
                new JsonDerivedType(typeof(RescheduleEffect), "reschedule"),
                new JsonDerivedType(typeof(RenumberEffect), "renumber"),
                new JsonDerivedType(typeof(SuspendEffect), "suspend"),
                new JsonDerivedType(typeof(LiftEffect), "lift"),
                new JsonDerivedType(typeof(PauseEnforcementEffect), "pause-enforcement"),
                new JsonDerivedType(typeof(ResumeEnforcementEffect), "resume-enforcement"),
                new JsonDerivedType(typeof(EndEffect), "end"),
            },
        };
    }

    // What follows from other members is not stored twice.
    private static void LeaveOutComputed(JsonTypeInfo type)
    {
        if (type.Kind == JsonTypeInfoKind.Object)
        {
            foreach (var computed in type.Properties.Where(p => p is { Set: null, AssociatedParameter: null }).ToList())
            {
                type.Properties.Remove(computed);
            }
        }
    }
}
