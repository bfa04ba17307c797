using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ComplianceTracker.Api.Webhooks.Outbound;

/// <summary>Signatures as Standard Webhooks 1.0.0 has them, version 1: HMAC-SHA256 over id, timestamp and body.</summary>
internal static class StandardWebhooks
{
    private const string Prefix = "whsec_";

    /// <summary>The key that a secret stands for: its Base64, decoded.</summary>
    /// <param name="secret"><c>whsec_</c> and Base64.</param>
    public static byte[] KeyOf(string secret) =>
        Convert.FromBase64String(secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : secret);

    /// <summary>The signature of a message, <c>v1,</c> and Base64.</summary>
    /// <param name="secret"><c>whsec_</c> and Base64.</param>
    /// <param name="id">The <c>webhook-id</c>.</param>
    /// <param name="timestamp">The <c>webhook-timestamp</c>: Unix seconds of the attempt.</param>
    /// <param name="body">The body as it is sent.</param>
    public static string Sign(string secret, string id, long timestamp, ReadOnlySpan<byte> body) => Sign([KeyOf(secret)], id, timestamp, body);

    /// <summary>The signatures of a message by each key, single blanks between them: the <c>webhook-signature</c>.</summary>
    /// <param name="keys">The keys, at least one.</param>
    /// <param name="id">The <c>webhook-id</c>.</param>
    /// <param name="timestamp">The <c>webhook-timestamp</c>: Unix seconds of the attempt.</param>
    /// <param name="body">The body as it is sent.</param>
    public static string Sign(ReadOnlySpan<byte[]> keys, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        var most = Encoding.UTF8.GetMaxByteCount(id.Length) + 22 + body.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            var length = Encoding.UTF8.GetBytes(id, buffer);
            buffer[length++] = (byte)'.';
            timestamp.TryFormat(buffer.AsSpan(length), out var digits, provider: CultureInfo.InvariantCulture);
            length += digits;
            buffer[length++] = (byte)'.';
            body.CopyTo(buffer.AsSpan(length));
            length += body.Length;

            Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
            if (keys.Length == 1)
            {
                HMACSHA256.HashData(keys[0], buffer.AsSpan(0, length), hash);
                return "v1," + Convert.ToBase64String(hash);
            }

            var list = new StringBuilder(keys.Length * 48);
            foreach (var key in keys)
            {
                HMACSHA256.HashData(key, buffer.AsSpan(0, length), hash);
                list.Append(list.Length == 0 ? "v1," : " v1,").Append(Convert.ToBase64String(hash));
            }

            return list.ToString();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
