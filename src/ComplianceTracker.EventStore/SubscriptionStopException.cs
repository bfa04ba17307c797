namespace ComplianceTracker.EventStore;

/// <summary>
/// Thrown by a handler that cannot go on for a reason that is no fault of one event: setting events aside would lose them. The
/// subscription stays in front of the batch, says why, and tries again for ever.
/// </summary>
public class SubscriptionStopException(string message, Exception? reason = null) : Exception(message, reason);
