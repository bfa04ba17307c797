using System.Diagnostics;
using ComplianceTracker.Api.Json;

namespace ComplianceTracker.Api.Problems;

/// <summary>Writes problems: the one place where an error becomes an answer.</summary>
internal static class ProblemWriter
{
    /// <summary>The media type of every error.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>Answers the request with the problem, unless the answer has begun.</summary>
    public static async Task WriteAsync(HttpContext context, ApiProblem problem)
    {
        // Half an answer may wait unsent: a problem behind it would be neither.
        if (context.Response.HasStarted || context.Response.BodyWriter is { CanGetUnflushedBytes: true, UnflushedBytes: > 0 })
        {
            context.Abort();
            return;
        }

        var allow = context.Response.Headers.Allow;
        context.Response.Clear();
        context.Response.Headers.Allow = allow;
        context.Response.StatusCode = problem.Type.Status;
        context.Response.Headers.CacheControl = "no-store";
        if (problem.RetryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString();
        }

        await context.Response.WriteAsJsonAsync(
            Body(context, problem), ApiJson.Types.ProblemBody, MediaType, context.RequestAborted);
    }

    private static ProblemBody Body(HttpContext context, ApiProblem problem) => new()
    {
        Type = $"{context.Request.Scheme}://{context.Request.Host}/problems/{problem.Type.Slug}",
        Title = problem.Type.Title,
        Status = problem.Type.Status,
        Detail = problem.Message,
        Instance = context.Request.Path.Value ?? "/",
        Pointer = problem.Pointer,
        Parameter = problem.Parameter,
        Line = problem.Line,
        Column = problem.Column,
        Expected = problem.Expected.IsEmpty ? null : problem.Expected,
        TraceId = TraceId(context),
    };

    /// <summary>The id under which the request stands in the log, in traces and beside what it appended: the client's own where it sent a <c>traceparent</c>.</summary>
    public static string TraceId(HttpContext context) => Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;
}
