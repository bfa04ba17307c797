using ComplianceTracker.Api.Feed;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>Deliveries to an endpoint.</summary>
/// <param name="Items">The deliveries, the newest first.</param>
/// <param name="Next">The cursor of the next page, or null.</param>
public sealed record DeliveryPage(IReadOnlyList<DeliveryItem> Items, string? Next);

/// <summary>One event on its way to an endpoint.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Kind">Why it is delivered.</param>
/// <param name="State">Where it stands.</param>
/// <param name="EventId">The event's id: the <c>webhook-id</c>.</param>
/// <param name="Type">The event's type.</param>
/// <param name="Subject">What the event happened to: the ordering key.</param>
/// <param name="Position">The event's position in the log; null for a test, which is in no log.</param>
/// <param name="Sequence">Its place among the endpoint's events of that subject, from 1; null where it has none.</param>
/// <param name="CreatedAt">When it was enqueued.</param>
/// <param name="DoneAt">When the endpoint took it or it was given up; null while it is pending.</param>
/// <param name="NextAttemptAt">While it is pending: when it is tried next, where it waits for no earlier one; else null.</param>
/// <param name="Attempts">How many attempts were made since it was enqueued or the endpoint was enabled again.</param>
/// <param name="LastAttempt">The last attempt that is kept, or null.</param>
public sealed record DeliveryItem(
    string Id,
    DeliveryKind Kind,
    DeliveryState State,
    Guid EventId,
    string Type,
    string Subject,
    long? Position,
    long? Sequence,
    DateTimeOffset CreatedAt,
    DateTimeOffset? DoneAt,
    DateTimeOffset? NextAttemptAt,
    int Attempts,
    AttemptItem? LastAttempt);

/// <summary>One attempt.</summary>
/// <param name="At">When it began.</param>
/// <param name="DurationMs">How long it took, in milliseconds.</param>
/// <param name="Status">The HTTP status, or null: there was no answer.</param>
/// <param name="Headers">The answer's headers, one a line, at most 20 kB.</param>
/// <param name="Body">The answer's body, at most 20 kB.</param>
/// <param name="Error">What went wrong, or null: the endpoint took it.</param>
public sealed record AttemptItem(DateTimeOffset At, double DurationMs, int? Status, string Headers, string Body, string? Error);

/// <summary>One delivery with every attempt that is kept, and what is sent.</summary>
/// <param name="Delivery">The delivery.</param>
/// <param name="AttemptLog">The attempts, the newest first, at most 100.</param>
/// <param name="Event">What is sent.</param>
public sealed record DeliveryDetail(DeliveryItem Delivery, IReadOnlyList<AttemptItem> AttemptLog, CloudEventBody Event);

/// <summary>Asks for what happened since some time or position again.</summary>
/// <param name="Since">From what was recorded at this instant on; or null.</param>
/// <param name="After">From the log position after this one on; or null. One of the two is given.</param>
/// <param name="Preview">True: nothing is delivered, it is only counted.</param>
public sealed record ReplayBody(DateTimeOffset? Since = null, long? After = null, bool Preview = false);

/// <summary>What a replay delivers.</summary>
/// <param name="Events">How many events.</param>
/// <param name="Preview">True: none of them was enqueued.</param>
/// <param name="After">The log position after which it begins.</param>
/// <param name="Through">The log position up to which, included, it reaches.</param>
/// <param name="More">True when the log goes on: a replay has at most 100,000 events, and the next begins after <c>through</c>.</param>
public sealed record ReplayAnswer(int Events, bool Preview, long After, long Through, bool More);
