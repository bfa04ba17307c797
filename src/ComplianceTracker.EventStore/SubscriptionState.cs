namespace ComplianceTracker.EventStore;

/// <summary>How far a subscription is and what keeps it.</summary>
/// <param name="Name">The subscription's name.</param>
/// <param name="Checkpoint">The position up to which, included, everything is handled or parked; 0 before the first batch.</param>
/// <param name="Head">The highest settled position of the log when the state was read.</param>
/// <param name="Failure">The failure of the batch that is being retried, or null when the last batch succeeded.</param>
/// <param name="Parked">How many events are parked, failed and waiting ones.</param>
public sealed record SubscriptionState(string Name, long Checkpoint, long Head, SubscriptionFailure? Failure, long Parked)
{
    /// <summary>How many positions the subscription is behind; 0 when it has handled everything.</summary>
    public long Lag => Math.Max(0, Head - Checkpoint);
}

/// <summary>A batch that failed and is being retried.</summary>
/// <param name="After">The checkpoint at which it failed: the first event after it, included, begins the batch.</param>
/// <param name="Attempts">How often it was tried since it last succeeded; at least 1.</param>
/// <param name="Error">The kind and message of the last exception.</param>
/// <param name="At">When it last failed.</param>
/// <param name="Kind">Whose fault it is, and so what ends the retries.</param>
public sealed record SubscriptionFailure(long After, int Attempts, string Error, DateTimeOffset At, SubscriptionFailureKind Kind);

/// <summary>Whose fault a failed batch is.</summary>
public enum SubscriptionFailureKind
{
    /// <summary>The handler's or an event's: tried a few times, then the event is parked and the subscription goes on.</summary>
    Handler,

    /// <summary>The database's, the network's or another session's: retried until it passes.</summary>
    Passing,

    /// <summary>An unknown type, a handler that fails on everything, or one that says so: needs an operator; retried for ever.</summary>
    Stopped,
}
