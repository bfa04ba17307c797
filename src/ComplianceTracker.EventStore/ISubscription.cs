using ComplianceTracker.EventStore.Codec;

namespace ComplianceTracker.EventStore;

/// <summary>Somebody who is handed every event once, in order: a projection, a dispatcher.</summary>
public interface ISubscription
{
    /// <summary>The name under which the checkpoint is kept; stable for ever, without <c>:</c>.</summary>
    string Name { get; }

    /// <summary>Which events to hand over, or null for all.</summary>
    EventFilter? Filter { get; }

    /// <summary>
    /// False: an event that makes the handler throw <see cref="UnknownEventTypeException"/> stops the subscription until a release
    /// that knows the type runs it. True: what this code does not know does not concern the subscription; the event is left out.
    /// </summary>
    bool PassesUnknownTypes => false;

    /// <summary>
    /// Handles one batch. What it writes through the batch's transaction is committed together with the checkpoint or not at all;
    /// after an exception the same events come again, in a batch of the same or another size. A batch is any run of the log's
    /// events in order, without those of streams of which an earlier event is parked; when a parked event is released, it comes in a
    /// batch of its own, later than events of other streams with higher positions, never later than one of its own stream.
    /// </summary>
    /// <param name="batch">The events, never none, and the transaction.</param>
    /// <param name="cancellationToken">Cancelled when the subscription is stopped.</param>
    /// <exception cref="SubscriptionStopException">The handler cannot go on, and no single event is to blame.</exception>
    Task HandleAsync(SubscriptionBatch batch, CancellationToken cancellationToken);
}
