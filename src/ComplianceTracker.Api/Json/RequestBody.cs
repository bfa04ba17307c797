using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.EventStore;
using Microsoft.Net.Http.Headers;

namespace ComplianceTracker.Api.Json;

/// <summary>Reads JSON bodies strictly and says what is wrong with a bad one.</summary>
internal static class RequestBody
{
    /// <summary>The body as the type asked for.</summary>
    /// <exception cref="ApiProblem">It is no JSON, too large, or does not say what it must.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : notnull
    {
        // JSON between systems is UTF-8 (RFC 8259); another declared charset would be read as what it is not.
        if (!context.Request.HasJsonContentType()
            || (MediaTypeHeaderValue.Parse(context.Request.ContentType).Charset.Value?.Trim('"') is { Length: > 0 } charset
                && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
        {
            throw new ApiProblem(ProblemTypes.UnsupportedMediaType, "The body must be JSON in UTF-8: send Content-Type: application/json.") { Parameter = "Content-Type" };
        }

        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var bytes = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        return Read(bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes, type);
    }

    /// <summary>The text as the type asked for.</summary>
    /// <exception cref="ApiProblem">It is no JSON, or does not say what it must.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> json, JsonTypeInfo<T> type)
        where T : notnull
    {
        using var document = Parse(json);
        if (NullItem(document.RootElement, "") is { } pointer)
        {
            throw new ApiProblem(ProblemTypes.InvalidBody, "An item of a list must not be null.") { Pointer = pointer };
        }

        try
        {
            return JsonSerializer.Deserialize(json.Span, type)
                ?? throw new ApiProblem(ProblemTypes.InvalidBody, "The body must not be null.") { Pointer = "" };
        }
        catch (JsonException e)
        {
            throw JsonErrors.Invalid(e.Message, e.Path, type, document.RootElement);
        }
        catch (NotSupportedException e)
        {
            // How the serializer says that an object without its discriminator has no type.
            throw JsonErrors.Invalid(e.Message, null, type, document.RootElement);
        }
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            // Before anything else asks for the texts: a lone surrogate is none.
            if (JsonText.FindForbidden(json.Span) is { } forbidden)
            {
                throw new ApiProblem(ProblemTypes.ForbiddenText, $"The body holds {forbidden}.") { Pointer = forbidden.Pointer };
            }

            return JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 64 });
        }
        catch (JsonException e)
        {
            throw new ApiProblem(ProblemTypes.MalformedBody, JsonErrors.Malformed(e));
        }
    }

    // The serializer does not hold list items against their type's nullability, and no list of a request takes null.
    private static string? NullItem(JsonElement json, string pointer)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                return json.EnumerateObject().Select(m => NullItem(m.Value, $"{pointer}/{JsonErrors.Escape(m.Name)}")).FirstOrDefault(p => p is not null);
            case JsonValueKind.Array:
                return json.EnumerateArray()
                    .Select((item, i) => item.ValueKind == JsonValueKind.Null ? $"{pointer}/{i}" : NullItem(item, $"{pointer}/{i}"))
                    .FirstOrDefault(p => p is not null);
            default:
                return null;
        }
    }
}
