using System.Data.Common;
using ComplianceTracker.EventStore.Parking;

namespace ComplianceTracker.EventStore;

/// <summary>
/// An append-only log of events in streams. The promises, each checked by a contract test that every implementation runs:
/// <list type="number">
/// <item><term>P1</term><description>An append is all or nothing across its streams, and durable when it returns <see cref="AppendResult.Appended"/>.</description></item>
/// <item><term>P2</term><description>A stream that is not at its expected version refuses the whole batch: <see cref="AppendResult.Conflict"/>, nothing stored. Of any number of concurrent writers with the same expected version one succeeds.</description></item>
/// <item><term>P3</term><description>An append whose event ids are all stored in the streams it names stores nothing and returns the first append's versions and position with <see cref="AppendResult.Appended.Duplicate"/>; this is checked before the expected version, and holds for concurrent appends too.</description></item>
/// <item><term>P4</term><description>An append of which only some ids are stored, or stored in another stream, is refused: <see cref="AppendResult.IdClash"/>, nothing stored.</description></item>
/// <item><term>P5</term><description>The versions of a stream are 1, 2, 3 … without gaps, in the order of the batches and of the events in them.</description></item>
/// <item><term>P6</term><description>Every event has a position in one order of all events; positions rise with the versions of a stream and with the batch's order, are never reused, and may have gaps.</description></item>
/// <item><term>P7</term><description><see cref="RecordedEvent.RecordedAt"/> comes from the store, in UTC and whole microseconds, and never decreases along positions, also when the machine's clock steps back.</description></item>
/// <item><term>P8</term><description>An event comes back as it was written: id, type, the JSON value, actor, correlation, causation, headers.</description></item>
/// <item><term>P9</term><description>A stream is read in version order, from any version, and up to a position when asked. An append that returned is seen by every read of a stream that starts later.</description></item>
/// <item><term>P10</term><description>Reading all never skips: no event with a position up to a page's <see cref="EventPage.Through"/> ever appears later, however long its transaction took to commit. A position that stays missing is passed exactly when no transaction that could still fill it is left.</description></item>
/// <item><term>P11</term><description>A filtered read passes what the filter rejects: repeated with <see cref="EventPage.Through"/>, it reaches the head.</description></item>
/// <item><term>P12</term><description>The position of an instant is the last one recorded at or before it; <see cref="RecordedAtOfAsync"/> is its counterpart.</description></item>
/// <item><term>P13</term><description>A waiting reader is woken by an append soon after it is settled, whichever process made it.</description></item>
/// <item><term>P14</term><description>A subscription is handed every event that passes its filter, in position order; its checkpoint moves in the transaction in which the handler writes, so each event takes effect once.</description></item>
/// <item><term>P15</term><description>A batch whose handler throws is rolled back, shown with its error in <see cref="GetSubscriptionStatesAsync"/>, and retried with growing pauses. What the database, the network, another session or a cancellation caused (<see cref="SubscriptionFailureKind.Passing"/>) is retried for ever and costs no event its place.</description></item>
/// <item><term>P16</term><description>At any time one runner at most works for a subscription name; another that was started waits and takes over when the first one ends or, between two batches, makes room for it.</description></item>
/// <item><term>P17</term><description>U+0000 and lone surrogates are refused before anything is stored, with <see cref="ForbiddenTextException"/>.</description></item>
/// <item><term>P18</term><description>Any other failure is retried a bounded number of times; then the event that fails by itself is found and parked with its reason, in the transaction of the checkpoint that passes it. No other event is lost or handled twice.</description></item>
/// <item><term>P19</term><description>While an event is parked, every later one of its stream is parked behind it, in order, unhandled; other streams go on.</description></item>
/// <item><term>P20</term><description>An unknown event type, and a handler that says that it cannot go on (<see cref="SubscriptionStopException"/>), park nothing: the subscription handles what comes before, stops there, and shows it as <see cref="SubscriptionFailureKind.Stopped"/>; it passes an unknown type when <see cref="ISubscription.PassesUnknownTypes"/> says so.</description></item>
/// <item><term>P21</term><description>A handler that fails on everything parks a bounded number of events, then stops and shows it.</description></item>
/// <item><term>P22</term><description>Retrying hands over a parked event as it is stored by then, and then those that wait behind it, in order, one at a time, never while the subscription handles a batch; each leaves the list in the transaction in which it is handled. At the first failure the rest stays parked.</description></item>
/// <item><term>P23</term><description>Skipping leaves a parked event out for good and goes on as P22 with those behind it. What was parked, retried and skipped, when, by whom and why, stays in the log.</description></item>
/// <item><term>P24</term><description>Streams are read whole, each once, however many there are: in an order of the store's own that is the same in every call.</description></item>
/// <item><term>P25</term><description>A subscription that is to replace another begins where that one is, with the same events parked; the one it replaces goes on undisturbed.</description></item>
/// <item><term>P26</term><description>It takes the place of the other in one transaction with whatever its owner swaps, and only when it is not behind: under the name of the other, with its own checkpoint and parked events. What was in the way is gone, or nothing has changed.</description></item>
/// <item><term>P27</term><description>A retry or a skip that carries the <see cref="ReleaseRequest.Id"/> of an earlier one does nothing more and returns what that one did, also when they come at once. One that changed nothing leaves no trace.</description></item>
/// </list>
/// Implementations are safe for concurrent use. A broken connection during an append leaves its outcome unknown: the caller
/// repeats it with the same ids, and P3 makes that safe.
/// </summary>
public interface IEventStore
{
    /// <summary>Brings the store's own tables to the version of this code; once, whoever else starts at the same time.</summary>
    /// <exception cref="EventStoreStartupException">The store is newer than the code, or its settings would lose acknowledged events.</exception>
    Task MigrateAsync(CancellationToken cancellationToken = default);

    /// <summary>Appends events to one or more streams (P1 to P8, P17).</summary>
    /// <param name="batch">What each stream gets; at least one stream, no stream twice, no event id twice.</param>
    /// <param name="metadata">Who and why; stored with each event.</param>
    /// <param name="cancellationToken">Cancelling leaves the outcome unknown.</param>
    /// <returns>The new versions and the position, or an expected refusal.</returns>
    /// <exception cref="ArgumentException">The batch is malformed.</exception>
    /// <exception cref="ForbiddenTextException">A text holds what the store cannot keep.</exception>
    Task<AppendResult> AppendAsync(
        IReadOnlyList<StreamAppend> batch, AppendMetadata metadata, CancellationToken cancellationToken = default);

    /// <summary>Reads a stream in version order (P9); nothing when there is no such stream.</summary>
    /// <param name="streamId">The stream's key.</param>
    /// <param name="fromVersion">The first version wanted, included.</param>
    /// <param name="upToPosition">The last position wanted, included; null for the whole stream.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    IAsyncEnumerable<RecordedEvent> ReadStreamAsync(
        string streamId, long fromVersion = 1, long? upToPosition = null, CancellationToken cancellationToken = default);

    /// <summary>Reads the next streams whose key begins with the prefix, each in version order and whole up to the position (P24).</summary>
    /// <param name="prefix">How the keys begin; at least one character.</param>
    /// <param name="after">The last key of the call before, or null for the beginning.</param>
    /// <param name="limit">How many streams at most; at least 1.</param>
    /// <param name="upToPosition">The last position wanted, included. A stream without events up to it comes with none.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The streams in the store's order of keys; none when there are no more.</returns>
    Task<IReadOnlyList<StreamEvents>> ReadStreamsAsync(
        string prefix, string? after, int limit, long upToPosition, CancellationToken cancellationToken = default);

    /// <summary>Reads those of the streams that have events, each in version order and whole (P9).</summary>
    /// <param name="streamIds">The streams' keys; one that stands twice is read once.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    Task<IReadOnlyList<StreamEvents>> ReadStreamsAsync(IReadOnlyCollection<string> streamIds, CancellationToken cancellationToken = default);

    /// <summary>The version of a stream's last event; 0 when the stream has no events.</summary>
    Task<long> StreamVersionAsync(string streamId, CancellationToken cancellationToken = default);

    /// <summary>Reads a page of the settled log in position order (P10, P11). It does not wait for events.</summary>
    /// <param name="after">The position after which to begin, excluded; 0 for the beginning.</param>
    /// <param name="limit">How many events at most; at least 1.</param>
    /// <param name="filter">Which events, or null for all.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    Task<EventPage> ReadAllAsync(
        long after, int limit, EventFilter? filter = null, CancellationToken cancellationToken = default);

    /// <summary>The highest settled position; 0 in an empty store.</summary>
    Task<long> HeadAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// The last settled position recorded at or before the instant (P12); 0 when there is none. The answer for an instant is final
    /// once an event with a later stamp is settled.
    /// </summary>
    Task<long> PositionAtAsync(DateTimeOffset recordedAt, CancellationToken cancellationToken = default);

    /// <summary>The stamp of the last event at or before the position; null when there is none.</summary>
    Task<DateTimeOffset?> RecordedAtOfAsync(long position, CancellationToken cancellationToken = default);

    /// <summary>Completes with the head as soon as the highest settled position is beyond the given one (P13).</summary>
    Task<long> WaitForEventsAsync(long after, CancellationToken cancellationToken);

    /// <summary>What readers cannot pass at the moment; null when everything that was appended is settled.</summary>
    Task<LogStall?> GetStallAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs a subscription from its checkpoint until cancelled, in pages (P14 to P16, P18 to P21). No failure ends the task, only
    /// cancellation does.
    /// </summary>
    Task RunSubscriptionAsync(ISubscription subscription, CancellationToken cancellationToken);

    /// <summary>The position up to which, included, the subscription has handled or parked everything; 0 before its first batch.</summary>
    Task<long> CheckpointAsync(string subscription, CancellationToken cancellationToken = default);

    /// <summary>Waits until the subscription's checkpoint has reached the position.</summary>
    /// <returns>True when it has, false when the time ran out first.</returns>
    Task<bool> WaitForCheckpointAsync(
        string subscription, long position, TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <summary>The state of every subscription that has a checkpoint or a failure, by name.</summary>
    Task<IReadOnlyList<SubscriptionState>> GetSubscriptionStatesAsync(CancellationToken cancellationToken = default);

    /// <summary>Readies a subscription that is to take the place of another (P25); what there was under its name is forgotten.</summary>
    /// <param name="subscription">The subscription to be replaced.</param>
    /// <param name="by">The name of the one that will replace it; nothing runs it.</param>
    /// <param name="cancellationToken">Cancelling changes nothing.</param>
    /// <returns>The checkpoint at which it begins.</returns>
    Task<long> BeginReplacementAsync(string subscription, string by, CancellationToken cancellationToken = default);

    /// <summary>Puts a subscription in the place of another (P26).</summary>
    /// <param name="subscription">The subscription that is replaced; its runner goes on as the runner of what replaced it.</param>
    /// <param name="by">The one that replaces it.</param>
    /// <param name="swap">
    /// Exchanges what the two write to, in the engine's transaction (as <see cref="SubscriptionBatch.Transaction"/>). When it completes,
    /// nothing may run <paramref name="by"/> any more, and no batch of <paramref name="subscription"/> may commit before the swap does.
    /// </param>
    /// <param name="cancellationToken">Cancelling changes nothing.</param>
    /// <returns>False when <paramref name="by"/> was behind, or not begun: then nothing has changed.</returns>
    Task<bool> TryReplaceAsync(
        string subscription, string by, Func<DbTransaction?, CancellationToken, Task> swap, CancellationToken cancellationToken = default);

    /// <summary>The parked events (P18, P19), by subscription and position.</summary>
    /// <param name="subscription">The subscription's name, or null for all.</param>
    /// <param name="after">The place after which to begin, excluded; null for the beginning.</param>
    /// <param name="limit">How many at most; at least 1.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    Task<IReadOnlyList<ParkedEvent>> ListParkedAsync(
        string? subscription, ParkedKey? after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Hands a parked event over again, and then those that wait for it (P22, P27).</summary>
    /// <param name="subscription">Who handles them.</param>
    /// <param name="position">The event that failed.</param>
    /// <param name="request">Who asks.</param>
    /// <param name="cancellationToken">Cancelling changes nothing, or leaves what was done whole.</param>
    /// <exception cref="Exception">A passing failure (P15) of the handler: nothing was changed.</exception>
    Task<ReleaseResult> RetryParkedAsync(
        ISubscription subscription, long position, ReleaseRequest request, CancellationToken cancellationToken = default);

    /// <summary>Leaves a parked event out for good and hands over those that wait for it (P23, P27).</summary>
    /// <param name="subscription">Who handles them.</param>
    /// <param name="position">The event that failed.</param>
    /// <param name="reason">Why it is right to leave it out, for the log.</param>
    /// <param name="request">Who asks.</param>
    /// <param name="cancellationToken">Cancelling changes nothing, or leaves what was done whole.</param>
    /// <exception cref="Exception">A passing failure (P15) of the handler: nothing was changed.</exception>
    Task<ReleaseResult> SkipParkedAsync(
        ISubscription subscription, long position, string reason, ReleaseRequest request, CancellationToken cancellationToken = default);

    /// <summary>What was done to parked events, newest first.</summary>
    /// <param name="subscription">The subscription's name, or null for all.</param>
    /// <param name="before">The entry before which to begin, excluded; null for the newest.</param>
    /// <param name="limit">How many at most; at least 1.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    Task<IReadOnlyList<ParkedLogEntry>> ListParkedLogAsync(
        string? subscription, long? before, int limit, CancellationToken cancellationToken = default);
}
