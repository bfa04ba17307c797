using System.Buffers.Text;
using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Problems;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.OpenApi;

namespace ComplianceTracker.Api.Clocks;

/// <summary>
/// Pages of a list: <c>limit</c> (default 100, at most 1000) and an opaque <c>cursor</c> that holds the key of the last item
/// and the position shown, so that what is added meanwhile moves nothing. It goes on with the question that it was given for and
/// with no other: not of another company, not with other filters.
/// </summary>
/// <param name="Question">What is listed: the path and the filters, without the clocks, which a cursor pins.</param>
/// <param name="Limit">How many items at most.</param>
/// <param name="After">The key of the last item of the page before, or null: the first page.</param>
/// <param name="Pinned">What the first page was shown on, to show the next on the same; null on the first page.</param>
internal sealed record Paging(string Question, int Limit, string? After, string? Pinned)
{
    // The clocks and the place in the list are what a cursor itself says.
    private static readonly FrozenSet<string> NoFilters = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "asOf", "knownOn", "recordedAt", "position", "timeZone", "minPosition", "limit", "cursor", "after");

    /// <summary>The page that the request asks for; the question is its path with the filters it gives.</summary>
    /// <exception cref="ApiProblem">The limit is out of range or the cursor is none of ours.</exception>
    public static Paging From(HttpRequest request) => From(
        request.Query,
        QuestionOf(request.Path.Value ?? "", request.Query.Select(p => (p.Key, p.Value.OfType<string>()))));

    /// <summary>The page that a body asks for.</summary>
    /// <param name="limit">How many items at most; null: as many as usual.</param>
    /// <param name="cursor">The cursor of the page before, or null.</param>
    /// <param name="question">What is listed; a cursor of another question is refused.</param>
    /// <exception cref="ApiProblem">The limit is out of range or the cursor is none of ours.</exception>
    public static Paging From(int? limit, string? cursor, string question)
    {
        var query = new Dictionary<string, StringValues>();
        if (limit is { } most)
        {
            query["limit"] = most.ToString(CultureInfo.InvariantCulture);
        }

        if (cursor is not null)
        {
            query["cursor"] = cursor;
        }

        return From(new QueryCollection(query), question);
    }

    /// <summary>The page that the query asks for.</summary>
    /// <param name="query">The query.</param>
    /// <param name="question">What is listed; a cursor of another question is refused.</param>
    /// <exception cref="ApiProblem">The limit is out of range or the cursor is none of ours.</exception>
    public static Paging From(IQueryCollection query, string question)
    {
        var limit = 100;
        if (query["limit"] is { Count: > 0 } given
            && (given.Count != 1 || !int.TryParse(given[0], NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > 1000))
        {
            throw ApiProblem.BadParameter("limit", $"'{given}' is not a number from 1 to 1000.", "1 to 1000");
        }

        if (query["cursor"] is not { Count: > 0 } cursor)
        {
            return new Paging(question, limit, null, null);
        }

        return cursor is [{ } text] && Decode(text, question) is [var after, var pinned]
            ? new Paging(question, limit, after, pinned)
            : throw NotOurs();
    }

    /// <summary>The cursor after an item.</summary>
    public string Cursor(string after, string pinned)
    {
        var text = Encoding.UTF8.GetBytes($"{pinned}\n{after}");
        return Base64Url.EncodeToString([..Checksum(Question, text), ..text]);
    }

    /// <summary>The question of a path with filters, however they are ordered, repeated or joined by commas.</summary>
    public static string QuestionOf(string path, IEnumerable<(string Name, IEnumerable<string> Values)> query) => string.Join(
        '\n',
        query.Where(p => !NoFilters.Contains(p.Name))
            .Select(p => $"{p.Name.ToLowerInvariant()}={string.Join(',', Listed(p.Name, p.Values).Distinct().Order(StringComparer.Ordinal))}")
            .Order(StringComparer.Ordinal)
            .Prepend(path));

    /// <summary>The instant that the first page echoed, where its cursor holds one as the last word of what it pins.</summary>
    public DateTimeOffset? PinnedInstant =>
        Pinned?.Split(' ') is [.., var at] && DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var instant)
            ? instant
            : null;

    /// <summary>The key of the last item of the page before where items are numbered, or null: the first page.</summary>
    /// <exception cref="ApiProblem">The cursor holds no number.</exception>
    public long? AfterNumber => After is null ? null
        : long.TryParse(After, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw NotOurs();

    // In a text that is searched for commas list nothing.
    private static IEnumerable<string> Listed(string name, IEnumerable<string> values) =>
        name.Equals("q", StringComparison.OrdinalIgnoreCase) ? values : values.SelectMany(v => v.Split(',', StringSplitOptions.TrimEntries));

    /// <summary>The cursor is of another question, or of none.</summary>
    public static ApiProblem NotOurs() =>
        ApiProblem.BadParameter("cursor", "The cursor is not one that this list gave with these filters; begin again without it.");

    private static string[]? Decode(string cursor, string question)
    {
        if (!Base64Url.IsValid(cursor))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(cursor);
        if (bytes.Length < 8 || !Checksum(question, bytes.AsSpan(8)).AsSpan().SequenceEqual(bytes.AsSpan(0, 8)))
        {
            return null;
        }

        return Encoding.UTF8.GetString(bytes.AsSpan(8)).Split('\n', 2) is [var pinned, var after] && !after.Contains('\0') ? [after, pinned] : null;
    }

    // Catches cursors that were cut, edited or given for something else; a cursor opens nothing that the query could not ask for, so it
    // needs no secret.
    private static byte[] Checksum(string question, ReadOnlySpan<byte> text) => SHA256.HashData([..Encoding.UTF8.GetBytes(question + "\n"), ..text])[..8];
}

/// <summary>The parameters that <see cref="Paging"/> reads, for the OpenAPI document.</summary>
internal static class PagingParameters
{
    /// <summary>Says that the operation answers in pages.</summary>
    /// <param name="builder">The operation.</param>
    /// <param name="exampleOf">The path and the filters of the operation's example, for the example cursor.</param>
    /// <param name="exampleKey">The key of an item.</param>
    /// <param name="examplePin">What the example's page was shown on.</param>
    public static RouteHandlerBuilder WithPaging(this RouteHandlerBuilder builder, string exampleOf, string exampleKey, string examplePin = "") => builder
        .WithParameters(
            ApiParameter.Query("limit", "How many items at most.", Limit) with { Form = 20 },
            ApiParameter.Query("cursor", "The `next` of the page before, as it was given: it goes on with the same clocks. The filters are to be given again, and the same.", ApiParameter.Text) with
            {
                Form = new Paging(ExampleOf(exampleOf), 1, null, null).Cursor(exampleKey, examplePin),
            })
        .WithProblems(ProblemTypes.InvalidParameter);

    private static string ExampleOf(string address) => address.Split('?') is [var path, var query]
        ? Paging.QuestionOf(path, QueryHelpers.ParseQuery(query).Select(p => (p.Key, p.Value.OfType<string>())))
        : address;

    private static OpenApiSchema Limit() => new() { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1", Maximum = "1000", Default = 100 };
}
