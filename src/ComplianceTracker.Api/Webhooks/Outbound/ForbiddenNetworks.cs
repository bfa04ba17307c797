using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace ComplianceTracker.Api.Webhooks.Outbound;

/// <summary>
/// The networks that no delivery may reach, since what listens there was not meant for strangers: the machine itself, private and
/// special networks (the IANA registries of special-purpose addresses), and whatever form of IPv6 carries an IPv4 address of them.
/// </summary>
internal static class ForbiddenNetworks
{
    private static readonly ImmutableArray<(IPNetwork Network, string Rule)> V4 =
    [
        Rule("0.0.0.0/8", "this network"),
        Rule("10.0.0.0/8", "private network"),
        Rule("100.64.0.0/10", "carrier's private network"),
        Rule("127.0.0.0/8", "loopback"),
        Rule("169.254.0.0/16", "link-local"),
        Rule("172.16.0.0/12", "private network"),
        Rule("192.0.0.0/24", "protocol assignments"),
        Rule("192.0.2.0/24", "documentation"),
        Rule("192.88.99.0/24", "6to4 relays"),
        Rule("192.168.0.0/16", "private network"),
        Rule("198.18.0.0/15", "benchmarks"),
        Rule("198.51.100.0/24", "documentation"),
        Rule("203.0.113.0/24", "documentation"),
        Rule("224.0.0.0/4", "multicast"),
        Rule("240.0.0.0/4", "reserved"),
    ];

    // 2000::/3 is what is assigned for the world to reach; the first rule of all forbids what lies outside.
    private static readonly IPNetwork Global = IPNetwork.Parse("2000::/3");

    private static readonly ImmutableArray<(IPNetwork Network, string Rule)> V6 =
    [
        Rule("::1/128", "loopback"),
        Rule("::/128", "unspecified"),
        Rule("::ffff:0:0/96", "IPv4 written as IPv6"),
        Rule("64:ff9b::/96", "IPv4 through NAT64"),
        Rule("64:ff9b:1::/48", "local NAT64"),
        Rule("::/8", "reserved"),
        Rule("100::/64", "discard"),
        Rule("2001::/23", "protocol assignments, Teredo among them"),
        Rule("2001:db8::/32", "documentation"),
        Rule("2002::/16", "6to4"),
        Rule("3fff::/20", "documentation"),
        Rule("5f00::/16", "segment routing"),
        Rule("fc00::/7", "unique local"),
        Rule("fe80::/10", "link-local"),
        Rule("fec0::/10", "site-local"),
        Rule("ff00::/8", "multicast"),
    ];

    /// <summary>The network that the address lies in and what that is, or null: it may be reached.</summary>
    public static string? RuleOf(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return Find(V4, address);
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return "no address of the Internet";
        }

        // A public IPv4 address in the mapped form is what the operating system would connect to as IPv4.
        var plain = WithoutScope(address);
        if (plain.IsIPv4MappedToIPv6)
        {
            return Find(V4, plain.MapToIPv4()) is { } within ? $"{within}, written as IPv6" : null;
        }

        return Find(V6, plain)
            ?? (Global.Contains(plain) ? null : "outside 2000::/3, which is what the world reaches")
            ?? (Isatap(plain) is { } carried && Find(V4, carried) is { } rule ? $"{rule}, carried by ISATAP" : null);
    }

    /// <summary>The address without its zone, and an IPv4 address that is written as IPv6 as IPv4: what a network is compared with.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : WithoutScope(address);

    private static IPAddress WithoutScope(IPAddress address) =>
        address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 } ? new IPAddress(address.GetAddressBytes()) : address;

    private static string? Find(ImmutableArray<(IPNetwork Network, string Rule)> rules, IPAddress address)
    {
        foreach (var (network, rule) in rules)
        {
            if (network.Contains(address))
            {
                return $"{network} ({rule})";
            }
        }

        return null;
    }

    // An interface identifier of 0:5efe or 200:5efe ends in the IPv4 address of the tunnel's end (RFC 5214).
    private static IPAddress? Isatap(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return bytes[9] == 0 && bytes[8] is 0 or 2 && bytes[10] == 0x5e && bytes[11] == 0xfe ? new IPAddress(bytes[12..]) : null;
    }

    private static (IPNetwork Network, string Rule) Rule(string network, string rule) => (IPNetwork.Parse(network), rule);
}
