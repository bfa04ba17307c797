using System.Globalization;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Idempotency;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.EventStore;
using ComplianceTracker.EventStore.Parking;
using ComplianceTracker.EventStore.Work;

namespace ComplianceTracker.Api.Parked;

/// <summary>What the projections have set aside: see it, try it again, leave it out; every step is logged.</summary>
internal static class ParkedEndpoints
{
    private const int LongestReason = 2000;
    private const string ASubscription = "The projection's name.";
    private const string APosition = "The event's log position.";

    private static readonly ApiParameter OfSubscription =
        ApiParameter.Query("subscription", "Only what this projection set aside.", ApiParameter.Text) with { Example = "Register" };

    /// <summary>Maps the endpoints.</summary>
    public static void MapParkedEndpoints(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/operations/parked").WithTags("Operations");
        group.MapGet("", ListAsync).WithName("listParked")
            .WithSummary("Events on which a projection fails, and those of the same streams that wait for them")
            .WithDescription("An event that fails by itself is set aside with its reason; later events of its stream wait for it, and other streams go on.")
            .WithParameters(OfSubscription).WithPaging("/api/v1/operations/parked?subscription=Register", "1260", "Register")
            .Produces<ParkedPage>();
        group.MapGet("/log", LogAsync).WithName("listParkedLog")
            .WithSummary("What was parked, retried and skipped: when, by whom and why")
            .WithDescription("The newest first.")
            .WithParameters(OfSubscription).WithPaging("/api/v1/operations/parked/log?subscription=Register", "1000")
            .Produces<ParkedLogPage>();
        group.MapPost("/{subscription}/{position}/retry", RetryAsync).WithName("retryParked")
            .WithSummary("Hand the event to the projection again, and then those that wait for it")
            .WithDescription("For when what made it fail is mended. An event that fails again stays parked, and the answer says so.")
            .WithPath("subscription", ASubscription, "Register").WithPath("position", APosition, "1260")
            .WithIdempotencyKey()
            .WithProblems(ProblemTypes.ParkedEventNotFound, ProblemTypes.ParkedEventWaits)
            .Produces<ReleaseAnswer>();
        group.MapPost("/{subscription}/{position}/skip", SkipAsync).WithName("skipParked")
            .WithSummary("Leave the event out of the projection for good, and go on with those that wait for it")
            .WithDescription("The event stays in the log; the projection is told of it no more. Who skipped it and why is kept.")
            .WithPath("subscription", ASubscription, "Register").WithPath("position", APosition, "1260")
            .WithBody<SkipBody>("""{ "reason": "Written by a tool that is gone; the company was registered again." }""")
            .WithIdempotencyKey()
            .WithProblems(ProblemTypes.ParkedEventNotFound, ProblemTypes.ParkedEventWaits)
            .Produces<ReleaseAnswer>();
    }

    private static async Task<IResult> ListAsync(HttpContext context, IEventStore store, CancellationToken cancellationToken)
    {
        var paging = Paging.From(context.Request);
        var after = paging.AfterNumber is { } last ? new ParkedKey(paging.Pinned!, last) : null;
        var found = await store.ListParkedAsync(Subscription(context), after, paging.Limit + 1, cancellationToken);
        var next = found.Count > paging.Limit ? found[paging.Limit - 1].Key : null;
        return Results.Json(
            new ParkedPage([..found.Take(paging.Limit).Select(Item)], next is null ? null : paging.Cursor(Text(next.Position), next.Subscription)),
            ApiJson.Types.ParkedPage);
    }

    private static async Task<IResult> LogAsync(HttpContext context, IEventStore store, CancellationToken cancellationToken)
    {
        var paging = Paging.From(context.Request);
        var found = await store.ListParkedLogAsync(Subscription(context), paging.AfterNumber, paging.Limit + 1, cancellationToken);
        var next = found.Count > paging.Limit ? paging.Cursor(Text(found[paging.Limit - 1].Id), "") : null;
        return Results.Json(new ParkedLogPage([..found.Take(paging.Limit).Select(Item)], next), ApiJson.Types.ParkedLogPage);
    }

    private static async Task<IResult> RetryAsync(
        string subscription, string position, HttpContext context, IEventStore store, IEnumerable<ISubscription> subscriptions, CancellationToken cancellationToken)
    {
        var (handler, at) = Find(subscription, position, subscriptions);
        return Answer(subscription, position, await store.RetryParkedAsync(handler, at, Requester(context), cancellationToken));
    }

    private static async Task<IResult> SkipAsync(
        string subscription, string position, HttpContext context, IEventStore store, IEnumerable<ISubscription> subscriptions, CancellationToken cancellationToken)
    {
        var (handler, at) = Find(subscription, position, subscriptions);
        var body = await RequestBody.ReadAsync(context, ApiJson.Types.SkipBody);
        if (string.IsNullOrWhiteSpace(body.Reason) || body.Reason.Length > LongestReason)
        {
            throw new ApiProblem(ProblemTypes.InvalidBody, $"A reason has 1 to {LongestReason} characters.") { Pointer = "/reason" };
        }

        return Answer(subscription, position, await store.SkipParkedAsync(handler, at, body.Reason, Requester(context), cancellationToken));
    }

    private static IResult Answer(string subscription, string position, ReleaseResult result) => result switch
    {
        ReleaseResult.Released released => Results.Json(new ReleaseAnswer(released.Handled, null), ApiJson.Types.ReleaseAnswer),
        ReleaseResult.StillFailing failing => Results.Json(
            new ReleaseAnswer(failing.Handled, new FailingEvent(failing.Position, failing.Reason)), ApiJson.Types.ReleaseAnswer),
        ReleaseResult.Waits waits => throw new ApiProblem(
            ProblemTypes.ParkedEventWaits, $"The event at position {position} waits for the one at position {waits.For}: deal with that one.")
        {
            Expected = [Text(waits.For)],
        },
        _ => throw NotParked(subscription, position),
    };

    private static (ISubscription Handler, long Position) Find(string subscription, string position, IEnumerable<ISubscription> subscriptions)
    {
        var handler = subscriptions.Append(GivenUpCalls.Instance).FirstOrDefault(s => s.Name == subscription) ?? throw NotParked(subscription, position);
        return long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            ? (handler, at)
            : throw NotParked(subscription, position);
    }

    private static ApiProblem NotParked(string subscription, string position) => new(
        ProblemTypes.ParkedEventNotFound, $"'{subscription}' has no parked event at position {position}; it may have been handled or skipped meanwhile.");

    // There is no access control yet: whoever reaches the service is its operator.
    private static ReleaseRequest Requester(HttpContext context) => new("api", context.Features.Get<KeyedRequest>()?.Nonce);

    private static string? Subscription(HttpContext context) => context.Request.Query["subscription"] switch
    {
        [] => null,
        [{ Length: > 0 } name] => name,
        _ => throw ApiProblem.BadParameter("subscription", "'subscription' is the name of one projection."),
    };

    private static ParkedItem Item(ParkedEvent e) => new(
        e.Subscription, e.Position, e.StreamId, e.EventId, e.Type, e.State, e.Reason, e.Attempts, e.FirstFailedAt, e.LastFailedAt);

    private static ParkedLogItem Item(ParkedLogEntry e) => new(
        e.Subscription, e.Position, e.StreamId, e.EventId, e.Type, e.Action, e.Reason, e.Actor, e.At);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
