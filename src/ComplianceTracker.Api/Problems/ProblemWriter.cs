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

    /// <summary>The problem as a request shows it.</summary>
    public static ProblemBody Body(HttpContext context, ApiProblem problem) => Body(
        $"{context.Request.Scheme}://{context.Request.Host}",
        context.Request.Path.Value ?? "/",
        TraceId(context),
        problem);

    /// <summary>The problem as it is shown.</summary>
    /// <param name="service">The address of the service, whose pages document the types.</param>
    /// <param name="instance">What was asked.</param>
    /// <param name="traceId">The id under which it was logged.</param>
    /// <param name="problem">The problem.</param>
    public static ProblemBody Body(string service, string instance, string traceId, ApiProblem problem) => new()
    {
        Type = $"{service}/problems/{problem.Type.Slug}",
        Title = problem.Type.Title,
        Status = problem.Type.Status,
        Detail = problem.Message,
        Instance = instance,
        Pointer = problem.Pointer,
        Parameter = problem.Parameter,
        Line = problem.Line,
        Column = problem.Column,
        Expected = problem.Expected.IsEmpty ? null : problem.Expected,
        TraceId = traceId,
    };

    /// <summary>The id under which the request stands in the log, in traces and beside what it appended: the client's own where it sent a <c>traceparent</c>.</summary>
    public static string TraceId(HttpContext context) => Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;
}
