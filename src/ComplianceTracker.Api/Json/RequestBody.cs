using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Json;

/// <summary>Reads JSON bodies strictly and says what is wrong with a bad one.</summary>
internal static class RequestBody
{
    /// <summary>The body as the type asked for.</summary>
    /// <exception cref="ApiProblem">It is no JSON, too large, or does not say what it must.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : notnull
    {
        if (!context.Request.HasJsonContentType())
        {
            throw new ApiProblem(ProblemTypes.UnsupportedMediaType, "The body must be JSON: send Content-Type: application/json.");
        }

        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        return Read(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), type);
    }

    /// <summary>The text as the type asked for.</summary>
    /// <exception cref="ApiProblem">It is no JSON, or does not say what it must.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> json, JsonTypeInfo<T> type)
        where T : notnull
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 64 });
        }
        catch (JsonException e)
        {
            throw new ApiProblem(ProblemTypes.MalformedBody, JsonErrors.Malformed(e));
        }

        if (JsonText.FindForbidden(json.Span) is { } forbidden)
        {
            throw new ApiProblem(ProblemTypes.ForbiddenText, $"{forbidden}.");
        }

        try
        {
            return JsonSerializer.Deserialize(json.Span, type)
                ?? throw new ApiProblem(ProblemTypes.InvalidBody, "The body must not be null.") { Pointer = "" };
        }
        catch (JsonException e)
        {
            throw JsonErrors.Invalid(e, type);
        }
        catch (NotSupportedException e)
        {
            // An object of several kinds that does not name its kind.
            throw JsonErrors.Invalid(e, type);
        }
    }
}
