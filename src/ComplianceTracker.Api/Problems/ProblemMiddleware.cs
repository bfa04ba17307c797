using System.Text.Json;
using ComplianceTracker.Api.Requests;
using ComplianceTracker.EventStore;
using Npgsql;

namespace ComplianceTracker.Api.Problems;

/// <summary>Turns every failure and every bare error status into a problem. Exceptions are never shown.</summary>
internal static class ProblemMiddleware
{
    /// <summary>Adds the middleware; everything after it is covered.</summary>
    public static void UseProblems(this WebApplication app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (OperationCanceledException) when (RequestDeadline.Of(context) is { Passed: true } deadline)
        {
            await AnswerAsync(context, OutOfTime(deadline.Limit), null);
            return;
        }
        catch (Exception e)
        {
            await AnswerAsync(context, ProblemOf(e), e is ApiProblem ? null : e);
            return;
        }

        if (context.Response is { StatusCode: >= 400, HasStarted: false } && context.Response.ContentType is null)
        {
            if (context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed)
            {
                context.Response.Headers.Allow = HeadRequests.WithHead(context.Response.Headers.Allow.ToString());
            }

            await AnswerAsync(context, OfStatus(context), null);
        }
    });

    private static Task AnswerAsync(HttpContext context, ApiProblem problem, Exception? failure)
    {
        context.Features.Set(new FailedRequest(problem.Type, failure));
        return ProblemWriter.WriteAsync(context, problem);
    }

    private static ApiProblem ProblemOf(Exception e)
    {
        switch (e)
        {
            case ApiProblem problem:
                return problem;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return new ApiProblem(ProblemTypes.BodyTooLarge, "A request body has at most 1 MB.");
            case BadHttpRequestException:
                return new ApiProblem(ProblemTypes.MalformedBody, "The request could not be read.");
            case ForbiddenTextException forbidden:
                return new ApiProblem(ProblemTypes.ForbiddenText, forbidden.Message);
            case TimeoutException or NpgsqlException when e is not PostgresException refused || IsOutage(refused):
                return new ApiProblem(ProblemTypes.Unavailable, "The database does not answer; send the request again.") { RetryAfter = 1 };
            default:
                return new ApiProblem(ProblemTypes.InternalError, "The service failed; the request changed nothing, or all of what it was to change.");
        }
    }

    private static ApiProblem OutOfTime(TimeSpan limit) =>
        new(ProblemTypes.Timeout, $"The request was given up after {limit.TotalSeconds:0.###} s, and the database was told so.") { RetryAfter = 1 };

    // Connection, resources, operator (shutdown, cancelled), system, no such database: the server's state, not our statement.
    private static bool IsOutage(PostgresException e) => e.IsTransient || e.SqlState[..2] is "08" or "3D" or "53" or "57" or "58";

    private static ApiProblem OfStatus(HttpContext context) => context.Response.StatusCode switch
    {
        404 => new ApiProblem(ProblemTypes.NotFound, $"Nothing answers at {context.Request.Path}."),
        405 => new ApiProblem(ProblemTypes.MethodNotAllowed, $"{context.Request.Path} takes {context.Response.Headers.Allow}, not {context.SentMethod()}."),
        406 => new ApiProblem(ProblemTypes.NotAcceptable, "The resource is served as application/json."),
        413 => new ApiProblem(ProblemTypes.BodyTooLarge, "A request body has at most 1 MB."),
        415 => new ApiProblem(ProblemTypes.UnsupportedMediaType, "The body must be JSON in UTF-8: send Content-Type: application/json.") { Parameter = "Content-Type" },
        < 500 => new ApiProblem(ProblemTypes.MalformedBody, "The request could not be read."),
        _ => new ApiProblem(ProblemTypes.InternalError, "The service failed."),
    };
}
