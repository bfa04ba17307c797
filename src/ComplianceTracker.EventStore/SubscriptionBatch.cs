using System.Data.Common;

namespace ComplianceTracker.EventStore;

/// <summary>What a subscription is handed at once.</summary>
/// <param name="Events">The events in position order; at least one.</param>
/// <param name="Through">
/// The checkpoint after this batch: every event up to it, included, has been handed over, filtered out or parked. For an event
/// that was parked and is handed over now, the checkpoint as it is, which lies after the event.
/// </param>
/// <param name="Transaction">
/// The transaction that also moves the checkpoint, to write projections in; the engine commits it and rolls it back. Null when the
/// store keeps its events in memory only.
/// </param>
public sealed record SubscriptionBatch(IReadOnlyList<RecordedEvent> Events, long Through, DbTransaction? Transaction);
