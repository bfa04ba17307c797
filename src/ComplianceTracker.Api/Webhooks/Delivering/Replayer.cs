using System.Text.Json.Nodes;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Feed;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Webhooks.Endpoints;
using ComplianceTracker.EventStore;
using ComplianceTracker.EventStore.Codec;
using Npgsql;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>Finds what an endpoint wants in the log, and delivers it again when asked.</summary>
internal sealed class Replayer(
    NpgsqlDataSource database, IEventStore store, InstrumentCatalogue catalogue, EventTypes types, IDeliveryQueue queue, TimeProvider clock)
{
    /// <summary>The most events of one replay.</summary>
    public const int Most = 100_000;

    private const int PageSize = 500;

    /// <summary>The next events that the endpoint wants, in log order, and the position up to which the log was searched.</summary>
    /// <param name="endpoint">The endpoint; its filter is the one it has now.</param>
    /// <param name="after">The position after which to begin, excluded.</param>
    /// <param name="limit">How many events at most.</param>
    /// <param name="upTo">The last position wanted, included.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public async Task<(List<RecordedEvent> Events, long Through)> FindAsync(
        WebhookEndpoint endpoint, long after, int limit, long upTo, CancellationToken cancellationToken)
    {
        var matcher = EndpointMatcher.Of(endpoint);
        var found = new List<RecordedEvent>();
        var through = after;
        while (through < upTo && found.Count < limit)
        {
            var page = await store.ReadAllAsync(through, Math.Clamp(limit * 4, 50, PageSize), DeliverySubscription.Deliverable, cancellationToken);
            var describer = new EventDescriber(types, await catalogue.ThroughAsync(page.Through, cancellationToken));
            foreach (var e in page.Events.TakeWhile(e => e.Position <= upTo))
            {
                if (Wants(describer, matcher, endpoint, e))
                {
                    found.Add(e);
                    if (found.Count == limit)
                    {
                        return (found, e.Position);
                    }
                }
            }

            if (page.Through == through)
            {
                break;
            }

            through = Math.Min(page.Through, upTo);
        }

        return (found, through);
    }

    /// <summary>The next page of what the endpoint wants; short where much of the log holds nothing for it.</summary>
    public async Task<EventPage> PageAsync(WebhookEndpoint endpoint, long after, int limit, CancellationToken cancellationToken)
    {
        const int MostOfTheLog = 20_000;
        var head = await store.HeadAsync(cancellationToken);
        var (events, through) = await FindAsync(endpoint, after, limit, Math.Min(head, after + MostOfTheLog), cancellationToken);
        return new EventPage(events, Math.Max(after, through));
    }

    /// <summary>Enqueues what the endpoint wants again, or counts it.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="after">The position after which to begin, excluded.</param>
    /// <param name="isPreview">True: it is only counted.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Ends the attempt; nothing is enqueued then.</param>
    public async Task<ReplayAnswer> ReplayAsync(WebhookEndpoint endpoint, long after, bool isPreview, string actor, CancellationToken cancellationToken)
    {
        var head = await store.HeadAsync(cancellationToken);
        var (found, through) = (new List<NewDelivery>(), Math.Min(after, head));
        while (found.Count < Most && through < head)
        {
            var (events, reached) = await FindAsync(endpoint, through, Math.Min(PageSize, Most - found.Count), head, cancellationToken);
            found.AddRange(events.Select(e => new NewDelivery(endpoint.Id, CloudEvents.SubjectOf(e.StreamId), e.Id, e.Position, CloudEvents.TypeOf(e))));
            if (reached == through)
            {
                break;
            }

            through = reached;
        }

        if (!isPreview)
        {
            // Only now: a search may take longer than a transaction may be idle.
            await EnqueueAsync(endpoint, found, after, through, actor, cancellationToken);
        }

        return new ReplayAnswer(found.Count, isPreview, after, through, through < head);
    }

    private async Task EnqueueAsync(
        WebhookEndpoint endpoint, List<NewDelivery> found, long after, long through, string actor, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await queue.EnqueueAskedAsync(transaction, $"~replay-{Guid.CreateVersion7():N}", DeliveryKind.Replay, found, null, cancellationToken);
        await EndpointLog.AddAsync(
            connection, endpoint.Tenant, endpoint.Id, clock.GetUtcNow(), "replayed", actor,
            new JsonObject { ["events"] = found.Count, ["after"] = after, ["through"] = through }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static bool Wants(EventDescriber describer, EndpointMatcher matcher, WebhookEndpoint endpoint, RecordedEvent e)
    {
        try
        {
            return CloudEvents.HasSchema(CloudEvents.TypeOf(e)) && EventDescriber.MayHear(endpoint, e) && matcher.Wants(describer.Describe(e));
        }
        catch (UnknownEventTypeException)
        {
            return false;
        }
    }
}
