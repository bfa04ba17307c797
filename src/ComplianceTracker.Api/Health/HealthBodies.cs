namespace ComplianceTracker.Api.Health;

/// <summary>The state of the service.</summary>
/// <param name="Status"><c>live</c> or <c>ready</c>.</param>
/// <param name="Projections">How far each projection is; empty for <c>live</c>.</param>
/// <param name="Head">The log's head; 0 for <c>live</c>.</param>
/// <param name="Stall">What readers of the log cannot pass at the moment, or null.</param>
public sealed record HealthAnswer(string Status, IReadOnlyList<ProjectionHealth> Projections, long Head, StallHealth? Stall);

/// <summary>How far a projection is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Checkpoint">The log position up to which, included, it reflects everything that is not parked.</param>
/// <param name="Lag">How many positions it is behind the head.</param>
/// <param name="Parked">How many events it has set aside: those on which it fails and those that wait for them.</param>
public sealed record ProjectionHealth(string Name, long Checkpoint, long Lag, long Parked);

/// <summary>A position of the log that an open transaction may still fill; nothing after it is read until that ends.</summary>
/// <param name="Position">The position.</param>
/// <param name="Since">When it was first seen missing.</param>
/// <param name="ProcessIds">The database server's processes whose transactions hold it; empty for a prepared transaction.</param>
public sealed record StallHealth(long Position, DateTimeOffset Since, IReadOnlyList<int> ProcessIds);
