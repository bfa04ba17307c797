using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Webhooks.Endpoints;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>Says of events what endpoints choose by.</summary>
/// <param name="types">Reads events.</param>
/// <param name="law">The instruments, at least up to the events.</param>
internal sealed class EventDescriber(EventTypes types, CatalogueLog law)
{
    /// <summary>What endpoints choose by.</summary>
    /// <exception cref="EventStore.Codec.UnknownEventTypeException">This code does not know the event.</exception>
    public EventFacts Describe(RecordedEvent e)
    {
        var decoded = types.Decode(e);
        var instrument = decoded is ConsequenceRecorded consequence ? consequence.Obligation.InstrumentId
            : e.StreamId.StartsWith(StreamIds.InstrumentPrefix, StringComparison.Ordinal) ? StreamIds.IdOf(e.StreamId)
            : null;
        return EventFacts.Of(decoded, e, instrument is null ? null : law.Instruments.GetValueOrDefault(instrument)?.Identity);
    }

    /// <summary>
    /// True when the event is the endpoint's tenant's own or everybody's. An endpoint hears nothing of itself: that it fails is news for
    /// others, and would only stand in the way of what it waits for.
    /// </summary>
    public static bool MayHear(WebhookEndpoint endpoint, RecordedEvent e) =>
        e.StreamId.StartsWith(StreamIds.InstrumentPrefix, StringComparison.Ordinal)
        || (StreamIds.TenantOf(e.StreamId) == endpoint.Tenant && e.StreamId != StreamIds.Endpoint(endpoint.Tenant, endpoint.Id));
}
