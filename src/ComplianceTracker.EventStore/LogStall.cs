using System.Collections.Immutable;

namespace ComplianceTracker.EventStore;

/// <summary>A position that readers cannot pass yet, because a transaction that may still fill it has not ended.</summary>
/// <param name="Position">The first position, missing so far, that is not settled.</param>
/// <param name="Since">When this process first saw it missing.</param>
/// <param name="Holders">Who may still fill it.</param>
public sealed record LogStall(long Position, DateTimeOffset Since, ImmutableArray<LogStallHolder> Holders);

/// <summary>A transaction that readers wait for.</summary>
/// <param name="ProcessId">The database server's process id, or null for a prepared transaction, which has no process.</param>
/// <param name="Transaction">The server's name for the transaction.</param>
public sealed record LogStallHolder(int? ProcessId, string Transaction);
