namespace ComplianceTracker.EventStore.Parking;

/// <summary>What was done to a parked event; kept for ever.</summary>
/// <param name="Id">The entry's number; rises with time.</param>
/// <param name="Subscription">The subscription's name.</param>
/// <param name="Position">The event's position.</param>
/// <param name="StreamId">Its stream.</param>
/// <param name="EventId">Its id.</param>
/// <param name="Type">Its stored name.</param>
/// <param name="Action">What was done.</param>
/// <param name="Reason">The exception it failed with, or why it was skipped; null where it was handled.</param>
/// <param name="Actor">Who asked for it; null for what the subscription did by itself.</param>
/// <param name="At">When, by the store's clock.</param>
public sealed record ParkedLogEntry(
    long Id,
    string Subscription,
    long Position,
    string StreamId,
    Guid EventId,
    string Type,
    ParkedAction Action,
    string? Reason,
    string? Actor,
    DateTimeOffset At);

/// <summary>What can be done to a parked event.</summary>
public enum ParkedAction
{
    /// <summary>The subscription set it aside because it failed by itself.</summary>
    Parked,

    /// <summary>It was tried again, or its turn came, and it failed.</summary>
    Failed,

    /// <summary>It was handled.</summary>
    Handled,

    /// <summary>It was left out for good.</summary>
    Skipped,
}
