using System.Net;
using System.Text;
using ComplianceTracker.Api.Requests;

namespace ComplianceTracker.Api.Problems;

/// <summary>Documents every problem type: at its <c>type</c> URI, and as the text of <c>docs/problems.md</c>.</summary>
internal static class ProblemPages
{
    /// <summary>Maps <c>/problems</c> and <c>/problems/{slug}</c>.</summary>
    public static void MapProblemPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/problems", () => Html("Problem types", Index())).InLane(Lane.Always).ExcludeFromDescription();
        routes.MapGet("/problems/{slug}", (string slug) => ProblemTypes.All.FirstOrDefault(t => t.Slug == slug) is { } type
            ? Html(type.Title, Page(type))
            : throw new ApiProblem(ProblemTypes.NotFound, $"There is no problem type '{slug}'; /problems lists them.")).InLane(Lane.Always).ExcludeFromDescription();
    }

    /// <summary>The text of <c>docs/problems.md</c>.</summary>
    public static string Markdown()
    {
        var text = new StringBuilder("""
            # Problem types

            Every error is an RFC 9457 problem, `application/problem+json`. Its `type` is the address of the page that documents it,
            `status` repeats the HTTP status, `detail` says what was wrong this time and what would be right, `traceId` is the id under which
            the service logged the request. Where they help, `pointer` (a JSON Pointer into the body), `parameter`, `line`, `column` and
            `expected` say where and what.


            """);
        foreach (var type in ProblemTypes.All)
        {
            text.Append($"## {type.Slug}\n\n**{type.Status} {type.Title}.** {type.Meaning}\n\nWhat to do: {type.Remedy}\n\n");
        }

        return text.ToString().TrimEnd() + "\n";
    }

    private static string Index() =>
        "<ul>" + string.Concat(ProblemTypes.All.Select(t => $"<li><a href=\"/problems/{t.Slug}\">{t.Slug}</a>: {t.Status}, {WebUtility.HtmlEncode(t.Title)}</li>")) + "</ul>";

    private static string Page(ProblemType type) =>
        $"<p>HTTP status {type.Status}</p><p>{WebUtility.HtmlEncode(type.Meaning)}</p><h2>What to do</h2><p>{WebUtility.HtmlEncode(type.Remedy)}</p><p><a href=\"/problems\">All problem types</a></p>";

    private static IResult Html(string title, string body) => Results.Content(
        $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{WebUtility.HtmlEncode(title)}</title></head><body><h1>{WebUtility.HtmlEncode(title)}</h1>{body}</body></html>",
        "text/html; charset=utf-8");
}
