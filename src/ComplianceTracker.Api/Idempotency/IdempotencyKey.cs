using System.Security.Cryptography;
using System.Text;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Problems;

namespace ComplianceTracker.Api.Idempotency;

/// <summary>The <c>Idempotency-Key</c> header: under one key a request takes effect once, however often it is sent.</summary>
internal static class IdempotencyKey
{
    /// <summary>The header.</summary>
    public const string Name = "Idempotency-Key";

    /// <summary>Says of an answer that it is the stored one.</summary>
    public const string Replayed = "Idempotency-Replayed";

    private const int Longest = 255;

    private static readonly ApiParameter Parameter = ApiParameter.Header(
        Name,
        "A key of your choice, new for each thing to be done (a UUID, for example). Sent again with the same key within 24 hours, the request takes effect once and is answered with the stored answer.",
        ApiParameter.Text) with { Form = "8e03978e-40d5-43dd-bc93-6894a57f9324" };

    /// <summary>The key of the request; null when it has none.</summary>
    /// <exception cref="ApiProblem">It is no key.</exception>
    public static string? From(HttpRequest request) => request.Headers[Name] switch
    {
        [] => null,
        [{ } header] => Parse(header),
        _ => throw ApiProblem.BadParameter(Name, "A request has one key."),
    };

    /// <summary>The key in a header's or an option's text: as it stands, or what stands between quotes (RFC 8941).</summary>
    /// <exception cref="ApiProblem">It is no key.</exception>
    public static string Parse(string text)
    {
        var key = text.StartsWith('"') ? Unquoted(text) : text;
        return key is { Length: >= 1 and <= Longest } && key.All(c => c is > ' ' and <= '~')
            ? key
            : throw ApiProblem.BadParameter(Name, $"A key has 1 to {Longest} visible ASCII characters, in quotes or without.");
    }

    /// <summary>What tells a request from another under the same key. Parts are told apart by their lengths.</summary>
    public static byte[] Fingerprint(string method, string target, string mediaType, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in (string[])[method, target, mediaType])
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    /// <summary>Says that the operation takes effect once under a key; <see cref="IdempotencyMiddleware"/> sees to it.</summary>
    /// <param name="builder">The operation.</param>
    /// <param name="keepsAnswer">False where the answer holds a secret: it is not kept, and the operation finds its own effect and answers anew.</param>
    public static RouteHandlerBuilder WithIdempotencyKey(this RouteHandlerBuilder builder, bool keepsAnswer = true) => builder
        .WithIdempotencyParameter()
        .WithMetadata(new TakesEffectOnce(keepsAnswer));

    /// <summary>Describes the key of an operation that sees to it itself.</summary>
    public static RouteHandlerBuilder WithIdempotencyParameter(this RouteHandlerBuilder builder) => builder
        .WithParameters(Parameter)
        .WithMetadata(new AnswerHeader(Replayed, "`true` where this is the stored answer to an earlier request with the key.", "true", [200, 201]))
        .WithProblems(ProblemTypes.InvalidParameter, ProblemTypes.IdempotencyKeyReused, ProblemTypes.IdempotencyKeyInUse, ProblemTypes.Overloaded);

    private static string? Unquoted(string text)
    {
        var key = new StringBuilder(text.Length);
        for (var i = 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"':
                    return i == text.Length - 1 ? key.ToString() : null;
                case '\\' when i + 1 < text.Length && text[i + 1] is '"' or '\\':
                    key.Append(text[++i]);
                    break;
                case '\\':
                    return null;
                default:
                    key.Append(text[i]);
                    break;
            }
        }

        return null;
    }
}

/// <summary>Marks the operations whose requests take effect once under a key.</summary>
/// <param name="KeepsAnswer">Whether the answer is stored for when the request comes again.</param>
internal sealed record TakesEffectOnce(bool KeepsAnswer);
