using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Problems;
using Microsoft.OpenApi;

namespace ComplianceTracker.Api.Clocks;

/// <summary>
/// Pages of a list: <c>limit</c> (default 100, at most 1000) and an opaque <c>cursor</c> that holds the key of the last item
/// and the position shown, so that what is added meanwhile moves nothing.
/// </summary>
/// <param name="Limit">How many items at most.</param>
/// <param name="After">The key of the last item of the page before, or null: the first page.</param>
/// <param name="Pinned">What the first page was shown on, to show the next on the same; null on the first page.</param>
internal sealed record Paging(int Limit, string? After, string? Pinned)
{
    /// <summary>The page that the query asks for.</summary>
    /// <param name="query">The query.</param>
    /// <param name="list">What is listed; a cursor of another list is refused.</param>
    /// <exception cref="ApiProblem">The limit is out of range or the cursor is none of ours.</exception>
    public static Paging From(IQueryCollection query, string list)
    {
        var limit = 100;
        if (query["limit"] is { Count: > 0 } given
            && (given.Count != 1 || !int.TryParse(given[0], NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > 1000))
        {
            throw ApiProblem.BadParameter("limit", $"'{given}' is not a number from 1 to 1000.", "1 to 1000");
        }

        if (query["cursor"] is not { Count: > 0 } cursor)
        {
            return new Paging(limit, null, null);
        }

        return cursor is [{ } text] && Decode(text, list) is [var after, var pinned]
            ? new Paging(limit, after, pinned)
            : throw ApiProblem.BadParameter("cursor", "The cursor is not one that this list gave; begin again without it.");
    }

    /// <summary>The cursor after an item.</summary>
    public static string Cursor(string list, string after, string pinned)
    {
        var text = Encoding.UTF8.GetBytes($"{list}\n{pinned}\n{after}");
        return Base64Url.EncodeToString([..Checksum(text), ..text]);
    }

    /// <summary>The instant that the first page echoed, where its cursor holds one as the last word of what it pins.</summary>
    public DateTimeOffset? PinnedInstant =>
        Pinned?.Split(' ') is [.., var at] && DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var instant)
            ? instant
            : null;

    private static string[]? Decode(string cursor, string list)
    {
        if (!Base64Url.IsValid(cursor))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(cursor);
        if (bytes.Length < 8 || !Checksum(bytes.AsSpan(8)).AsSpan().SequenceEqual(bytes.AsSpan(0, 8)))
        {
            return null;
        }

        var parts = Encoding.UTF8.GetString(bytes.AsSpan(8)).Split('\n', 3);
        return parts.Length == 3 && parts[0] == list ? [parts[2], parts[1]] : null;
    }

    // Catches cursors that were cut or edited; a cursor opens nothing that the query could not ask for, so it needs no secret.
    private static byte[] Checksum(ReadOnlySpan<byte> text) => SHA256.HashData(text)[..8];
}

/// <summary>The parameters that <see cref="Paging"/> reads, for the OpenAPI document.</summary>
internal static class PagingParameters
{
    /// <summary>Says that the operation answers in pages.</summary>
    /// <param name="builder">The operation.</param>
    /// <param name="list">What is listed.</param>
    /// <param name="exampleKey">The key of an item, for the example cursor.</param>
    /// <param name="examplePin">What the example's page was shown on.</param>
    public static RouteHandlerBuilder WithPaging(this RouteHandlerBuilder builder, string list, string exampleKey, string examplePin = "") => builder
        .WithParameters(
            ApiParameter.Query("limit", "How many items at most.", Limit) with { Form = 20 },
            ApiParameter.Query("cursor", "The `next` of the page before, as it was given: it goes on with the same clocks. The filters are to be given again.", ApiParameter.Text) with
            {
                Form = Paging.Cursor(list, exampleKey, examplePin),
            })
        .WithProblems(ProblemTypes.InvalidParameter);

    private static OpenApiSchema Limit() => new() { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1", Maximum = "1000", Default = 100 };
}
