namespace ComplianceTracker.Api.Health;

/// <summary>The state of the service.</summary>
/// <param name="Status"><c>live</c> or <c>ready</c>.</param>
/// <param name="Projections">How far each projection is; empty for <c>live</c>.</param>
/// <param name="Head">The log's head; 0 for <c>live</c>.</param>
/// <param name="Stall">What readers of the log cannot pass at the moment, or null.</param>
/// <param name="Rebuild">The rebuild of a projection that is under way beside the live one, or was interrupted; null: none.</param>
public sealed record HealthAnswer(
    string Status, IReadOnlyList<ProjectionHealth> Projections, long Head, StallHealth? Stall, RebuildHealth? Rebuild);

/// <summary>How far a rebuild is.</summary>
/// <param name="Projection">What is rebuilt.</param>
/// <param name="Companies">How many companies are done.</param>
/// <param name="OfCompanies">How many there were when it began.</param>
/// <param name="StartedAt">When it began.</param>
public sealed record RebuildHealth(string Projection, long Companies, long OfCompanies, DateTimeOffset StartedAt);

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
