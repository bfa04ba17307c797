using System.Data.Common;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Requests;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Health;

/// <summary>
/// Looks at the store, one look at a time for everybody who asks, and never for long: what is asked because the database may be
/// away must not hang with it. Safe for concurrent use.
/// </summary>
internal sealed class StoreProbe(IEventStore store, IEnumerable<ISubscription> subscriptions, RegisterRebuild rebuild, TimeProvider clock)
{
    /// <summary>How long a look may take.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    // What another process is about to put in the place of a projection is not this service's to wait for.
    private readonly HashSet<string> names = subscriptions.Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private Task<StoreState>? looking;

    /// <summary>How the store is now, or null: the database does not answer in time.</summary>
    public async Task<StoreState?> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Look().WaitAsync(Longest, clock, cancellationToken);
        }
        catch (Exception e) when (e is DbException or TimeoutException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private Task<StoreState> Look()
    {
        lock (gate)
        {
            return looking is { IsCompleted: false } ? looking : looking = Task.Run(StateAsync);
        }
    }

    private async Task<StoreState> StateAsync()
    {
        // Not disposed: the cancellation may still be under way when the look is over.
        var ends = new CancellationTokenSource();
        await using var timer = clock.CreateTimer(_ => ends.CancelAside(), null, Longest, Timeout.InfiniteTimeSpan);
        var states = await store.GetSubscriptionStatesAsync(ends.Token);
        return new StoreState(
            [..states.Where(s => names.Contains(s.Name))],
            await store.HeadAsync(ends.Token),
            await store.GetStallAsync(ends.Token),
            await rebuild.FindAsync(ends.Token));
    }
}

/// <summary>How the store is.</summary>
/// <param name="Subscriptions">How far each subscription is.</param>
/// <param name="Head">The log's head.</param>
/// <param name="Stall">What readers cannot pass, or null.</param>
/// <param name="Rebuild">The rebuild of the register that is under way, or null.</param>
internal sealed record StoreState(IReadOnlyList<SubscriptionState> Subscriptions, long Head, LogStall? Stall, RebuildState? Rebuild);
