using System.Text.Json;
using System.Text.Json.Serialization;
using ComplianceTracker.Domain.Common;

namespace ComplianceTracker.Api.Json;

/// <summary>Calendar offsets as ISO 8601 durations.</summary>
internal sealed class CalendarOffsetConverter : JsonConverter<CalendarOffset>
{
    /// <inheritdoc/>
    public override CalendarOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && CalendarOffset.TryParse(reader.GetString(), out var offset)
            ? offset
            : throw new JsonException("The value is not an ISO 8601 duration of years, months, weeks and days such as P6M.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, CalendarOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
