using System.Net;

namespace ComplianceTracker.Api.Webhooks.Outbound;

/// <summary>Finds the addresses of a host.</summary>
internal interface IHostResolver
{
    /// <summary>Every address of the host; none when it has none.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The name does not resolve.</exception>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);
}

/// <summary>Finds addresses as the operating system does.</summary>
internal sealed class SystemResolver : IHostResolver
{
    /// <inheritdoc/>
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken);
}

/// <summary>Thrown where an address may not be reached; the message is for the subscriber.</summary>
internal sealed class ForbiddenDestinationException(string message) : Exception(message);

/// <summary>Which destinations deliveries may reach.</summary>
internal sealed class AddressPolicy(OutboundSettings settings, IHostResolver resolver)
{
    /// <summary>
    /// The addresses of a destination, each allowed. It is refused when any address is forbidden: which of them a connection would take
    /// is chance. Inside the operator's networks plain HTTP and any port will do; everywhere else HTTPS and the allowed ports.
    /// </summary>
    /// <param name="scheme"><c>http</c> or <c>https</c>.</param>
    /// <param name="host">A name or an address, IPv6 with or without brackets.</param>
    /// <param name="port">The port.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <exception cref="ForbiddenDestinationException">It may not be reached.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The name does not resolve.</exception>
    public async Task<IPAddress[]> VetAsync(string scheme, string host, int port, CancellationToken cancellationToken)
    {
        var bare = host.Trim('[', ']');
        var addresses = IPAddress.TryParse(bare, out var literal) ? [literal] : await resolver.ResolveAsync(bare, cancellationToken);
        return Check(scheme, bare, port, addresses) is { } refusal ? throw new ForbiddenDestinationException(refusal) : addresses;
    }

    private string? Check(string scheme, string host, int port, IPAddress[] addresses)
    {
        if (addresses.Length == 0)
        {
            return $"'{host}' has no address.";
        }

        foreach (var address in addresses)
        {
            if (!IsAllowed(address) && ForbiddenNetworks.RuleOf(address) is { } rule)
            {
                return $"'{host}' has the address {address}, which lies in {rule}. The operator can allow private networks with the setting Webhooks:AllowedNetworks.";
            }
        }

        if (Array.TrueForAll(addresses, IsAllowed))
        {
            return null;
        }

        if (scheme != Uri.UriSchemeHttps)
        {
            return "Plain http is for hosts in the operator's Webhooks:AllowedNetworks alone; use https.";
        }

        return settings.AllowedPorts.Contains(port)
            ? null
            : $"The port {port} is not allowed; allowed are {string.Join(", ", settings.AllowedPorts)} (the setting Webhooks:AllowedPorts), and any port in Webhooks:AllowedNetworks.";
    }

    private bool IsAllowed(IPAddress address)
    {
        var plain = ForbiddenNetworks.Plain(address);
        foreach (var network in settings.AllowedNetworks)
        {
            if (network.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }
}
