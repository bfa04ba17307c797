using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using Npgsql;

namespace ComplianceTracker.Api.Idempotency;

/// <summary>
/// Lets a request with a key take effect once. The key is claimed, committed, before anything else is done, and held while the request
/// runs. What the request appends gets its ids from the claim, so that a request whose answer was lost (the service died between
/// effect and answer) finds its own effect when it is sent again and gives the same answer.
/// </summary>
internal static partial class IdempotencyMiddleware
{
    /// <summary>Adds the middleware; routing must have chosen the endpoint by then.</summary>
    public static void UseIdempotencyKeys(this WebApplication app)
    {
        var keys = app.Services.GetRequiredService<IdempotencyStore>();
        app.Use((context, next) =>
            context.GetEndpoint()?.Metadata.GetMetadata<TakesEffectOnce>() is not null && IdempotencyKey.From(context.Request) is { } key
                ? RunAsync(context, next, keys, key, app.Logger)
                : next(context));
    }

    private static async Task RunAsync(HttpContext context, RequestDelegate next, IdempotencyStore keys, string key, ILogger logger)
    {
        var request = context.Request;
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, context.RequestAborted);
        var fingerprint = IdempotencyKey.Fingerprint(
            request.Method, $"{request.Path}{request.QueryString}", request.ContentType ?? "", body.GetBuffer().AsSpan(0, (int)body.Length));
        var claim = await keys.ClaimAsync(StreamIds.DefaultTenant, key, fingerprint, context.RequestAborted);
        if (claim.Response is { } stored)
        {
            await ReplayAsync(context, stored);
            return;
        }

        await using var held = await keys.HoldAsync(StreamIds.DefaultTenant, key, claim, context.RequestAborted);
        if (held.Response is { } justStored)
        {
            await ReplayAsync(context, justStored);
            return;
        }

        body.Position = 0;
        request.Body = body;
        context.Features.Set(new KeyedRequest(claim.Nonce));
        await AnswerAsync(context, next, held, logger);
    }

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next, HeldKey held, ILogger logger)
    {
        var response = context.Response;
        var client = response.Body;
        using var answer = new MemoryStream();
        response.Body = answer;
        try
        {
            await next(context);
        }
        finally
        {
            response.Body = client;
        }

        // A refused request changed nothing, so it is decided anew when it comes again.
        if (response.StatusCode is >= 200 and < 300 && context.GetEndpoint()!.Metadata.GetMetadata<TakesEffectOnce>()!.KeepsAnswer)
        {
            try
            {
                // Not the request's token: what is done is worth keeping though the client has gone.
                await held.StoreAsync(
                    new StoredResponse(response.StatusCode, response.ContentType, Text(response.Headers.ETag), Text(response.Headers.Location), answer.ToArray()),
                    CancellationToken.None);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                LogNotStored(logger, e);
            }
        }

        answer.Position = 0;
        await answer.CopyToAsync(client, context.RequestAborted);
    }

    private static async Task ReplayAsync(HttpContext context, StoredResponse stored)
    {
        var response = context.Response;
        response.StatusCode = stored.Status;
        response.ContentType = stored.MediaType;
        response.Headers.ETag = stored.ETag;
        response.Headers.Location = stored.Location;
        response.Headers[IdempotencyKey.Replayed] = "true";
        await response.Body.WriteAsync(stored.Body, context.RequestAborted);
    }

    private static string? Text(Microsoft.Extensions.Primitives.StringValues header) => header.Count == 0 ? null : header.ToString();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The answer to a request with a key could not be stored; sent again, the request will find its effect")]
    private static partial void LogNotStored(ILogger logger, Exception e);
}
