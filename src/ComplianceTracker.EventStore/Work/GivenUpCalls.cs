namespace ComplianceTracker.EventStore.Work;

/// <summary>Names what an engine has given up (<see cref="IWorkCalls.GivenUp"/>) where it is retried or skipped as parked events are. No engine runs it: it has no events of its own.</summary>
public sealed class GivenUpCalls : ISubscription
{
    private GivenUpCalls()
    {
    }

    /// <summary>The only one.</summary>
    public static GivenUpCalls Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => IWorkCalls.GivenUp;

    /// <inheritdoc/>
    public EventFilter? Filter => null;

    /// <inheritdoc/>
    public bool PassesUnknownTypes => true;

    /// <inheritdoc/>
    public Task HandleAsync(SubscriptionBatch batch, CancellationToken cancellationToken) => Task.CompletedTask;
}
