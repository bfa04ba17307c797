using System.Text.Json;
using System.Text.Json.Serialization;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.Json;

/// <summary>
/// Fact values as events store them, with their type: <c>{"type": "string-set", "value": ["CN"], "completeTo": 195}</c>.
/// Clients see the bare values: <see cref="PlainFacts"/>.
/// </summary>
internal sealed class FactValueConverter : JsonConverter<FactValue>
{
    /// <inheritdoc/>
    public override FactValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var value = document.RootElement.GetProperty("value");
        return document.RootElement.GetProperty("type").GetString() switch
        {
            "bool" => new BoolValue(value.GetBoolean()),
            "int" => new IntValue(value.GetInt64()),
            "double" => new DoubleValue(value.GetDouble()),
            "string" => new StringValue(value.GetString()!),
            "date" => DayConverter.TryParse(value.GetString(), out var day) ? new DateValue(day) : throw new JsonException("Not a day."),
            "string-set" => SetValue.Complete(value.EnumerateArray().Select(v => v.GetString()!)) with
            {
                CompleteTo = document.RootElement.GetProperty("completeTo").GetInt64(),
            },
            var other => throw new JsonException($"No fact has the type '{other}'."),
        };
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, FactValue value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("type", Domain.Common.Words.Of(value.Type));
        writer.WritePropertyName("value");
        PlainFacts.Write(writer, value);
        if (value is SetValue set)
        {
            writer.WriteNumber("completeTo", set.CompleteTo);
        }

        writer.WriteEndObject();
    }
}
