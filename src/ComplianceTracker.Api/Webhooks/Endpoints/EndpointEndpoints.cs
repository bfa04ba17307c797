using System.Globalization;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Idempotency;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;

namespace ComplianceTracker.Api.Webhooks.Endpoints;

/// <summary>Endpoints of subscribers over HTTP.</summary>
internal static class EndpointEndpoints
{
    /// <summary>The id of the endpoint in the document's examples.</summary>
    public const string ExampleId = "ep_0198c0ffee0070008000000000000001";

    private const string AnId = "The endpoint's id.";

    /// <summary>Maps the endpoints.</summary>
    public static void MapWebhookEndpoints(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/webhooks/endpoints").WithTags("Webhooks");
        group.MapPost("", CreateAsync).WithName("createEndpoint")
            .WithSummary("Register an endpoint, and choose what it hears of")
            .WithDescription(
                "It is asked at once whether it wants deliveries: by `OPTIONS` with `WebHook-Request-Origin`, and, where it does not consent that way, by a signed challenge to echo. Until it is proved it stays `pending` and gets nothing; `stateReason` says why. The `secret` is shown in this answer and never again.")
            .WithBody<EndpointBody>(
                """
                {
                  "url": "https://hooks.acme.example/compliance",
                  "description": "The compliance desk",
                  "eventTypes": ["obligation.*", "instrument.promulgated"],
                  "jurisdictions": ["CN", "EU"],
                  "condition": "!(\"record-keeping\" in categories)",
                  "headers": { "Authorization": "Bearer 7f9c1b" },
                  "leadTimes": ["P30D", "P7D"],
                  "ordered": true
                }
                """)
            .WithIdempotencyKey(keepsAnswer: false)
            .WithProblems(ProblemTypes.DestinationForbidden, ProblemTypes.ConditionInvalid, ProblemTypes.LimitExceeded, ProblemTypes.ConcurrentChange, ProblemTypes.EndpointNotFound)
            .Produces<EndpointAnswer>(201).WithETag(201).WithLocation($"/api/v1/webhooks/endpoints/{ExampleId}");
        group.MapGet("", ListAsync).WithName("listEndpoints").WithSummary("The endpoints, in the order of their registration")
            .WithDescription("Secrets and the values of headers are never shown.")
            .WithPaging("/api/v1/webhooks/endpoints", ExampleId)
            .Produces<EndpointPage>();
        group.MapGet("/{id}", GetAsync).WithName("getEndpoint").WithSummary("An endpoint, and where it stands")
            .WithDescription("`state` is `pending`, `active`, `failing`, `disabled` or `paused`; `stateReason` says why.")
            .WithPath("id", AnId, ExampleId)
            .WithIfNoneMatch()
            .WithProblems(ProblemTypes.EndpointNotFound)
            .Produces<EndpointAnswer>().WithETag(200, 304);
        group.MapPatch("/{id}", PatchAsync).WithName("changeEndpoint").WithSummary("Change, pause, resume or enable an endpoint")
            .WithDescription("A JSON merge: members left out stay, null clears. Another `url` is proved again before anything is delivered there; what waits, waits.")
            .WithPath("id", AnId, ExampleId)
            .WithBody<EndpointPatchBody>("""{ "description": "The compliance desk in Berlin", "rateLimit": 50, "state": "paused" }""")
            .WithIfMatch()
            .WithProblems(
                ProblemTypes.EndpointNotFound, ProblemTypes.EndpointNotVerified, ProblemTypes.DestinationForbidden, ProblemTypes.ConditionInvalid,
                ProblemTypes.LimitExceeded)
            .Produces<EndpointAnswer>().WithETag(200);
        group.MapDelete("/{id}", DeleteAsync).WithName("deleteEndpoint").WithSummary("Delete an endpoint; what waits to be delivered to it goes with it")
            .WithDescription("Its log stays readable. The events that it would have got stay in the log of everything recorded.")
            .WithPath("id", AnId, ExampleId)
            .WithIfMatch()
            .WithProblems(ProblemTypes.EndpointNotFound)
            .Produces(204);
        group.MapPost("/{id}/verify", VerifyAsync).WithName("verifyEndpoint").WithSummary("Ask an endpoint again whether it wants deliveries")
            .WithDescription("By `OPTIONS`, then by a signed challenge; at most 10 seconds together. A pending endpoint that is proved becomes active and hears of what is recorded from then on.")
            .WithPath("id", AnId, ExampleId)
            .WithIdempotencyKey()
            .WithProblems(ProblemTypes.EndpointNotFound, ProblemTypes.ConcurrentChange)
            .Produces<VerificationAnswer>().WithETag(200);
        group.MapPost("/{id}/rotate-secret", RotateAsync).WithName("rotateSecret").WithSummary("Give an endpoint a new signing secret")
            .WithDescription("For the grace period deliveries carry the signatures of the new secret and of the old ones; after it of the new one alone. The secret is shown in this answer and never again.")
            .WithPath("id", AnId, ExampleId)
            .WithBody<RotationBody>("""{ "gracePeriod": "PT24H" }""")
            .WithIdempotencyKey(keepsAnswer: false)
            .WithProblems(ProblemTypes.EndpointNotFound, ProblemTypes.LimitExceeded, ProblemTypes.ConcurrentChange)
            .Produces<RotationAnswer>().WithETag(200);
        group.MapGet("/{id}/log", LogAsync).WithName("listEndpointLog").WithSummary("What was done to an endpoint: when, by whom and why")
            .WithDescription("The newest first; that of a deleted endpoint stays.")
            .WithPath("id", AnId, ExampleId)
            .WithPaging($"/api/v1/webhooks/endpoints/{ExampleId}/log", "1000")
            .WithProblems(ProblemTypes.EndpointNotFound)
            .Produces<EndpointLogPage>();
    }

    private static async Task<IResult> CreateAsync(HttpContext context, EndpointWriter writer, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(context, ApiJson.Types.EndpointBody);
        var (endpoint, secret) = await writer.CreateAsync(body, context.Features.Get<KeyedRequest>(), cancellationToken);
        context.Response.Headers.Location = $"/api/v1/webhooks/endpoints/{endpoint.Id}";
        return Shown(context, EndpointAnswer.Of(endpoint, secret), 201);
    }

    private static async Task<IResult> ListAsync(HttpContext context, EndpointStore store, CancellationToken cancellationToken)
    {
        var paging = Paging.From(context.Request);
        var found = await store.PageAsync(StreamIds.DefaultTenant, paging.After, paging.Limit + 1, cancellationToken);
        return Results.Json(
            new EndpointPage(
                [..found.Take(paging.Limit).Select(e => EndpointAnswer.Of(e))],
                found.Count > paging.Limit ? paging.Cursor(found[paging.Limit - 1].Id, "") : null),
            ApiJson.Types.EndpointPage);
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, EndpointWriter writer, CancellationToken cancellationToken)
    {
        var endpoint = await writer.FindAsync(id, cancellationToken);
        if (Preconditions.IsNotModified(context.Request, endpoint.Version))
        {
            context.Response.Headers.ETag = Preconditions.ETag(endpoint.Version);
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        return Shown(context, EndpointAnswer.Of(endpoint), 200);
    }

    private static async Task<IResult> PatchAsync(string id, HttpContext context, EndpointWriter writer, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(context, ApiJson.Types.EndpointPatchBody);
        return Shown(context, EndpointAnswer.Of(await writer.PatchAsync(id, body, Preconditions.From(context.Request), cancellationToken)), 200);
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext context, EndpointWriter writer, CancellationToken cancellationToken)
    {
        await writer.DeleteAsync(id, Preconditions.From(context.Request), cancellationToken);
        return Results.NoContent();
    }

    private static async Task<IResult> VerifyAsync(string id, HttpContext context, EndpointWriter writer, CancellationToken cancellationToken)
    {
        var (verification, endpoint) = await writer.VerifyAsync(id, cancellationToken);
        context.Response.Headers.ETag = Preconditions.ETag(endpoint.Version);
        return Results.Json(new VerificationAnswer(verification.Verified, verification.Reason, EndpointAnswer.Of(endpoint)), ApiJson.Types.VerificationAnswer);
    }

    private static async Task<IResult> RotateAsync(string id, HttpContext context, EndpointWriter writer, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(context, ApiJson.Types.RotationBody);
        var (secret, until, endpoint) = await writer.RotateAsync(id, EndpointChecks.Grace(body.GracePeriod), context.Features.Get<KeyedRequest>(), cancellationToken);
        context.Response.Headers.ETag = Preconditions.ETag(endpoint.Version);
        return Results.Json(new RotationAnswer(secret, until, endpoint.Version), ApiJson.Types.RotationAnswer);
    }

    private static async Task<IResult> LogAsync(string id, HttpContext context, EndpointLog log, CancellationToken cancellationToken)
    {
        var paging = Paging.From(context.Request);
        var found = await log.PageAsync(StreamIds.DefaultTenant, id, paging.AfterNumber, paging.Limit + 1, cancellationToken);
        if (found.Count == 0 && paging.After is null)
        {
            throw EndpointWriter.NotFound(id);
        }

        var next = found.Count > paging.Limit ? paging.Cursor(found[paging.Limit - 1].Entry.ToString(CultureInfo.InvariantCulture), "") : null;
        return Results.Json(new EndpointLogPage([..found.Take(paging.Limit).Select(Item)], next), ApiJson.Types.EndpointLogPage);
    }

    private static EndpointLogItem Item(EndpointLogEntry entry) => new(
        entry.At, entry.What, entry.Actor,
        (entry.Detail as JsonObject ?? []).Where(d => d.Value is not null).ToDictionary(d => d.Key, d => d.Value!.ToString()));

    private static IResult Shown(HttpContext context, EndpointAnswer answer, int status)
    {
        context.Response.Headers.ETag = Preconditions.ETag(answer.Version);
        // A secret is nothing to keep on the way.
        context.Response.Headers.CacheControl = answer.Secret is null ? default : "no-store";
        return Results.Json(answer, ApiJson.Types.EndpointAnswer, statusCode: status);
    }
}
