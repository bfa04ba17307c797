using System.Diagnostics;
using ComplianceTracker.Api.Problems;

namespace ComplianceTracker.Api.Requests;

/// <summary>
/// Writes one line for each request that failed or was slow, and names the request's span. What a client sent appears in neither: no
/// path, query, header or body, only the route. An exception is told by its kind and place: its message may hold what was sent.
/// </summary>
internal sealed partial class RequestLog(RequestSettings settings, TimeProvider clock, ILogger<RequestLog> logger)
{
    /// <summary>Runs the rest of the request, and then says of it what there is to say.</summary>
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var begun = clock.GetTimestamp();
        await next(context);
        var took = clock.GetElapsedTime(begun);
        var failed = context.Features.Get<FailedRequest>();
        Name(Activity.Current, context, failed);
        if (failed is { Type.Status: >= 500 })
        {
            Write(context, failed, took);
        }
        else if (RequestDeadline.Of(context) is { IsLifted: false } deadline && took > settings.Slow + deadline.Extension)
        {
            LogSlow(logger, context.SentMethod(), RouteOf(context), context.Response.StatusCode, took.TotalMilliseconds, TraceOf(context));
        }
    }

    private void Write(HttpContext context, FailedRequest failed, TimeSpan took)
    {
        var (method, route, trace) = (context.SentMethod(), RouteOf(context), TraceOf(context));
        var kind = failed.Failure is { } failure ? FailureText.Kind(failure) : "none";
        if (failed.Type == ProblemTypes.InternalError)
        {
            var stack = failed.Failure is { } e ? FailureText.Stack(e) : "";
            LogFailed(logger, method, route, failed.Type.Status, failed.Type.Slug, took.TotalMilliseconds, trace, kind, stack);
            return;
        }

        LogRefused(logger, method, route, failed.Type.Status, failed.Type.Slug, took.TotalMilliseconds, trace, kind);
        var place = failed.Failure is { } cause && logger.IsEnabled(LogLevel.Debug) ? FailureText.Stack(cause) : null;
        if (place is not null)
        {
            LogStack(logger, trace, place);
        }
    }

    private static void Name(Activity? span, HttpContext context, FailedRequest? failed)
    {
        if (span is not { IsAllDataRequested: true })
        {
            return;
        }

        var route = RouteOf(context);
        span.DisplayName = $"{context.SentMethod()} {route}";
        span.SetTag("http.request.method", context.SentMethod());
        span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", context.Response.StatusCode);
        if (failed is not null)
        {
            span.SetTag("compliancetracker.problem", failed.Type.Slug);
        }

        if (context.Response.StatusCode >= 500)
        {
            span.SetTag("error.type", failed?.Type.Slug ?? "500");
            span.SetStatus(ActivityStatusCode.Error);
        }
    }

    private static string RouteOf(HttpContext context) => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";

    private static string TraceOf(HttpContext context) => ProblemWriter.TraceId(context);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Route} failed: {Status} {Problem} after {Milliseconds:0} ms, trace {TraceId}: {Failure} {Stack}")]
    private static partial void LogFailed(
        ILogger logger, string method, string route, int status, string problem, double milliseconds, string traceId, string failure, string stack);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Route} was not answered: {Status} {Problem} after {Milliseconds:0} ms, trace {TraceId}: {Failure}")]
    private static partial void LogRefused(
        ILogger logger, string method, string route, int status, string problem, double milliseconds, string traceId, string failure);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Trace {TraceId} failed at {Stack}")]
    private static partial void LogStack(ILogger logger, string traceId, string stack);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Route} was slow: {Status} after {Milliseconds:0} ms, trace {TraceId}")]
    private static partial void LogSlow(ILogger logger, string method, string route, int status, double milliseconds, string traceId);
}

/// <summary>What a request failed with.</summary>
/// <param name="Type">The problem it was answered with.</param>
/// <param name="Failure">What led to it, or null: the service itself refused.</param>
internal sealed record FailedRequest(ProblemType Type, Exception? Failure);
