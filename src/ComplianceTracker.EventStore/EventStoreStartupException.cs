namespace ComplianceTracker.EventStore;

/// <summary>The store cannot be used as it is; the message tells an operator why and what to do.</summary>
public sealed class EventStoreStartupException(string message) : Exception(message);
