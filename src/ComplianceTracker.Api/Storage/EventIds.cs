using System.Security.Cryptography;
using System.Text;

namespace ComplianceTracker.Api.Storage;

/// <summary>Ids that are the same for the same thing, so that an import or a request that is repeated is recognised by the store.</summary>
internal static class EventIds
{
    // The namespace of these ids; any constant will do, as long as it stays.
    private static readonly Guid Namespace = new("6f2c7a2e-7c55-4b5b-9d0e-3a1d8c0b5e11");

    /// <summary>The id of the event about that thing: a UUID of version 8 (RFC 9562) made of a SHA-256 hash of its name.</summary>
    /// <param name="name">The thing's name: stream, and what of it.</param>
    public static Guid Of(string name)
    {
        Span<byte> input = stackalloc byte[16];
        Namespace.TryWriteBytes(input, bigEndian: true, out _);
        var hash = SHA256.HashData([..input, ..Encoding.UTF8.GetBytes(name)]).AsSpan(0, 16).ToArray();
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true);
    }
}
