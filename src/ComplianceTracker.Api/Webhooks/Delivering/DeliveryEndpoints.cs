using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Feed;
using ComplianceTracker.Api.Idempotency;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Requests;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Webhooks.Endpoints;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.EventStore;
using Npgsql;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>What became of deliveries, and asking for them again.</summary>
internal static class DeliveryEndpoints
{
    private const string AnEndpoint = "The endpoint's id.";
    private const string ADelivery = "The delivery's number.";
    private const string ExampleEndpoint = EndpointEndpoints.ExampleId;
    private const string Lists = $"/api/v1/webhooks/endpoints/{ExampleEndpoint}";

    /// <summary>Adds what delivering needs.</summary>
    public static IServiceCollection AddDelivering(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(WebhookSettings.From(configuration))
        .AddSingleton<IDeliveryQueue, PostgresDeliveryQueue>()
        .AddSingleton<DeliveredEvents>()
        .AddSingleton<DeliveryTelemetry>()
        .AddSingleton<DeliveryLog>()
        .AddSingleton<EndpointHealth>()
        .AddSingleton<DeliveryParts>()
        .AddSingleton<EndpointDirectory>()
        .AddSingleton<EndpointJudge>()
        .AddSingleton<Replayer>()
        .AddSingleton<Dispatcher>()
        .AddSingleton<ISubscription, DeliverySubscription>()
        .AddHostedService<DispatcherService>();

    /// <summary>Maps the endpoints.</summary>
    public static void MapDeliveryEndpoints(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/webhooks/endpoints/{id}").WithTags("Webhooks");
        group.MapGet("/deliveries", ListAsync).WithName("listDeliveries")
            .WithSummary("What was and is being delivered to the endpoint")
            .WithDescription("The newest first, each with its last attempt. What is pending waits for its next attempt or for an earlier delivery of the same subject.")
            .WithPath("id", AnEndpoint, ExampleEndpoint)
            .WithParameters(
                ApiParameter.Query("state", "Only those in this state; repeat it for several.", ApiParameter.Words<DeliveryState>) with { Form = new JsonArray("pending") },
                ApiParameter.Query("type", "Only events of this type; repeat it for several.", ApiParameter.Texts) with { Form = new JsonArray("obligation.applicable") },
                ApiParameter.Query("eventId", "Only this event.", ApiParameter.Text) with { Form = "2a4cf6a5-91b7-8f0e-9d4c-5e0f6a7b8c9d" },
                ApiParameter.Query("subject", "Only what is about this: `companies/…` or `instruments/…`.", ApiParameter.Text) with { Form = "companies/acme" })
            .WithPaging($"{Lists}/deliveries", "1000")
            .WithProblems(ProblemTypes.EndpointNotFound)
            .Produces<DeliveryPage>();
        group.MapGet("/deliveries/{deliveryId}", OneAsync).WithName("getDelivery")
            .WithSummary("One delivery with every attempt and what is sent")
            .WithDescription("Attempts are kept for 90 days unless the service is configured otherwise; the events themselves are kept for ever.")
            .WithPath("id", AnEndpoint, ExampleEndpoint).WithPath("deliveryId", ADelivery, "1")
            .WithProblems(ProblemTypes.EndpointNotFound, ProblemTypes.DeliveryNotFound)
            .Produces<DeliveryDetail>();
        group.MapPost("/deliveries/{deliveryId}/retry", RetryAsync).WithName("retryDelivery")
            .WithSummary("Deliver one again, now")
            .WithDescription("What waits for its next attempt is tried at once. Anything else is sent once more, under the same id, whatever the endpoint's state; that changes nothing about its health.")
            .WithPath("id", AnEndpoint, ExampleEndpoint).WithPath("deliveryId", ADelivery, "1")
            .WithIdempotencyKey()
            .WithProblems(ProblemTypes.EndpointNotFound, ProblemTypes.DeliveryNotFound, ProblemTypes.EndpointNotVerified)
            .Produces<DeliveryItem>(202);
        group.MapPost("/replay", ReplayAsync).WithName("replayEvents")
            .WithSummary("Deliver what happened since a time or a position again")
            .WithDescription(
                """
                Everything in the log that the endpoint's filter lets through, in order: the same ids, signed with the current secret, one attempt each,
                without effect on the endpoint's health, and allowed while it is paused or disabled. With `"preview": true` it is only counted.
                A replay has at most 100,000 events; where `more` is true, the next begins `after` the answer's `through`.
                """)
            .WithPath("id", AnEndpoint, ExampleEndpoint)
            .WithBody<ReplayBody>("""{ "since": "2026-11-01T00:00:00Z", "preview": true }""")
            .WithIdempotencyKey()
            .WithProblems(ProblemTypes.EndpointNotFound, ProblemTypes.EndpointNotVerified)
            .Produces<ReplayAnswer>(202);
        group.MapPost("/test", TestAsync).WithName("testEndpoint")
            .WithSummary("Send the endpoint an event of type endpoint.test")
            .WithDescription("One attempt, whatever the endpoint's filter and state; `getDelivery` tells what became of it.")
            .WithPath("id", AnEndpoint, ExampleEndpoint)
            .WithIdempotencyKey()
            .WithProblems(ProblemTypes.EndpointNotFound, ProblemTypes.EndpointNotVerified)
            .Produces<DeliveryItem>(202);
        group.MapGet("/events", EventsAsync).WithName("listEndpointEvents")
            .WithSummary("The log through the endpoint's filter, for those who fetch")
            .WithDescription(
                """
                What the endpoint would be sent, in log order and in the representations of `listEvents`: `sequence` is the log position. Go on with `after`
                set to `position`, as often as you like: nothing is skipped. A page may be short and yet have a next one: it ends after so much of the log.
                """)
            .WithPath("id", AnEndpoint, ExampleEndpoint)
            .WithFeed($"{Lists}/events")
            .WithProblems(ProblemTypes.EndpointNotFound);
    }

    private static async Task<IResult> ListAsync(string id, HttpContext context, EndpointStore endpoints, DeliveryLog log, CancellationToken cancellationToken)
    {
        var endpoint = await FindAsync(endpoints, id, cancellationToken);
        var paging = Paging.From(context.Request);
        var found = await log.ListAsync(endpoint.Id, Filter(context.Request.Query), paging.AfterNumber, paging.Limit + 1, cancellationToken);
        return Results.Json(
            new DeliveryPage([..found.Take(paging.Limit)], found.Count > paging.Limit ? paging.Cursor(found[paging.Limit - 1].Id, "") : null),
            ApiJson.Types.DeliveryPage);
    }

    private static async Task<IResult> OneAsync(
        string id, string deliveryId, EndpointStore endpoints, DeliveryLog log, DeliveredEvents events, CloudEvents cloudEvents, HttpContext context, CancellationToken cancellationToken)
    {
        var endpoint = await FindAsync(endpoints, id, cancellationToken);
        var (delivery, attempts, body) = await FindAsync(log, endpoint, deliveryId, cancellationToken);
        var sent = body is null
            ? cloudEvents.Body(await events.AtAsync(delivery.Position!.Value, cancellationToken), Text(delivery.Sequence ?? 0), context.Request)
            : JsonSerializer.Deserialize(body, ApiJson.Types.CloudEventBody)!;
        return Results.Json(new DeliveryDetail(delivery, attempts, sent), ApiJson.Types.DeliveryDetail);
    }

    private static async Task<IResult> RetryAsync(
        string id, string deliveryId, EndpointStore endpoints, DeliveryLog log, IDeliveryQueue queue, EndpointHealth health, NpgsqlDataSource database, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var endpoint = Verified(await FindAsync(endpoints, id, cancellationToken));
        var (delivery, _, body) = await FindAsync(log, endpoint, deliveryId, cancellationToken);
        if (delivery.State == DeliveryState.Pending && endpoint.State is EndpointState.Active or EndpointState.Failing
            && (await health.ReadAsync(endpoint.Id, cancellationToken)).Hold <= TimeSpan.Zero
            && await log.HastenAsync(endpoint.Id, Number(deliveryId)!.Value, cancellationToken))
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await NoteAsync(connection, clock, endpoint, DeliveryKind.Retry, Number(deliveryId)!.Value, delivery.EventId, delivery.Type, cancellationToken);
            return Results.Json(await AgainAsync(log, endpoint, Number(deliveryId)!.Value, cancellationToken), ApiJson.Types.DeliveryItem, statusCode: 202);
        }

        var again = new NewDelivery(endpoint.Id, delivery.Subject, delivery.EventId, delivery.Position ?? 0, delivery.Type);
        var number = await EnqueueAsync(database, queue, clock, endpoint, "retry", DeliveryKind.Retry, again, body, cancellationToken);
        return Results.Json(await AgainAsync(log, endpoint, number, cancellationToken), ApiJson.Types.DeliveryItem, statusCode: 202);
    }

    private static async Task<IResult> ReplayAsync(
        string id, HttpContext context, EndpointStore endpoints, Replayer replayer, IEventStore store, CancellationToken cancellationToken)
    {
        var endpoint = Verified(await FindAsync(endpoints, id, cancellationToken));
        var body = await RequestBody.ReadAsync(context, ApiJson.Types.ReplayBody);
        if (body is { Since: null, After: null } or { Since: not null, After: not null })
        {
            throw new ApiProblem(ProblemTypes.InvalidBody, "A replay begins at 'since' (an instant) or 'after' (a position of the log): one of the two.") { Pointer = "/since" };
        }

        if (body.After < 0)
        {
            throw new ApiProblem(ProblemTypes.InvalidBody, "A position is 0 or more.") { Pointer = "/after" };
        }

        // A long log takes longer to search than an answer may.
        RequestDeadline.Of(context)?.Lift();
        var after = body.After ?? await store.PositionAtAsync(Before(body.Since!.Value), cancellationToken);
        return Results.Json(await replayer.ReplayAsync(endpoint, after, body.Preview, "api", cancellationToken), ApiJson.Types.ReplayAnswer, statusCode: 202);
    }

    private static async Task<IResult> TestAsync(
        string id, HttpContext context, EndpointStore endpoints, DeliveryLog log, IDeliveryQueue queue, NpgsqlDataSource database, CloudEvents cloudEvents, EventTypes types, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var endpoint = Verified(await FindAsync(endpoints, id, cancellationToken));
        var eventId = WriteOrigin.Of(context).EventId(0);
        var data = types.Encode(eventId, new EndpointTest(endpoint.Id));
        var stream = StreamIds.Endpoint(endpoint.Tenant, endpoint.Id);
        var body = cloudEvents.Render(
            new RecordedEvent(0, eventId, stream, 0, data.Type, data.Data, clock.GetUtcNow(), RequestMetadata.Of(context)), "0");
        var test = new NewDelivery(endpoint.Id, CloudEvents.SubjectOf(stream), eventId, 0, CloudEvents.NameOf(data.Type).Type);
        var number = await EnqueueAsync(database, queue, clock, endpoint, "test", DeliveryKind.Test, test, body, cancellationToken);
        return Results.Json(await AgainAsync(log, endpoint, number, cancellationToken), ApiJson.Types.DeliveryItem, statusCode: 202);
    }

    private static async Task<IResult> EventsAsync(
        string id, HttpContext context, EndpointStore endpoints, Replayer replayer, LogFeed feed, CancellationToken cancellationToken)
    {
        await FindAsync(endpoints, id, cancellationToken);

        // Looked up for each page: whoever follows live hears what the filter is by then, and nothing more once the endpoint is deleted.
        return await feed.AnswerAsync(
            context, async (after, limit, token) => await replayer.PageAsync(await FindAsync(endpoints, id, token), after, limit, token), cancellationToken);
    }

    private static async Task<long> EnqueueAsync(
        NpgsqlDataSource database, IDeliveryQueue queue, TimeProvider clock, WebhookEndpoint endpoint, string what, DeliveryKind kind, NewDelivery delivery, byte[]? body,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var number = await queue.EnqueueAskedAsync(transaction, $"~{what}-{Guid.CreateVersion7():N}", kind, [delivery], body, cancellationToken);
        await NoteAsync(connection, clock, endpoint, kind, number, delivery.EventId, delivery.Type, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return number;
    }

    private static Task NoteAsync(
        NpgsqlConnection connection, TimeProvider clock, WebhookEndpoint endpoint, DeliveryKind kind, long number, Guid eventId, string type, CancellationToken cancellationToken) =>
        EndpointLog.AddAsync(
            connection, endpoint.Tenant, endpoint.Id, clock.GetUtcNow(), kind == DeliveryKind.Test ? "tested" : "retried", "api",
            new JsonObject { ["delivery"] = Text(number), ["eventId"] = eventId.ToString(), ["type"] = type }, cancellationToken);

    private static async Task<WebhookEndpoint> FindAsync(EndpointStore endpoints, string id, CancellationToken cancellationToken) =>
        await endpoints.FindAsync(StreamIds.DefaultTenant, id, cancellationToken)
        ?? throw new ApiProblem(ProblemTypes.EndpointNotFound, $"There is no endpoint '{id}'.");

    private static WebhookEndpoint Verified(WebhookEndpoint endpoint) => endpoint.State == EndpointState.Pending
        ? throw new ApiProblem(ProblemTypes.EndpointNotVerified, "Nothing is sent to the endpoint before it is verified.")
        : endpoint;

    private static async Task<(DeliveryItem Delivery, IReadOnlyList<AttemptItem> Attempts, byte[]? Body)> FindAsync(
        DeliveryLog log, WebhookEndpoint endpoint, string deliveryId, CancellationToken cancellationToken) =>
        (Number(deliveryId) is { } number ? await log.FindAsync(endpoint.Id, number, cancellationToken) : null)
        ?? throw new ApiProblem(ProblemTypes.DeliveryNotFound, $"The endpoint has no delivery '{deliveryId}'; finished ones are kept for a while only.");

    private static async Task<DeliveryItem> AgainAsync(DeliveryLog log, WebhookEndpoint endpoint, long number, CancellationToken cancellationToken) =>
        (await log.FindAsync(endpoint.Id, number, cancellationToken))!.Value.Delivery;

    private static DeliveryFilter Filter(IQueryCollection query) => new(
        [..query["state"].SelectMany(s => s?.Split(',') ?? []).Select(word => Words.TryParse<DeliveryState>(word, out var state)
            ? state
            : throw ApiProblem.BadParameter("state", $"'{word}' is no state of a delivery.", [..Words.All<DeliveryState>()]))],
        [..query["type"].OfType<string>().SelectMany(t => t.Split(','))],
        query["eventId"] switch
        {
            [] => null,
            [{ } text] when Guid.TryParse(text, out var id) => id,
            var given => throw ApiProblem.BadParameter("eventId", $"'{given}' is not the id of an event."),
        },
        query["subject"] switch
        {
            [] => null,
            [{ Length: > 0 } subject] => subject,
            _ => throw ApiProblem.BadParameter("subject", "'subject' is one subject such as companies/acme."),
        });

    private static DateTimeOffset Before(DateTimeOffset instant) =>
        instant.UtcTicks < TimeSpan.TicksPerDay ? DateTimeOffset.UnixEpoch : instant.AddTicks(-TimeSpan.TicksPerMicrosecond);

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
