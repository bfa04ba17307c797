using ComplianceTracker.EventStore.Work;

namespace ComplianceTracker.EventStore.Marten;

/// <summary>What a service works with.</summary>
/// <param name="Store">The events; owns what both need, and ends it when it is disposed.</param>
/// <param name="Calls">Who is called to work.</param>
public sealed record JoinedEngine(IEventStore Store, IWorkCalls Calls);
