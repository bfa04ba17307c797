namespace ComplianceTracker.EventStore.Postgres;

/// <summary>One node among those on a database: its name, and how many leases it holds, which is what they are spread by.</summary>
internal sealed class LeaseNode : IDisposable
{
    private int held;

    /// <summary>Machine, process and a mark of its own: <c>host/4711/1f0c2a9b</c>.</summary>
    public string Name { get; } = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid().ToString("N")[..8]}";

    /// <summary>How many leases it holds at the moment.</summary>
    public int Held => Volatile.Read(ref held);

    /// <summary>Held while one of its leases is offered to another node: the next one is offered only by what is left then.</summary>
    public SemaphoreSlim Offering { get; } = new(1);

    /// <summary>It has one more.</summary>
    public void Took() => Interlocked.Increment(ref held);

    /// <summary>It has one less.</summary>
    public void Let() => Interlocked.Decrement(ref held);

    public void Dispose() => Offering.Dispose();
}
