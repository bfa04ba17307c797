using System.Net;

namespace ComplianceTracker.Api.Hosting;

/// <summary>
/// The service has no access control yet, so whoever reaches it may read and change everything: it binds to loopback and
/// refuses anything else.
/// </summary>
internal static class Loopback
{
    /// <summary>The configured address that is not loopback, or null: all are.</summary>
    public static string? FirstOutside(IConfiguration configuration)
    {
        var urls = (configuration["urls"] ?? ServiceSettings.DefaultUrls).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"]).OfType<string>();
        return urls.Concat(endpoints).FirstOrDefault(url => !IsLoopback(url));
    }

    /// <summary>True when the URL names a loopback address.</summary>
    public static bool IsLoopback(string url)
    {
        var host = Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.Host.Trim('[', ']') : "";
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
    }
}
