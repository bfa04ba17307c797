using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace ComplianceTracker.Api.Json;

/// <summary>Chooses the media type of an answer from those an endpoint has, as the request's <c>Accept</c> asks.</summary>
internal static class Representation
{
    /// <summary>The media types of the endpoint's successful answers; empty where it does not say.</summary>
    public static IReadOnlyList<string> Offered(Endpoint? endpoint) =>
        [..(endpoint?.Metadata.OfType<IProducesResponseTypeMetadata>() ?? []).Where(p => p.StatusCode is >= 200 and < 300).SelectMany(p => p.ContentTypes).Distinct()];

    /// <summary>
    /// The media type the client prefers, the first offered where it has no preference, or null: it accepts none of them. A
    /// missing or unreadable <c>Accept</c> accepts everything.
    /// </summary>
    public static string? Choose(HttpRequest request, IReadOnlyList<string> offered) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept.OfType<string>().ToList(), out var accepted) && accepted.Count > 0
            ? offered
                .Select(mediaType => (MediaType: mediaType, Range: MostSpecific(accepted, mediaType)))
                .Where(c => c.Range is not null && (c.Range.Quality ?? 1) > 0)
                .OrderByDescending(c => c.Range!.Quality ?? 1)
                .ThenByDescending(c => Specificity(c.Range!))
                .Select(c => c.MediaType)
                .FirstOrDefault()
            : offered[0];

    private static MediaTypeHeaderValue? MostSpecific(IEnumerable<MediaTypeHeaderValue> accepted, string mediaType) =>
        accepted.Where(range => Matches(range, new MediaTypeHeaderValue(mediaType))).MaxBy(Specificity);

    // Parameters such as charset=utf-8 say nothing that our JSON does not keep to.
    private static bool Matches(MediaTypeHeaderValue range, MediaTypeHeaderValue mediaType) =>
        range.MatchesAllTypes
        || (range.Type.Equals(mediaType.Type, StringComparison.OrdinalIgnoreCase)
            && (range.MatchesAllSubTypes || range.SubType.Equals(mediaType.SubType, StringComparison.OrdinalIgnoreCase)));

    private static int Specificity(MediaTypeHeaderValue range) => range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2;
}
