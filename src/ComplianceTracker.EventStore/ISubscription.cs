namespace ComplianceTracker.EventStore;

/// <summary>Somebody who is handed every event once, in order: a projection, a dispatcher.</summary>
public interface ISubscription
{
    /// <summary>The name under which the checkpoint is kept; stable for ever, without <c>:</c>.</summary>
    string Name { get; }

    /// <summary>Which events to hand over, or null for all.</summary>
    EventFilter? Filter { get; }

    /// <summary>
    /// Handles one batch. What it writes through the batch's transaction is committed together with the checkpoint or not at all;
    /// after an exception the same events come again (in a batch of the same or another size).
    /// </summary>
    /// <param name="batch">The events, never none, and the transaction.</param>
    /// <param name="cancellationToken">Cancelled when the subscription is stopped.</param>
    Task HandleAsync(SubscriptionBatch batch, CancellationToken cancellationToken);
}
