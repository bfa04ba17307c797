namespace ComplianceTracker.EventStore.Postgres;

/// <summary>An append whose events are still to be written, in the same transaction.</summary>
/// <param name="Stamp">When all of it was recorded, to the microsecond; UTC.</param>
/// <param name="Versions">Each stream's version after the append, in the batch's order.</param>
/// <param name="Positions">Each event's position, in the batch's order.</param>
internal sealed record BegunAppend(DateTimeOffset Stamp, long[] Versions, long[] Positions);
