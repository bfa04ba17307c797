using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using ComplianceTracker.Domain.Common;

namespace ComplianceTracker.Api.Json;

/// <summary>Language maps as JSON objects, <c>{"en": "…", "zh": "…"}</c>; a bare text is read as English.</summary>
internal sealed class LangTextConverter : JsonConverter<LangText>
{
    /// <inheritdoc/>
    public override LangText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return LangText.English(reader.GetString()!);
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A text is an object of texts by language, for example {\"en\": \"…\", \"zh\": \"…\"}.");
        }

        var texts = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var language = reader.GetString()!;
            reader.Read();
            if (language.Length is < 2 or > 35 || reader.TokenType != JsonTokenType.String)
            {
                throw new JsonException("A text is an object of texts by language tag, for example {\"en\": \"…\", \"zh\": \"…\"}.");
            }

            texts[language] = reader.GetString()!;
        }

        return texts.Count > 0
            ? new LangText(texts.ToImmutable())
            : throw new JsonException("A text holds at least one language.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, LangText value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (language, text) in value.ByLanguage)
        {
            writer.WriteString(language, text);
        }

        writer.WriteEndObject();
    }
}
