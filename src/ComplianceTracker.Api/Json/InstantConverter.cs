using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ComplianceTracker.Api.Json;

/// <summary>
/// Instants in UTC as RFC 3339 writes them with <c>Z</c> and six digits: a <c>+</c> would become a blank when a client puts the
/// instant into a query as it is.
/// </summary>
internal sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var instant)
            ? instant.ToUniversalTime()
            : throw new JsonException("The value is not an RFC 3339 instant such as 2026-11-21T08:00:00Z.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
}
