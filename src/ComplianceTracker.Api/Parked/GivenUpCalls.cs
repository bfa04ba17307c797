using ComplianceTracker.EventStore;
using ComplianceTracker.EventStore.Work;

namespace ComplianceTracker.Api.Parked;

/// <summary>Stands for the deliveries that an engine has given up, where they are retried or skipped as parked events are; nothing runs it.</summary>
internal sealed class GivenUpCalls : ISubscription
{
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
