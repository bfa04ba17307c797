using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
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

    // What a follower that does not read keeps in memory, and no more.
    private const int LiveAtOnce = 20;
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
            .WithDescription(
                """
                With `Accept: text/event-stream` the stream begins after the position given and goes on live; each event's `id` is its position. It has no
                pages, so `limit` and `cursor` are refused there. With `Accept: application/cloudevents-batch+json` a page is the bare array of its events;
                the next page is in `Link`, the position in `Log-Position`. With `types`, a page may be short and yet have a next one: it ends after so much
                of the log.
                """)
            .WithParameters(
                ApiParameter.Query(
                    "types", "The types of events: names such as `instrument.passed`, or `obligation.*` for all that begin so. Left out: every type. Several are given by repeating the parameter or joined by commas.", ApiParameter.Texts) with
                {
                    Form = new JsonArray("instrument.*", "company.registered"),
                },
                ApiParameter.Query("after", "The position after which to begin; 0, the default, is the beginning.", ApiParameter.Position) with { Example = 0 },
                ApiParameter.Header("Last-Event-ID", "The same, as browsers send it when they come back; it goes before `after`.", ApiParameter.Position) with { Form = 1260 })
            .WithReadBarrier().WithPaging("/api/v1/events", "1260")
            .WithMetadata(
                new AnswerHeader("Vary", "The representation depends on `Accept`.", "Accept", [200]),
                new AnswerHeader("Link", "The next page; left out at the head of the log.", "<http://localhost:5080/api/v1/events?cursor=...>; rel=\"next\"", [200]),
                new AnswerHeader("Log-Position", "Of a page: the log position up to which, included, it reaches.", "1261", [200]))
            .InLane(Lane.Feed)
            .Produces<EventPageBody>(200, "application/json", CloudEvents.BatchMediaType, Live);

    /// <summary>True when the request asks to follow the log live.</summary>
    public static bool IsLive(HttpContext context) => Representation.Choose(context.Request, Representation.Offered(context.GetEndpoint())) == Live;

    private static async Task<IResult> GetAsync(
        HttpContext context, IEventStore store, CloudEvents events, ReadBarrier barrier, IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var after = After(context);
        var filter = TypeFilter.From(query);
        context.Response.Headers.Vary = "Accept";
        var representation = Representation.Choose(context.Request, Representation.Offered(context.GetEndpoint()));
        if (representation == Live)
        {
            RefusePages(query);
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
            await FollowAsync(context, store, events, after, filter, ends.Token);
            return Results.Empty;
        }

        await barrier.WaitForLogAsync(context, cancellationToken);
        var paging = Paging.From(context.Request);
        var page = await store.ReadAllAsync(paging.AfterNumber ?? after, paging.Limit, filter, cancellationToken);

        // Asked for what lies beyond the head: say where the head is, not that the page reaches there.
        var full = page.Events.Count == paging.Limit;
        var head = full ? page.Through : await store.HeadAsync(cancellationToken);
        var reached = Math.Min(page.Through, head);
        var next = full || page.Through < head ? paging.Cursor(page.Through.ToString(CultureInfo.InvariantCulture), "") : null;
        return Page(context, [..page.Events.Select(e => events.Body(e, null, context.Request))], next, reached, representation == CloudEvents.BatchMediaType);
    }

    private static IResult Page(HttpContext context, IReadOnlyList<CloudEventBody> items, string? next, long position, bool bare)
    {
        context.Response.Headers["Log-Position"] = position.ToString(CultureInfo.InvariantCulture);
        if (next is not null)
        {
            var query = context.Request.Query.Where(p => p.Key is not ("cursor" or "after")).Append(new("cursor", next));
            context.Response.Headers.Link = $"<{context.Request.Path}{QueryString.Create(query)}>; rel=\"next\"";
        }

        return bare
            ? Results.Json(items, ApiJson.Types.IReadOnlyListCloudEventBody, CloudEvents.BatchMediaType)
            : Results.Json(new EventPageBody(items, next, position), ApiJson.Types.EventPageBody);
    }

    // Who asks for ten events expects an end, and who gives a cursor expects to go on there: a stream does neither.
    private static void RefusePages(IQueryCollection query)
    {
        if ((query.ContainsKey("limit") ? "limit" : query.ContainsKey("cursor") ? "cursor" : null) is { } paging)
        {
            throw ApiProblem.BadParameter(paging, $"'{paging}' is of pages, and a stream has none: leave it out, or send Accept: application/json; a stream begins after 'after' or Last-Event-ID.");
        }
    }

    private static async Task FollowAsync(
        HttpContext context, IEventStore store, CloudEvents events, long after, EventFilter? filter, CancellationToken cancellationToken)
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

            // Every write is awaited: for a client that does not read, nothing more is read off the log, and no connection is held.
            for (var written = Stopwatch.GetTimestamp(); ;)
            {
                var page = await store.ReadAllAsync(after, LiveAtOnce, filter, cancellationToken);
                foreach (var e in page.Events)
                {
                    var json = JsonSerializer.Serialize(events.Body(e, null, context.Request), ApiJson.Types.CloudEventBody);
                    await context.Response.WriteAsync($"id: {e.Position}\nevent: {CloudEvents.TypeOf(e)}\ndata: {json}\n\n", Encoding.UTF8, cancellationToken);
                }

                if (page.Events.Count == 0)
                {
                    await WaitAsync(store, page.Through, Heartbeat - Stopwatch.GetElapsedTime(written), cancellationToken);
                    if (Stopwatch.GetElapsedTime(written) >= Heartbeat)
                    {
                        // A comment keeps proxies from closing a quiet stream and tells us when the client is gone.
                        await context.Response.WriteAsync(": still here\n\n", Encoding.UTF8, cancellationToken);
                        written = Stopwatch.GetTimestamp();
                    }
                }
                else
                {
                    written = Stopwatch.GetTimestamp();
                }

                await context.Response.Body.FlushAsync(cancellationToken);
                after = Math.Max(after, page.Through);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The client went away or the service stops: the stream ends, and the client resumes with Last-Event-ID.
        }
    }

    // Until there is something newer in the log, wanted or not, or the next heartbeat is due.
    private static async Task WaitAsync(IEventStore store, long after, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var beat = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        beat.CancelAfter(longest > TimeSpan.Zero ? longest : TimeSpan.Zero);
        try
        {
            await store.WaitForEventsAsync(after, beat.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Time for a heartbeat.
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
