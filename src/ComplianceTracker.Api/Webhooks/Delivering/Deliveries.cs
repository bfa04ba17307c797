using ComplianceTracker.Api.Webhooks.Outbound;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>Why something is delivered.</summary>
public enum DeliveryKind
{
    /// <summary>Because it happened.</summary>
    Event,

    /// <summary>Because the subscriber asked for what happened since some time.</summary>
    Replay,

    /// <summary>Because somebody asked for this one again.</summary>
    Retry,

    /// <summary>Because somebody wanted to see one arrive.</summary>
    Test,
}

/// <summary>Where a delivery stands.</summary>
public enum DeliveryState
{
    /// <summary>It has not arrived yet.</summary>
    Pending,

    /// <summary>The endpoint took it.</summary>
    Delivered,

    /// <summary>The endpoint did not take it, and nobody tries again.</summary>
    Failed,
}

/// <summary>Something to be delivered to an endpoint.</summary>
/// <param name="Endpoint">The endpoint's id.</param>
/// <param name="Key">The ordering key: the event's subject.</param>
/// <param name="EventId">The event's id.</param>
/// <param name="Position">Its position in the log; 0 for a test, which is in no log.</param>
/// <param name="Type">Its type without version.</param>
internal sealed record NewDelivery(string Endpoint, string Key, Guid EventId, long Position, string Type);

/// <summary>A delivery that a dispatcher took.</summary>
/// <param name="Id">Its number at the endpoint.</param>
/// <param name="Kind">Why it is delivered.</param>
/// <param name="EventId">The event's id.</param>
/// <param name="Position">Its position in the log; 0 for a test.</param>
/// <param name="Sequence">Its place among the endpoint's deliveries of the same key, from 1; null where it has none.</param>
/// <param name="Attempts">How many attempts were made.</param>
/// <param name="Body">The body, where it is in no log; else null.</param>
internal sealed record TakenDelivery(long Id, DeliveryKind Kind, Guid EventId, long Position, long? Sequence, int Attempts, byte[]? Body);

/// <summary>Deliveries of one key, which go out one after the other, leased to one dispatcher.</summary>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Name">The lane: the ordering key, or a name of its own for what need not wait.</param>
/// <param name="Fence">What tells this lease from any other: a report with another one changes nothing.</param>
/// <param name="Deliveries">The next deliveries, in order.</param>
/// <param name="Until">When the lease ends, by this process's monotonic clock (<see cref="TimeProvider.GetTimestamp"/>).</param>
internal sealed record TakenLane(string Endpoint, string Name, long Fence, IReadOnlyList<TakenDelivery> Deliveries, long Until);

/// <summary>One attempt of a taken delivery and what follows from it.</summary>
/// <param name="Delivery">The delivery.</param>
/// <param name="Exchange">The attempt.</param>
/// <param name="State">Where the delivery stands now.</param>
internal sealed record AttemptReport(TakenDelivery Delivery, Exchange Exchange, DeliveryState State);

/// <summary>What a dispatcher did with a lane it took, and gives back.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="Attempts">The attempts, in order.</param>
/// <param name="Pause">How long the lane rests before its next delivery.</param>
/// <param name="Detaches">True: what failed waits in a lane of its own, so that what comes behind it does not.</param>
internal sealed record LaneReport(TakenLane Lane, IReadOnlyList<AttemptReport> Attempts, TimeSpan Pause, bool Detaches);
