namespace ComplianceTracker.EventStore;

/// <summary>A page of the log.</summary>
/// <param name="Events">The events after the asked position that pass the filter, in position order.</param>
/// <param name="Through">
/// The position, included, up to which the page is complete for ever: the next read asks for what comes after it. At least the
/// position asked for; higher than it even without events when the filter let none of the newer ones pass.
/// </param>
public sealed record EventPage(IReadOnlyList<RecordedEvent> Events, long Through);
