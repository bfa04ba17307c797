using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.Json;

/// <summary>Fact values as clients write and read them: bare JSON values, null for unknown.</summary>
internal static class PlainFacts
{
    /// <summary>
    /// The value as JSON shows it, not yet held against a fact's type: numbers without fraction are whole, texts are texts,
    /// lists of texts are sets. Anything else (objects, nested lists) gives false.
    /// </summary>
    public static bool TryRead(JsonElement json, out FactValue? value)
    {
        value = json.ValueKind switch
        {
            JsonValueKind.True => new BoolValue(true),
            JsonValueKind.False => new BoolValue(false),
            JsonValueKind.Number when json.TryGetInt64(out var whole) => new IntValue(whole),
            JsonValueKind.Number when json.TryGetDouble(out var number) && double.IsFinite(number) => new DoubleValue(number),
            JsonValueKind.String => new StringValue(json.GetString()!),
            JsonValueKind.Array when json.EnumerateArray().All(i => i.ValueKind == JsonValueKind.String) =>
                SetValue.Complete(json.EnumerateArray().Select(i => i.GetString()!)),
            _ => null,
        };
        return value is not null || json.ValueKind == JsonValueKind.Null;
    }

    /// <summary>Writes the bare value.</summary>
    public static void Write(Utf8JsonWriter writer, FactValue value)
    {
        switch (value)
        {
            case BoolValue v:
                writer.WriteBooleanValue(v.Value);
                break;
            case IntValue v:
                writer.WriteNumberValue(v.Value);
                break;
            case DoubleValue v:
                writer.WriteNumberValue(v.Value);
                break;
            case StringValue v:
                writer.WriteStringValue(v.Value);
                break;
            case DateValue v:
                writer.WriteStringValue(v.Value.ToString("yyyy-MM-dd"));
                break;
            case SetValue v:
                writer.WriteStartArray();
                foreach (var member in v.Values)
                {
                    writer.WriteStringValue(member);
                }

                writer.WriteEndArray();
                break;
            default:
                throw new InvalidOperationException($"No JSON for {value.GetType().Name}.");
        }
    }

    /// <summary>The bare value as a node; null for unknown.</summary>
    public static JsonNode? ToNode(FactValue? value) => value switch
    {
        null => null,
        BoolValue v => JsonValue.Create(v.Value),
        IntValue v => JsonValue.Create(v.Value),
        DoubleValue v => JsonValue.Create(v.Value),
        StringValue v => JsonValue.Create(v.Value),
        DateValue v => JsonValue.Create(v.Value.ToString("yyyy-MM-dd")),
        SetValue v => new JsonArray([..v.Values.Select(m => (JsonNode?)JsonValue.Create(m))]),
        _ => throw new InvalidOperationException($"No JSON for {value.GetType().Name}."),
    };
}
