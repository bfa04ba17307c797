using System.Collections.Frozen;
using System.Text;
using System.Text.Unicode;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Requests;
using ComplianceTracker.Domain.Common;
using Microsoft.OpenApi;

namespace ComplianceTracker.Api.Problems;

/// <summary>Refuses, before any work is done, requests whose answer nobody could use or whose text nobody could keep.</summary>
internal static class RequestChecks
{
    // A client may send its clocks and its page with every call; where a call has no use for them they change nothing.
    private static readonly FrozenSet<string> Common =
        FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "asOf", "knownOn", "recordedAt", "position", "timeZone", "minPosition", "limit", "cursor");

    /// <summary>Adds the checks; routing must have chosen the endpoint by then.</summary>
    public static void UseRequestChecks(this WebApplication app) => app.Use((context, next) =>
    {
        SizeLimits.Check(context.Request);
        RefuseForbiddenText(context.Request);
        RefuseUnknownParameters(context);
        RefuseUnacceptable(context);
        return next(context);
    });

    // A mistyped knownOn that went unnoticed would be answered with today's knowledge, and taken for the past's.
    private static void RefuseUnknownParameters(HttpContext context)
    {
        if (context.Request.Query.Count == 0 || context.GetEndpoint() is not { } endpoint || !context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
        {
            return;
        }

        var declared = endpoint.Metadata.GetOrderedMetadata<ApiParameter>()
            .Where(p => p.In == ParameterLocation.Query)
            .Select(p => p.Name)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (context.Request.Query.Keys.FirstOrDefault(name => !declared.Contains(name) && !Common.Contains(name)) is { } unknown)
        {
            var nearest = Nearest.To(unknown, declared.Union(Common, StringComparer.OrdinalIgnoreCase));
            throw ApiProblem.BadParameter(unknown, $"'{unknown}' is not a parameter of this call{Hints.DidYouMean(nearest)}", nearest);
        }
    }

    private static void RefuseUnacceptable(HttpContext context)
    {
        var offered = Representation.Offered(context.GetEndpoint());
        if (offered.Count > 0 && Representation.Choose(context.Request, offered) is null)
        {
            throw new ApiProblem(ProblemTypes.NotAcceptable, $"'{context.Request.Headers.Accept}' accepts no representation there is: {string.Join(", ", offered)}.")
            {
                Parameter = "Accept",
                Expected = [..offered],
            };
        }
    }

    // U+0000 fits into no text of the database, and bytes that are no UTF-8 (lone surrogates among them) would silently become U+FFFD.
    private static void RefuseForbiddenText(HttpRequest request)
    {
        foreach (var pair in (request.QueryString.Value ?? "").TrimStart('?').Split('&'))
        {
            var bytes = Encoding.Latin1.GetBytes(pair).AsSpan();
            if (bytes.IndexOf((byte)'%') < 0)
            {
                continue;
            }

            var decoded = Decode(bytes);
            if (!Utf8.IsValid(decoded) || decoded.Contains((byte)0))
            {
                var name = Encoding.UTF8.GetString(Decode(bytes[..(bytes.IndexOf((byte)'=') is var at and >= 0 ? at : bytes.Length)]));
                throw ApiProblem.BadParameter(name, "The value holds U+0000 or bytes that are no UTF-8 text.");
            }
        }
    }

    private static byte[] Decode(ReadOnlySpan<byte> escaped)
    {
        var bytes = new List<byte>(escaped.Length);
        for (var i = 0; i < escaped.Length; i++)
        {
            var isEscape = escaped[i] == '%' && i + 2 < escaped.Length && char.IsAsciiHexDigit((char)escaped[i + 1]) && char.IsAsciiHexDigit((char)escaped[i + 2]);
            bytes.Add(isEscape ? Convert.ToByte(Encoding.Latin1.GetString(escaped.Slice(i + 1, 2)), 16) : escaped[i]);
            i += isEscape ? 2 : 0;
        }

        return [..bytes];
    }
}
