using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ComplianceTracker.Api.Feed;

/// <summary>
/// Under which address others reach the service: the setting <c>PublicUrl</c>, for a service behind a proxy; else the one that a
/// request came to; else the first that the service listens on.
/// </summary>
internal sealed class PublicUrl(Uri? configured, Func<string?> bound)
{
    /// <summary>The address of the configuration.</summary>
    /// <exception cref="InvalidOperationException">It is no absolute http or https URL.</exception>
    public static Uri? From(IConfiguration configuration) => configuration["PublicUrl"] switch
    {
        null or "" => null,
        var text when Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Query.Length + url.Fragment.Length == 0 => url,
        var text => throw new InvalidOperationException($"PublicUrl is the address of the service such as https://compliance.example.com, not '{text}'."),
    };

    /// <summary>The first address that the server listens on, or null: it does not listen.</summary>
    public static string? BoundOf(IServer server) => server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();

    /// <summary>The address without a slash at its end.</summary>
    /// <param name="request">The request that is answered, or null: there is none.</param>
    public string Of(HttpRequest? request) =>
        (configured?.AbsoluteUri
            ?? (request is { Host.HasValue: true } ? $"{request.Scheme}://{request.Host}" : null)
            ?? bound()
            ?? "http://localhost").TrimEnd('/');
}
