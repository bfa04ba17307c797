using ComplianceTracker.Api.Hosting;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Health;

/// <summary>What the start has achieved so far. Safe for concurrent use.</summary>
/// <param name="settings">How long a stall of the log is borne.</param>
/// <param name="clock">Tells how long it has lasted.</param>
internal sealed class Readiness(ServiceSettings settings, TimeProvider clock)
{
    private readonly TaskCompletionSource migrated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long importedThrough = -1;

    /// <summary>True once the tables are there.</summary>
    public bool IsMigrated => migrated.Task.IsCompleted;

    /// <summary>The tables are there.</summary>
    public void Migrated() => migrated.TrySetResult();

    /// <summary>Waits until the tables are there.</summary>
    public Task WaitMigratedAsync(CancellationToken cancellationToken) => migrated.Task.WaitAsync(cancellationToken);

    /// <summary>The first import is done; its last event has this position.</summary>
    public void Imported(long position) => Interlocked.Exchange(ref importedThrough, position);

    /// <summary>Why the service is not ready, or null: it is.</summary>
    public string? WhyNot(IReadOnlyList<SubscriptionState> states, LogStall? stall)
    {
        if (!IsMigrated)
        {
            return "The database is being migrated.";
        }

        var through = Interlocked.Read(ref importedThrough);
        if (through < 0)
        {
            return "The first import is running.";
        }

        if (states.Select(WhyNot).FirstOrDefault(why => why is not null) is { } stuck)
        {
            return stuck;
        }

        if (stall is not null && clock.GetUtcNow() - stall.Since > settings.LongestStall)
        {
            return WhyNot(stall);
        }

        // A projection that has handled the import has moved; one that fell behind since is told by its failure.
        return states.Where(s => s.Checkpoint < through).Select(s => $"The projection '{s.Name}' is at position {s.Checkpoint} of {through}.").FirstOrDefault()
            ?? (states.Count == 0 && through > 0 ? "The projections have not begun." : null);
    }

    // A failure of one event is about to be parked, and what is parked takes nothing down but its stream: both leave the service ready.
    private static string? WhyNot(SubscriptionState state) => state.Failure switch
    {
        null or { Kind: SubscriptionFailureKind.Handler } => null,
        { Kind: SubscriptionFailureKind.Stopped } stopped =>
            $"The projection '{state.Name}' has stopped after position {stopped.After}: {stopped.Error}",
        { } passing => $"The projection '{state.Name}' fails at position {passing.After} and is being retried (attempt {passing.Attempts}).",
    };

    private static string WhyNot(LogStall stall)
    {
        var holders = string.Join(", ", stall.Holders.Select(h => h.ProcessId is { } id ? $"process {id}" : $"prepared transaction {h.Transaction}"));
        return $"The log has not been readable beyond position {stall.Position - 1} since {stall.Since:yyyy-MM-dd'T'HH:mm:ss'Z'}: the database's {holders} "
            + "keeps a transaction open. End it (pg_terminate_backend), or commit or roll back the prepared one.";
    }
}
