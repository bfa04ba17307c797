using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Feed;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Webhooks.Endpoints;
using ComplianceTracker.EventStore;
using Npgsql;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>
/// Enqueues what the log says for the endpoints that want it, in the transaction of its checkpoint: no event without its deliveries, no
/// delivery without its event, and each once. Nothing else enqueues events; a projection that is rebuilt has no part in this.
/// </summary>
internal sealed class DeliverySubscription(
    InstrumentCatalogue catalogue, EventTypes types, EndpointStore endpoints, IDeliveryQueue queue, DeliveredEvents events) : ISubscription
{
    /// <inheritdoc/>
    public string Name => "Webhooks";

    /// <summary>The streams whose events endpoints may hear.</summary>
    public static EventFilter Deliverable { get; } =
        EventFilter.ByStreamPrefix(StreamIds.InstrumentPrefix, StreamIds.ConsequencePrefix, StreamIds.EndpointPrefix);

    /// <inheritdoc/>
    public EventFilter? Filter => Deliverable;

    /// <inheritdoc/>
    public bool PassesUnknownTypes => true;

    /// <inheritdoc/>
    public async Task HandleAsync(SubscriptionBatch batch, CancellationToken cancellationToken)
    {
        var transaction = (NpgsqlTransaction)batch.Transaction!;
        var matchers = (await endpoints.AllAsync(transaction.Connection, cancellationToken))
            .Where(e => e.Since is not null)
            .Select(e => (Endpoint: e, Matcher: EndpointMatcher.Of(e)))
            .ToList();
        if (matchers.Count == 0)
        {
            return;
        }

        var describer = new EventDescriber(types, await catalogue.ThroughAsync(batch.Through, cancellationToken));
        var deliveries = new List<NewDelivery>();
        foreach (var e in batch.Events)
        {
            var type = CloudEvents.TypeOf(e);
            if (!CloudEvents.HasSchema(type))
            {
                continue;
            }

            var facts = describer.Describe(e);
            var before = deliveries.Count;
            deliveries.AddRange(matchers
                .Where(m => m.Endpoint.Since < e.Position && EventDescriber.MayHear(m.Endpoint, e) && m.Matcher.Wants(facts))
                .Select(m => new NewDelivery(m.Endpoint.Id, CloudEvents.SubjectOf(e.StreamId), e.Id, e.Position, type)));
            if (deliveries.Count > before)
            {
                events.Keep(e);
            }
        }

        await queue.EnqueueAsync(transaction, deliveries, cancellationToken);
    }
}
