using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ComplianceTracker.Api.Json;

/// <summary>Days as <c>YYYY-MM-DD</c>, nothing else.</summary>
internal sealed class DayConverter : JsonConverter<DateOnly>
{
    /// <inheritdoc/>
    public override DateOnly Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && TryParse(reader.GetString(), out var day)
            ? day
            : throw new JsonException("The value is not a day that exists, written YYYY-MM-DD.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateOnly value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    /// <summary>Reads a day written <c>YYYY-MM-DD</c>.</summary>
    public static bool TryParse(string? text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
}
