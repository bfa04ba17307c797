using System.Globalization;
using ComplianceTracker.Api.Problems;
using Microsoft.Net.Http.Headers;

namespace ComplianceTracker.Api.Storage;

/// <summary>What a write expects of the version it changes, from <c>If-Match</c>. Versions are strong ETags: <c>"7"</c>.</summary>
internal sealed class Preconditions
{
    private readonly HashSet<long>? versions;

    private Preconditions(bool isGiven, HashSet<long>? versions) => (IsGiven, this.versions) = (isGiven, versions);

    /// <summary>True when the request has an <c>If-Match</c>.</summary>
    public bool IsGiven { get; }

    /// <summary>The expectations of a request.</summary>
    public static Preconditions From(HttpRequest request)
    {
        var header = request.Headers.IfMatch;
        if (header.Count == 0)
        {
            return new Preconditions(false, null);
        }

        if (!EntityTagHeaderValue.TryParseStrictList(header.OfType<string>().ToList(), out var tags))
        {
            throw ApiProblem.BadParameter("If-Match", $"'{header}' is neither * nor a list of ETags such as \"7\".");
        }

        return tags.Any(t => t.Tag == "*")
            ? new Preconditions(true, null)
            : new Preconditions(true, [..tags.Where(t => !t.IsWeak).Select(Version)]);
    }

    /// <summary>Holds the current version against the expectations.</summary>
    /// <exception cref="ApiProblem">They do not hold.</exception>
    public void Check(long current)
    {
        if (!IsGiven || (versions is null && current > 0) || versions?.Contains(current) == true)
        {
            return;
        }

        throw new ApiProblem(
            ProblemTypes.PreconditionFailed,
            current == 0 ? "It does not exist, so no version of it matches." : $"It is at version {current} now, which If-Match does not name.");
    }

    /// <summary>The ETag of a version.</summary>
    public static string ETag(long version) => $"\"{version}\"";

    private static long Version(EntityTagHeaderValue tag) =>
        long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1;
}
