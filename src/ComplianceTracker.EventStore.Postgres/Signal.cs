namespace ComplianceTracker.EventStore.Postgres;

/// <summary>
/// Wakes everybody who waits. A waiter takes <see cref="Next"/> before it looks at the state it waits for; a pulse after that look
/// is then never missed.
/// </summary>
internal sealed class Signal
{
    private TaskCompletionSource next = Create();

    /// <summary>Completes at the next pulse.</summary>
    public Task Next => Volatile.Read(ref next).Task;

    public void Pulse() => Interlocked.Exchange(ref next, Create()).TrySetResult();

    /// <summary>Waits for a pulse taken before, or the time, whichever is first.</summary>
    public static async Task WaitAsync(Task pulse, TimeSpan atMost, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (pulse.IsCompleted)
        {
            return;
        }

        using var stopTimer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(pulse, Task.Delay(atMost, clock, stopTimer.Token));
        await stopTimer.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
