using ComplianceTracker.Api.Feed;
using ComplianceTracker.Api.Webhooks.Outbound;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>What every pump delivers with.</summary>
/// <param name="Endpoints">The endpoints as they are now.</param>
/// <param name="Queue">What is to be delivered.</param>
/// <param name="Health">How deliveries fared lately.</param>
/// <param name="Judge">What follows from that for an endpoint.</param>
/// <param name="Events">The events of the log.</param>
/// <param name="CloudEvents">How they are written.</param>
/// <param name="Sender">The way out.</param>
/// <param name="Telemetry">What is counted.</param>
/// <param name="Settings">How deliveries are made.</param>
/// <param name="Clock">Measures time.</param>
internal sealed record DeliveryParts(
    EndpointDirectory Endpoints,
    IDeliveryQueue Queue,
    EndpointHealth Health,
    EndpointJudge Judge,
    DeliveredEvents Events,
    CloudEvents CloudEvents,
    WebhookSender Sender,
    DeliveryTelemetry Telemetry,
    WebhookSettings Settings,
    TimeProvider Clock);
