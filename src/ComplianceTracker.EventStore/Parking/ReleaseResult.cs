namespace ComplianceTracker.EventStore.Parking;

/// <summary>What came of retrying or skipping a parked event.</summary>
public abstract record ReleaseResult
{
    private ReleaseResult()
    {
    }

    /// <summary>Nothing of the stream is parked any more.</summary>
    /// <param name="Handled">How many events were handled now.</param>
    public sealed record Released(int Handled) : ReleaseResult;

    /// <summary>An event of the stream fails; it and what comes after it in the stream stay parked.</summary>
    /// <param name="Handled">How many events before it were handled now.</param>
    /// <param name="Position">The event that failed.</param>
    /// <param name="Reason">The kind and message of its exception.</param>
    public sealed record StillFailing(int Handled, long Position, string Reason) : ReleaseResult;

    /// <summary>Nothing was done: the event waits for an earlier one of its stream, which must be dealt with first.</summary>
    /// <param name="For">The position of the first one parked.</param>
    public sealed record Waits(long For) : ReleaseResult;

    /// <summary>Nothing was done: no such event is parked.</summary>
    public sealed record NotParked : ReleaseResult;
}
