namespace ComplianceTracker.EventStore.Parking;

/// <summary>
/// Finds the event that fails by itself: decides after each batch how many events come next and, after a failure, what to do. A
/// batch that fails is repeated, then halved until one event is left. For implementations of <see cref="IEventStore"/>; one for
/// each run of a subscription, used by one thread at a time.
/// </summary>
/// <param name="policy">How often and how long.</param>
/// <param name="pageSize">How many events make a full batch.</param>
public sealed class PoisonSearch(RetryPolicy policy, int pageSize)
{
    private readonly int fullSize = pageSize;
    private int attempts;
    private int failures;
    private int parkedInARow;
    private long? suspectThrough;

    /// <summary>How many events to read next, at most.</summary>
    public int Size { get; private set; } = pageSize;

    /// <summary>How often the events now in question have failed.</summary>
    public int Attempts => attempts;

    /// <summary>Takes note of a batch that succeeded.</summary>
    /// <param name="through">The checkpoint after it.</param>
    /// <param name="handled">How many events the handler was given.</param>
    public void Succeeded(long through, int handled)
    {
        (attempts, failures) = (0, 0);
        parkedInARow = handled > 0 ? 0 : parkedInARow;
        suspectThrough = suspectThrough > through ? suspectThrough : null;
        if (suspectThrough is null)
        {
            Size = Math.Min(Size * 2, fullSize);
        }
    }

    /// <summary>Takes note of an event that was parked or, being of an unknown type, passed.</summary>
    /// <param name="parked">False when it was passed.</param>
    public void Removed(bool parked)
    {
        (attempts, failures, suspectThrough) = (0, 0, null);
        parkedInARow += parked ? 1 : 0;
    }

    /// <summary>Decides what follows a failure.</summary>
    /// <param name="failure">The exception.</param>
    /// <param name="handed">How many events the handler was given; at least 1.</param>
    /// <param name="through">The checkpoint that the batch would have reached.</param>
    /// <param name="passesUnknownTypes">What the subscription says of unknown types.</param>
    public (NextStep Step, SubscriptionFailureKind Kind) Failed(Exception failure, int handed, long through, bool passesUnknownTypes)
    {
        failures++;
        var kind = HandlerFailures.KindOf(failure);
        if (kind == SubscriptionFailureKind.Passing)
        {
            return (NextStep.Retry, kind);
        }

        attempts++;
        var isStop = kind == SubscriptionFailureKind.Stopped;
        if (!isStop && attempts < policy.Attempts && (handed == 1 || suspectThrough is null))
        {
            return (NextStep.Retry, kind);
        }

        if (handed > 1)
        {
            (attempts, suspectThrough) = (0, suspectThrough ?? through);
            Size = Math.Max(1, Math.Min(Size, handed) / 2);
            return (NextStep.TrySmaller, kind);
        }

        if (isStop)
        {
            return (passesUnknownTypes && HandlerFailures.IsUnknownType(failure) ? NextStep.Pass : NextStep.Retry, kind);
        }

        return parkedInARow < policy.MostParkedInARow
            ? (NextStep.Park, kind)
            : (NextStep.Retry, SubscriptionFailureKind.Stopped);
    }

    /// <summary>How long to wait before the next try.</summary>
    public TimeSpan Pause()
    {
        var pause = policy.FirstPause * Math.Pow(2, Math.Clamp(failures - 1, 0, 20));
        return pause < policy.LongestPause ? pause : policy.LongestPause;
    }
}

/// <summary>What to do after a failure.</summary>
public enum NextStep
{
    /// <summary>Wait, then try the same again.</summary>
    Retry,

    /// <summary>Try fewer events at once.</summary>
    TrySmaller,

    /// <summary>Park the one event.</summary>
    Park,

    /// <summary>Leave out the one event, whose type is unknown and of no interest.</summary>
    Pass,
}
