using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Requests;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Feed;

/// <summary>Reads a page of events after a position.</summary>
/// <param name="after">The position after which to begin, excluded.</param>
/// <param name="limit">How many events at most.</param>
/// <param name="cancellationToken">Ends the read.</param>
internal delegate Task<EventPage> ReadLog(long after, int limit, CancellationToken cancellationToken);

/// <summary>Events of the log as CloudEvents: in pages, as bare arrays, or followed live.</summary>
internal sealed class LogFeed(IEventStore store, CloudEvents events, ReadBarrier barrier, IHostApplicationLifetime lifetime)
{
    /// <summary>The media type of a stream that goes on live.</summary>
    public const string Live = "text/event-stream";

    // What a follower that does not read keeps in memory, and no more.
    private const int LiveAtOnce = 20;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Answers with what there is to be read, in the representation that the request asks for.</summary>
    /// <param name="context">The request.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="cancellationToken">Ends the answer.</param>
    public async Task<IResult> AnswerAsync(HttpContext context, ReadLog read, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var after = After(context);
        context.Response.Headers.Vary = "Accept";
        var representation = Representation.Choose(context.Request, Representation.Offered(context.GetEndpoint()));
        if (representation == Live)
        {
            RefusePages(query);
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
            await FollowAsync(context, after, read, ends.Token);
            return Results.Empty;
        }

        await barrier.WaitForLogAsync(context, cancellationToken);
        var paging = Paging.From(context.Request);
        var page = await read(paging.AfterNumber ?? after, paging.Limit, cancellationToken);

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

    private async Task FollowAsync(HttpContext context, long after, ReadLog read, CancellationToken cancellationToken)
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
                var page = await read(after, LiveAtOnce, cancellationToken);
                foreach (var e in page.Events)
                {
                    var json = JsonSerializer.Serialize(events.Body(e, null, context.Request), ApiJson.Types.CloudEventBody);
                    await context.Response.WriteAsync($"id: {e.Position}\nevent: {CloudEvents.TypeOf(e)}\ndata: {json}\n\n", Encoding.UTF8, cancellationToken);
                }

                if (page.Events.Count == 0)
                {
                    await WaitAsync(page.Through, Heartbeat - Stopwatch.GetElapsedTime(written), cancellationToken);
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
        catch (ApiProblem) when (context.Response.HasStarted)
        {
            // What was followed is gone: the stream ends, and a client that comes back is told why.
        }
    }

    // Until there is something newer in the log, wanted or not, or the next heartbeat is due.
    private async Task WaitAsync(long after, TimeSpan longest, CancellationToken cancellationToken)
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

/// <summary>What <see cref="LogFeed"/> reads of a request, for the OpenAPI document.</summary>
internal static class FeedParameters
{
    /// <summary>Says that the operation answers with events of the log.</summary>
    /// <param name="builder">The operation.</param>
    /// <param name="path">The path of the operation's example.</param>
    public static RouteHandlerBuilder WithFeed(this RouteHandlerBuilder builder, string path) => builder
        .WithParameters(
            ApiParameter.Query("after", "The position after which to begin; 0, the default, is the beginning.", ApiParameter.Position) with { Example = 0 },
            ApiParameter.Header("Last-Event-ID", "The same, as browsers send it when they come back; it goes before `after`.", ApiParameter.Position) with { Form = 1260 })
        .WithReadBarrier().WithPaging(path, "1260")
        .WithMetadata(
            new AnswerHeader("Vary", "The representation depends on `Accept`.", "Accept", [200]),
            new AnswerHeader("Link", "The next page; left out at the head of the log.", $"<http://localhost:5080{path}?cursor=...>; rel=\"next\"", [200]),
            new AnswerHeader("Log-Position", "Of a page: the log position up to which, included, it reaches.", "1261", [200]))
        .InLane(Lane.Feed)
        .Produces<EventPageBody>(200, "application/json", CloudEvents.BatchMediaType, LogFeed.Live);
}
