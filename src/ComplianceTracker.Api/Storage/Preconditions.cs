using System.Globalization;
using ComplianceTracker.Api.Document;
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

    /// <summary>True when the client has this version already and asked for another one with <c>If-None-Match</c>.</summary>
    public static bool IsNotModified(HttpRequest request, long version) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch.OfType<string>().ToList(), out var tags)
        && tags.Any(t => t.Tag == "*" || Version(t) == version);

    /// <summary>The ETag of a version.</summary>
    public static string ETag(long version) => $"\"{version}\"";

    private static long Version(EntityTagHeaderValue tag) =>
        long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1;
}

/// <summary>The headers that <see cref="Preconditions"/> reads, for the OpenAPI document.</summary>
internal static class PreconditionParameters
{
    private static readonly ApiParameter IfMatch = ApiParameter.Header(
        "If-Match", "Go ahead only if this is still the version: the `ETag` of the last read, or `*` for any.", ApiParameter.Text) with { Form = "\"1\"" };

    private static readonly ApiParameter IfNoneMatch = ApiParameter.Header(
        "If-None-Match", "The `ETag` of the version at hand: 304 if it is still the one.", ApiParameter.Text) with { Form = "\"1\"" };

    /// <summary>Says that a write may name the version it changes.</summary>
    public static RouteHandlerBuilder WithIfMatch(this RouteHandlerBuilder builder) => builder
        .WithParameters(IfMatch)
        .WithProblems(ProblemTypes.InvalidParameter, ProblemTypes.PreconditionFailed, ProblemTypes.ConcurrentChange);

    /// <summary>Says that changing what exists needs its version.</summary>
    public static RouteHandlerBuilder WithIfMatchNeeded(this RouteHandlerBuilder builder) => builder
        .WithIfMatch()
        .WithProblems(ProblemTypes.PreconditionRequired);

    /// <summary>Says that a read may name the version that the client has.</summary>
    public static RouteHandlerBuilder WithIfNoneMatch(this RouteHandlerBuilder builder) => builder
        .WithParameters(IfNoneMatch)
        .Produces(StatusCodes.Status304NotModified);
}
