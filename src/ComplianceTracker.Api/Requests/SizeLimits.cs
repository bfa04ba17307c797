using ComplianceTracker.Api.Problems;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Primitives;

namespace ComplianceTracker.Api.Requests;

/// <summary>
/// How large a request may be before anything of it is read. The server's own limits lie a little higher: past them it answers by
/// itself, without a problem.
/// </summary>
internal static class SizeLimits
{
    /// <summary>The largest body, in bytes.</summary>
    public const int Body = 1024 * 1024;

    /// <summary>The longest path with its query, in characters as sent.</summary>
    public const int Target = 8192;

    /// <summary>The most parameters of a query, repetitions included.</summary>
    public const int Parameters = 100;

    /// <summary>The most values that one parameter lists, repeated or separated by commas.</summary>
    public const int ListedValues = 100;

    /// <summary>The most entries of a header that lists several.</summary>
    public const int HeaderEntries = 50;

    /// <summary>The largest headers, names and values together, in characters.</summary>
    public const int Headers = 16 * 1024;

    private const int HeaderLines = 100;

    private static readonly string[] Lists = ["Accept", "If-Match", "If-None-Match", "Prefer"];

    /// <summary>The limits of the server itself.</summary>
    public static void Set(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = Body;
        limits.MaxRequestLineSize = 2 * Target;
        limits.MaxRequestHeadersTotalSize = 2 * Headers;
        limits.MaxRequestHeaderCount = 2 * HeaderLines;
    }

    /// <summary>Refuses a request that is larger than it may be.</summary>
    /// <exception cref="ApiProblem">It is.</exception>
    public static void Check(HttpRequest request)
    {
        var target = request.Path.Value!.Length + request.QueryString.Value!.Length;
        if (target > Target)
        {
            throw new ApiProblem(ProblemTypes.UriTooLong, $"The path and the query have at most {Target} characters together; these have {target}.");
        }

        if (request.QueryString.Value.Count('&') >= Parameters)
        {
            throw ApiProblem.BadParameter("query", $"A query has at most {Parameters} parameters, repetitions included.");
        }

        CheckHeaders(request.Headers);
    }

    /// <summary>Refuses a parameter that lists too many values.</summary>
    /// <exception cref="ApiProblem">It does.</exception>
    public static string[] CheckListed(string parameter, string[] values) => values.Length <= ListedValues
        ? values
        : throw ApiProblem.BadParameter(parameter, $"'{parameter}' lists at most {ListedValues} values; these are {values.Length}.");

    private static void CheckHeaders(IHeaderDictionary headers)
    {
        var size = 0;
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                size += name.Length + (value?.Length ?? 0);
            }
        }

        if (size > Headers || headers.Count > HeaderLines)
        {
            throw new ApiProblem(
                ProblemTypes.HeadersTooLarge,
                $"A request has at most {HeaderLines} headers of at most {Headers} characters together; this one has {headers.Count} of {size}.");
        }

        foreach (var name in Lists)
        {
            if (Entries(headers[name]) > HeaderEntries)
            {
                throw ApiProblem.BadParameter(name, $"'{name}' has at most {HeaderEntries} entries.");
            }
        }
    }

    private static int Entries(StringValues values)
    {
        var entries = values.Count;
        foreach (var value in values)
        {
            entries += value.AsSpan().Count(',');
        }

        return entries;
    }
}
