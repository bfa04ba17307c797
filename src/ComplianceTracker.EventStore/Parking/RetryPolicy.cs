namespace ComplianceTracker.EventStore.Parking;

/// <summary>How a subscription goes about failures.</summary>
public sealed record RetryPolicy
{
    /// <summary>How often a batch, and then the event that fails by itself, is tried before the event is parked; at least 1.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>The pause after the first failure; doubled after each further one.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause between two tries; so long, at most, a subscription stands still after its trouble has passed.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How many events in a row, none handled between them, are parked at most. When the next one fails too, it is the handler that
    /// is broken and not the events: the subscription stops instead of setting the whole log aside.
    /// </summary>
    public int MostParkedInARow { get; init; } = 10;
}
