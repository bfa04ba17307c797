namespace ComplianceTracker.EventStore.Work;

/// <summary>Work on an event failed.</summary>
/// <param name="position">The event's position; 0 where it is about no event of the log.</param>
/// <param name="message">What could not be done.</param>
/// <param name="inner">Why.</param>
public sealed class WorkFailedException(long position, string message, Exception inner) : Exception(message, inner)
{
    /// <summary>The event's position; 0 where it is about no event of the log.</summary>
    public long Position => position;
}
