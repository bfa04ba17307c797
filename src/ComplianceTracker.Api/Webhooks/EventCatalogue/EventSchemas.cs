using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Webhooks.Endpoints;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Api.Webhooks.EventCatalogue;

/// <summary>JSON Schemas (2020-12) of whole CloudEvents, their data made of the types that are stored. Members may be added later.</summary>
internal static class EventSchemas
{
    /// <summary>The only version of every type so far.</summary>
    public const string Version = "1";

    private const string DataAt = "#/properties/data";

    private static readonly JsonSchemaExporterOptions Options = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Typed };

    private static readonly ImmutableDictionary<Type, Func<JsonObject>> Written = new Dictionary<Type, Func<JsonObject>>
    {
        [typeof(LangText)] = () => new JsonObject
        {
            ["type"] = "object",
            ["description"] = "A text by language tag.",
            ["minProperties"] = 1,
            ["additionalProperties"] = new JsonObject { ["type"] = "string" },
        },
        [typeof(DateOnly)] = () => Text("date"),
        [typeof(DateTimeOffset)] = () => Text("date-time"),
        [typeof(Guid)] = () => Text("uuid"),
        [typeof(CalendarOffset)] = () => Text("duration"),
        [typeof(DevelopmentKind)] = WordsOf<DevelopmentKind>,
        [typeof(Confidence)] = WordsOf<Confidence>,
        [typeof(ObligationNature)] = WordsOf<ObligationNature>,
        [typeof(DutyKind)] = WordsOf<DutyKind>,
        [typeof(ConsequenceKind)] = WordsOf<ConsequenceKind>,
        [typeof(Status)] = WordsOf<Status>,
        [typeof(Stage)] = WordsOf<Stage>,
        [typeof(Truth)] = WordsOf<Truth>,
    }.ToImmutableDictionary();

    /// <summary>The schema of the whole event of a type.</summary>
    /// <param name="type">The type, without version.</param>
    /// <param name="address">Where the schema is served.</param>
    public static JsonObject Of(string type, string address) => new()
    {
        ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
        ["$id"] = address,
        ["title"] = type,
        ["description"] = EventDescriptions.ByType[type],
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["specversion"] = new JsonObject { ["const"] = "1.0" },
            ["id"] = Described("The event's id, also the webhook-id: the same on every attempt and replay.", Text("uuid")),
            ["source"] = Text("uri-reference"),
            ["type"] = new JsonObject { ["const"] = type },
            ["subject"] = Described("What it is about.", Text(null)),
            ["time"] = Described("When it was recorded.", Text("date-time")),
            ["datacontenttype"] = new JsonObject { ["const"] = "application/json" },
            ["dataschema"] = Described("The address of this schema.", Text("uri")),
            ["dataversion"] = new JsonObject { ["const"] = Version },
            ["sequence"] = Described("Its place among the deliveries to the endpoint about the same subject; in the log's own feed, the log position.", Number()),
            ["streamversion"] = Number(),
            ["traceparent"] = Text(null),
            ["data"] = DataOf(type),
            ["dataref"] = Described("Where the data are, when the event with them would be longer than 64 KiB; it is delivered without them then.", Text("uri")),
        },
        ["required"] = new JsonArray("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "dataversion", "sequence", "streamversion"),
        ["oneOf"] = new JsonArray(new JsonObject { ["required"] = new JsonArray("data") }, new JsonObject { ["required"] = new JsonArray("dataref") }),
    };

    private static JsonNode DataOf(string type)
    {
        var data = InfoOf(type).GetJsonSchemaAsNode(Options);
        Repoint(data);
        var (at, kind) = type.Split('.', 2) is ["instrument", var development] ? (data["properties"]!["development"], development)
            : type.Split('.', 2) is ["obligation", var consequence] ? (data, consequence)
            : (null, "");
        if (at is not null)
        {
            at["properties"]!["kind"] = new JsonObject { ["const"] = kind };
        }

        return data;
    }

    private static JsonTypeInfo InfoOf(string type) => type switch
    {
        EventNames.Test => StoredJson.Of<EndpointTest>(),
        EventNames.Challenge => StoredJson.Of<EndpointChallenge>(),
        EventNames.Failing => StoredJson.Of<EndpointFailing>(),
        EventNames.Recovered => StoredJson.Of<EndpointRecovered>(),
        EventNames.Disabled => StoredJson.Of<EndpointDisabled>(),
        _ => type.StartsWith("instrument.", StringComparison.Ordinal) ? StoredJson.Of<DevelopmentRecorded>() : StoredJson.Of<ConsequenceRecorded>(),
    };

    // The exporter knows nothing of what our converters write.
    private static JsonNode Typed(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = context.TypeInfo.Type;
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        if (!Written.TryGetValue(bare, out var written))
        {
            return schema;
        }

        var typed = written();
        var nullable = bare != type || context.PropertyInfo is { IsGetNullable: true } or { IsSetNullable: true };
        if (nullable)
        {
            typed["type"] = new JsonArray(typed["type"]!.DeepClone(), "null");
            if (typed["enum"] is JsonArray words)
            {
                words.Add(null);
            }
        }

        return typed;
    }

    // Where a type stands twice the exporter refers to the first place, counted from the data's root.
    private static void Repoint(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                if (members["$ref"] is JsonValue reference && reference.GetValue<string>() is ['#', ..] at)
                {
                    members["$ref"] = DataAt + at[1..];
                }

                foreach (var (_, member) in members)
                {
                    Repoint(member);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    Repoint(item);
                }

                break;
        }
    }

    private static JsonObject Text(string? format) => format is null
        ? new JsonObject { ["type"] = "string" }
        : new JsonObject { ["type"] = "string", ["format"] = format };

    private static JsonObject Number() => new() { ["type"] = "string", ["pattern"] = "^[0-9]+$" };

    private static JsonObject Described(string description, JsonObject schema)
    {
        schema.Insert(0, "description", description);
        return schema;
    }

    private static JsonObject WordsOf<T>()
        where T : struct, Enum => new()
        {
            ["type"] = "string",
            ["enum"] = new JsonArray([..Words.All<T>().Select(word => JsonValue.Create(word))]),
        };
}
