using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Health;

/// <summary>What the start has achieved so far. Safe for concurrent use.</summary>
internal sealed class Readiness
{
    private volatile bool migrated;
    private long importedThrough = -1;

    /// <summary>True once the tables are there.</summary>
    public bool IsMigrated => migrated;

    /// <summary>The tables are there.</summary>
    public void Migrated() => migrated = true;

    /// <summary>The first import is done; its last event has this position.</summary>
    public void Imported(long position) => Interlocked.Exchange(ref importedThrough, position);

    /// <summary>Why the service is not ready, or null: it is.</summary>
    public string? WhyNot(IReadOnlyList<SubscriptionState> states)
    {
        if (!migrated)
        {
            return "The database is being migrated.";
        }

        var through = Interlocked.Read(ref importedThrough);
        if (through < 0)
        {
            return "The first import is running.";
        }

        if (states.FirstOrDefault(s => s.Failure is not null) is { Failure: { } failure } failed)
        {
            return $"The projection '{failed.Name}' fails at position {failure.After} and is being retried (attempt {failure.Attempts}).";
        }

        // A projection that has handled the import has moved; one that fell behind since is told by its failure.
        return states.Where(s => s.Checkpoint < through).Select(s => $"The projection '{s.Name}' is at position {s.Checkpoint} of {through}.").FirstOrDefault()
            ?? (states.Count == 0 && through > 0 ? "The projections have not begun." : null);
    }
}
