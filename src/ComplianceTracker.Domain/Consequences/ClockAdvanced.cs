namespace ComplianceTracker.Domain.Consequences;

/// <summary>Time went on: some jurisdiction's midnight passed. What happens because a date arrives follows from this event.</summary>
/// <param name="To">The instant to which the log's clock has advanced, UTC; later than that of every such event before.</param>
public sealed record ClockAdvanced(DateTimeOffset To);
