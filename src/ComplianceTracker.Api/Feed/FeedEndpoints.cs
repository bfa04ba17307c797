using System.Globalization;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.EventStore;
using Microsoft.AspNetCore.Hosting.Server;

namespace ComplianceTracker.Api.Feed;

/// <summary>The log as CloudEvents, in pages or followed live.</summary>
internal static class FeedEndpoints
{
    /// <summary>Adds what the endpoint and deliveries need.</summary>
    public static IServiceCollection AddFeed(this IServiceCollection services, IConfiguration configuration)
    {
        var configured = PublicUrl.From(configuration);
        return services
            .AddSingleton(provider => new PublicUrl(configured, () => PublicUrl.BoundOf(provider.GetRequiredService<IServer>())))
            .AddSingleton<CloudEvents>()
            .AddSingleton<LogFeed>();
    }

    /// <summary>Maps the endpoint.</summary>
    public static void MapFeedEndpoints(this IEndpointRouteBuilder routes)
    {
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
                })
            .WithFeed("/api/v1/events");
        routes.MapGet("/events/{position}/data", DataAsync).WithTags("Events").WithName("getEventData")
            .WithSummary("The data of one event of the log")
            .WithDescription("For deliveries of events that are too long to be sent whole: their `dataref` leads here.")
            .WithPath("position", "The event's position in the log.", "4")
            .WithProblems(ProblemTypes.EventNotFound)
            .Produces<JsonObject>();
    }

    /// <summary>True when the request asks to follow the log live.</summary>
    public static bool IsLive(HttpContext context) => Representation.Choose(context.Request, Representation.Offered(context.GetEndpoint())) == LogFeed.Live;

    private static async Task<IResult> DataAsync(string position, IEventStore store, CancellationToken cancellationToken)
    {
        var page = long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at > 0
            ? await store.ReadAllAsync(at - 1, 1, null, cancellationToken)
            : null;
        return page?.Events is [var e] && e.Position == at
            ? Results.Text(e.Data.Span, "application/json")
            : throw new ApiProblem(ProblemTypes.EventNotFound, $"There is no event at position '{position}' of the log.");
    }

    private static Task<IResult> GetAsync(HttpContext context, IEventStore store, LogFeed feed, CancellationToken cancellationToken)
    {
        var filter = TypeFilter.From(context.Request.Query);
        return feed.AnswerAsync(context, (after, limit, token) => store.ReadAllAsync(after, limit, filter, token), cancellationToken);
    }
}
