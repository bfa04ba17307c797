namespace ComplianceTracker.EventStore;

/// <summary>The events that one append adds to one stream.</summary>
/// <param name="StreamId">The stream's key; not empty.</param>
/// <param name="Expected">What the writer believes the stream's version to be.</param>
/// <param name="Events">The events in the order in which they get their versions; at least one.</param>
public sealed record StreamAppend(string StreamId, ExpectedVersion Expected, IReadOnlyList<EventData> Events);
