namespace ComplianceTracker.EventStore.Codec;

/// <summary>
/// A stored name that this code does not know, most likely written by a newer release: no fault of the event. Whoever handles
/// events tells it apart from a failure by this type; a subscription stops at it, or passes it (<see cref="ISubscription.PassesUnknownTypes"/>).
/// </summary>
public sealed class UnknownEventTypeException(string type)
    : SubscriptionStopException($"The event type '{type}' is not registered; a newer release may have written it.")
{
    /// <summary>The stored name.</summary>
    public string Type { get; } = type;
}
