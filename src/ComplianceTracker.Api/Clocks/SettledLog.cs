using ComplianceTracker.Api.Problems;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Clocks;

/// <summary>
/// Positions as readers see them. A write may be acknowledged while an older transaction is still open, and the log is not read
/// past that one: what was acknowledged is then waited for, briefly, and never denied.
/// </summary>
internal sealed class SettledLog(IEventStore store)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private long seen;

    /// <summary>The head, once it has reached the position of something acknowledged.</summary>
    /// <exception cref="ApiProblem">It does not within a few seconds.</exception>
    public async Task<long> ReachAsync(long position, CancellationToken cancellationToken)
    {
        var head = await store.HeadAsync(cancellationToken);
        if (head < position && !await WaitAsync(position, LongestWait, cancellationToken))
        {
            throw NotThere(position, LongestWait);
        }

        return Math.Max(head, position);
    }

    /// <summary>The position when the log holds it or may hold it soon; null when it lies beyond the log.</summary>
    /// <exception cref="ApiProblem">An older transaction keeps readers from it for more than a few seconds.</exception>
    public async Task<long?> FindAsync(long position, CancellationToken cancellationToken)
    {
        // The head never steps back: what it has once passed need not be asked again.
        if (position <= Volatile.Read(ref seen))
        {
            return position;
        }

        var head = await store.HeadAsync(cancellationToken);
        Volatile.Write(ref seen, head);
        if (position <= head)
        {
            return position;
        }

        // In this order: without a stall, everything acknowledged before is settled.
        var stall = await store.GetStallAsync(cancellationToken);
        if (position <= await store.HeadAsync(cancellationToken))
        {
            return position;
        }

        if (stall is null)
        {
            return null;
        }

        await ReachAsync(position, cancellationToken);
        return position;
    }

    /// <summary>Waits until the head has reached the position; false when the time ran out first.</summary>
    public async Task<bool> WaitAsync(long position, TimeSpan time, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(time);
        try
        {
            for (var head = await store.HeadAsync(cancellationToken); head < position;)
            {
                head = await store.WaitForEventsAsync(head, limit.Token);
            }

            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>The problem of a position that readers have not reached in time.</summary>
    public static ApiProblem NotThere(long position, TimeSpan waited) =>
        new(ProblemTypes.NotYetThere, $"The log cannot be read up to position {position} within {waited.TotalSeconds:0} s: an older write has not ended. Ask again.")
        {
            RetryAfter = 1,
        };
}
