namespace ComplianceTracker.EventStore.Parking;

/// <summary>An event that a subscription has passed without handling it.</summary>
/// <param name="Subscription">The subscription's name.</param>
/// <param name="Position">The event's position; with the name the key.</param>
/// <param name="StreamId">Its stream, of which everything later waits too.</param>
/// <param name="EventId">Its id.</param>
/// <param name="Type">Its stored name.</param>
/// <param name="State">Whether it failed itself or waits for an earlier one.</param>
/// <param name="Reason">The kind and message of the last exception; null while it waits.</param>
/// <param name="Attempts">How often it was tried by itself; 0 while it waits.</param>
/// <param name="FirstFailedAt">When it was parked as failed; null while it waits.</param>
/// <param name="LastFailedAt">When it last failed; null while it waits.</param>
public sealed record ParkedEvent(
    string Subscription,
    long Position,
    string StreamId,
    Guid EventId,
    string Type,
    ParkedState State,
    string? Reason,
    int Attempts,
    DateTimeOffset? FirstFailedAt,
    DateTimeOffset? LastFailedAt)
{
    /// <summary>The place in the list of parked events.</summary>
    public ParkedKey Key => new(Subscription, Position);
}

/// <summary>Why an event is parked.</summary>
public enum ParkedState
{
    /// <summary>The handler fails on it. At most one event of a stream, the first one parked.</summary>
    Failed,

    /// <summary>An earlier event of its stream is parked.</summary>
    Waiting,
}

/// <summary>The place of a parked event in their list: by subscription, then position.</summary>
/// <param name="Subscription">The subscription's name.</param>
/// <param name="Position">The event's position.</param>
public sealed record ParkedKey(string Subscription, long Position);
