using System.Globalization;
using System.Text;
using System.Text.Json;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Requests;
using ComplianceTracker.EventStore;
using Microsoft.AspNetCore.Hosting.Server;

namespace ComplianceTracker.Api.Feed;

/// <summary>The log as CloudEvents, in pages or followed live.</summary>
internal static class FeedEndpoints
{
    private const string Live = "text/event-stream";
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Adds what the endpoint and deliveries need.</summary>
    public static IServiceCollection AddFeed(this IServiceCollection services, IConfiguration configuration)
    {
        var configured = PublicUrl.From(configuration);
        return services
            .AddSingleton(provider => new PublicUrl(configured, () => PublicUrl.BoundOf(provider.GetRequiredService<IServer>())))
            .AddSingleton<CloudEvents>();
    }

    /// <summary>Maps the endpoint.</summary>
    public static void MapFeedEndpoints(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/events", GetAsync).WithTags("Events").WithName("listEvents")
            .WithSummary("The log as CloudEvents, in pages or followed live")
            .WithDescription("With `Accept: text/event-stream` the stream begins after the position given and goes on live; each event's `id` is its position. It has no pages, so `limit` and `cursor` are refused there.")
            .WithParameters(
                ApiParameter.Query("after", "The position after which to begin; 0, the default, is the beginning.", ApiParameter.Position) with { Example = 0 },
                ApiParameter.Header("Last-Event-ID", "The same, as browsers send it when they come back; it goes before `after`.", ApiParameter.Position) with { Form = 1260 })
            .WithReadBarrier().WithPaging("/api/v1/events", "1260")
            .WithMetadata(new AnswerHeader("Vary", "The representation depends on `Accept`.", "Accept", [200]))
            .InLane(Lane.Feed)
            .Produces<EventPageBody>(200, "application/json", Live);

    /// <summary>True when the request asks to follow the log live.</summary>
    public static bool IsLive(HttpContext context) => Representation.Choose(context.Request, Representation.Offered(context.GetEndpoint())) == Live;

    private static async Task<IResult> GetAsync(
        HttpContext context, IEventStore store, CloudEvents events, ReadBarrier barrier, IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var after = After(context);
        context.Response.Headers.Vary = "Accept";
        if (IsLive(context))
        {
            RefusePages(query);
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
            await FollowAsync(context, store, events, after, ends.Token);
            return Results.Empty;
        }

        await barrier.WaitForLogAsync(context, cancellationToken);
        var paging = Paging.From(context.Request);
        var page = await store.ReadAllAsync(paging.AfterNumber ?? after, paging.Limit, null, cancellationToken);

        // Asked for what lies beyond the head: say where the head is, not that the page reaches there.
        var reached = page.Events.Count > 0 ? page.Through : Math.Min(page.Through, await store.HeadAsync(cancellationToken));
        var more = page.Events.Count == paging.Limit;
        return Results.Json(
            new EventPageBody(
                [..page.Events.Select(e => events.Body(e, null, context.Request))],
                more ? paging.Cursor(page.Events[^1].Position.ToString(CultureInfo.InvariantCulture), "") : null,
                reached),
            ApiJson.Types.EventPageBody);
    }

    // Who asks for ten events expects an end, and who gives a cursor expects to go on there: a stream does neither.
    private static void RefusePages(IQueryCollection query)
    {
        if ((query.ContainsKey("limit") ? "limit" : query.ContainsKey("cursor") ? "cursor" : null) is { } paging)
        {
            throw ApiProblem.BadParameter(paging, $"'{paging}' is of pages, and a stream has none: leave it out, or send Accept: application/json; a stream begins after 'after' or Last-Event-ID.");
        }
    }

    private static async Task FollowAsync(HttpContext context, IEventStore store, CloudEvents events, long after, CancellationToken cancellationToken)
    {
        context.Response.ContentType = Live;
        context.Response.Headers.CacheControl = "no-store";
        if (context.IsHead())
        {
            return;
        }

        RequestDeadline.Of(context)?.Lift();
        try
        {
            await context.Response.Body.FlushAsync(cancellationToken);
            while (true)
            {
                var page = await store.ReadAllAsync(after, 100, null, cancellationToken);
                foreach (var e in page.Events)
                {
                    var json = JsonSerializer.Serialize(events.Body(e, null, context.Request), ApiJson.Types.CloudEventBody);
                    await context.Response.WriteAsync($"id: {e.Position}\nevent: {CloudEvents.TypeOf(e)}\ndata: {json}\n\n", Encoding.UTF8, cancellationToken);
                }

                await context.Response.Body.FlushAsync(cancellationToken);
                if (page.Events.Count == 0 && !await WaitAsync(store, page.Through, cancellationToken))
                {
                    // A comment keeps proxies from closing a quiet stream and tells us when the client is gone.
                    await context.Response.WriteAsync(": still here\n\n", Encoding.UTF8, cancellationToken);
                }

                after = Math.Max(after, page.Through);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The client went away or the service stops: the stream ends, and the client resumes with Last-Event-ID.
        }
    }

    private static async Task<bool> WaitAsync(IEventStore store, long after, CancellationToken cancellationToken)
    {
        using var beat = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        beat.CancelAfter(Heartbeat);
        try
        {
            await store.WaitForEventsAsync(after, beat.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static long After(HttpContext context)
    {
        var (name, given) = context.Request.Headers["Last-Event-ID"] is { Count: > 0 } resumed
            ? ("Last-Event-ID", resumed)
            : ("after", context.Request.Query["after"]);
        var text = given.Count == 0 ? "0" : given.ToString();
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var after)
            ? after
            : throw ApiProblem.BadParameter(name, $"'{text}' is not a position of the log.");
    }
}
