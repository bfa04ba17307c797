namespace ComplianceTracker.EventStore;

/// <summary>A stream with its events.</summary>
/// <param name="StreamId">The stream's key.</param>
/// <param name="Events">Its events in version order, up to the position asked for.</param>
public sealed record StreamEvents(string StreamId, IReadOnlyList<RecordedEvent> Events);
