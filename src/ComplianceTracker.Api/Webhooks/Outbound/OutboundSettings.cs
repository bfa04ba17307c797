using System.Collections.Immutable;
using System.Net;
using ComplianceTracker.Api.Feed;

namespace ComplianceTracker.Api.Webhooks.Outbound;

/// <summary>Where deliveries may go and how they name themselves: the section <c>Webhooks</c> of the configuration.</summary>
internal sealed record OutboundSettings
{
    /// <summary>The private networks that the operator means to reach, with plain HTTP and any port.</summary>
    public ImmutableArray<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>The ports that may be reached in all other networks.</summary>
    public ImmutableArray<int> AllowedPorts { get; init; } = [443, 8443];

    /// <summary>Who asks for consent to deliver: <c>WebHook-Request-Origin</c>, a host name.</summary>
    public string Origin { get; init; } = "compliancetracker";

    /// <summary>The settings of the configuration.</summary>
    /// <exception cref="InvalidOperationException">A value cannot be; the message says which and what would be right.</exception>
    public static OutboundSettings From(IConfiguration configuration)
    {
        var section = configuration.GetSection("Webhooks");
        var defaults = new OutboundSettings();
        var ports = Values(section, "AllowedPorts")
            .Select(p => int.TryParse(p, out var port) && port is >= 1 and <= 65535
                ? port
                : throw new InvalidOperationException($"Webhooks:AllowedPorts are numbers from 1 to 65535; '{p}' is none."))
            .ToImmutableArray();
        return new OutboundSettings
        {
            AllowedNetworks =
            [
                ..Values(section, "AllowedNetworks").Select(n => IPNetwork.TryParse(n, out var network)
                    ? network
                    : throw new InvalidOperationException($"Webhooks:AllowedNetworks are networks such as 10.1.0.0/16 or fd00::/8; '{n}' is none (bits after the prefix must be 0).")),
            ],
            AllowedPorts = ports.IsEmpty ? defaults.AllowedPorts : ports,
            Origin = section["Origin"] switch
            {
                { Length: > 0 } given => Uri.CheckHostName(given) != UriHostNameType.Unknown
                    ? given
                    : throw new InvalidOperationException($"Webhooks:Origin is a host name such as tracker.example.com; '{given}' is none."),
                _ => PublicUrl.From(configuration)?.Host ?? defaults.Origin,
            },
        };
    }

    // A list, or one text with commas: environment variables and arguments are easier to write so.
    private static IEnumerable<string> Values(IConfigurationSection section, string name) =>
        (section[name] is { } text ? [text] : section.GetSection(name).Get<string[]>() ?? [])
        .SelectMany(t => t.Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries));
}
