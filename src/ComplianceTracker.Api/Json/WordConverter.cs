using System.Text.Json;
using System.Text.Json.Serialization;
using ComplianceTracker.Domain.Common;

namespace ComplianceTracker.Api.Json;

/// <summary>Enumerations as their kebab-case words; anything else is refused with the words there are.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
internal sealed class WordConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Words.TryParse<T>(reader.GetString(), out var value)
            ? value
            : throw new JsonException($"The value is not one of: {string.Join(", ", Words.All<T>())}.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Words.Of(value));
}
