using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace ComplianceTracker.EventStore;

/// <summary>
/// Finds in texts what PostgreSQL's <c>jsonb</c> and <c>text</c> refuse although JSON allows it: U+0000 and lone surrogates.
/// </summary>
public static class JsonText
{
    /// <summary>The first forbidden character of a plain text, or null.</summary>
    public static ForbiddenText? FindForbidden(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Check(text) is { } kind ? new ForbiddenText(kind, "") : null;
    }

    /// <summary>The first forbidden character of a JSON value, in its names and texts, escaped or not; null when there is none.</summary>
    /// <param name="utf8Json">One JSON value in UTF-8.</param>
    /// <exception cref="JsonException">The text needs a close look and is not JSON. Malformed JSON without escapes is not noticed.</exception>
    public static ForbiddenText? FindForbidden(ReadOnlySpan<byte> utf8Json)
    {
        if (!Utf8.IsValid(utf8Json))
        {
            return new ForbiddenText(ForbiddenTextKind.InvalidUtf8, "");
        }

        // Valid UTF-8 holds no surrogates, and JSON no raw U+0000: only an escape can bring one in.
        return utf8Json.IndexOf("\\u"u8) < 0 ? null : Walk(utf8Json);
    }

    private static ForbiddenText? Walk(ReadOnlySpan<byte> utf8Json)
    {
        var reader = new Utf8JsonReader(utf8Json, new JsonReaderOptions { MaxDepth = 1000 });
        var path = new Stack<Step>();
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    if (CheckEscapes(reader.ValueSpan) is { } inName)
                    {
                        return new ForbiddenText(inName, Pointer(path, skipInnermost: true));
                    }

                    path.Peek().Name = reader.GetString()!;
                    break;
                case JsonTokenType.String when CheckEscapes(reader.ValueSpan) is { } inValue:
                    return new ForbiddenText(inValue, Pointer(path, skipInnermost: false));
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    path.Push(new Step { IsArray = reader.TokenType == JsonTokenType.StartArray });
                    continue;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    path.Pop();
                    break;
            }

            if (reader.TokenType != JsonTokenType.PropertyName && path.TryPeek(out var parent))
            {
                parent.Index++;
            }
        }

        return null;
    }

    private static ForbiddenTextKind? CheckEscapes(ReadOnlySpan<byte> escaped)
    {
        if (escaped.IndexOf((byte)'\\') < 0)
        {
            return null;
        }

        // Utf8JsonReader throws on a lone surrogate when asked for the text, so the escapes are resolved by hand.
        var text = new StringBuilder();
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '\\')
            {
                text.Append('.');
            }
            else if (escaped[++i] == 'u')
            {
                text.Append((char)Convert.ToUInt16(Encoding.ASCII.GetString(escaped.Slice(i + 1, 4)), 16));
                i += 4;
            }
            else
            {
                text.Append('.');
            }
        }

        return Check(text.ToString());
    }

    private static ForbiddenTextKind? Check(string text)
    {
        // Every text of every append comes by here; hardly one has a surrogate.
        if (!text.AsSpan().ContainsAnyInRange('\ud800', '\udfff'))
        {
            return text.Contains('\0') ? ForbiddenTextKind.Null : null;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0')
            {
                return ForbiddenTextKind.Null;
            }

            if (char.IsSurrogate(text[i]))
            {
                if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                {
                    return ForbiddenTextKind.LoneSurrogate;
                }

                i++;
            }
        }

        return null;
    }

    private static string Pointer(Stack<Step> path, bool skipInnermost) =>
        string.Concat(path.Skip(skipInnermost ? 1 : 0).Reverse()
            .Select(s => "/" + (s.IsArray ? s.Index.ToString() : s.Name.Replace("~", "~0").Replace("/", "~1"))));

    private sealed class Step
    {
        public bool IsArray { get; init; }

        public int Index { get; set; }

        public string Name { get; set; } = "";
    }
}
