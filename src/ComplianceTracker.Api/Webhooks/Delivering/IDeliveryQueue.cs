using System.Data.Common;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>
/// The durable queue of deliveries. Deliveries of one ordering key of one endpoint form a lane and go out one after the other; lanes are
/// leased, and a lease that ran out goes to whoever asks next. What is enqueued stays until it was reported delivered or failed.
/// </summary>
internal interface IDeliveryQueue
{
    /// <summary>Enqueues events that happened, in order, in the caller's transaction: they are there exactly when it commits.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="deliveries">What to deliver; what an endpoint has already is left out.</param>
    /// <param name="cancellationToken">Ends the attempt; the transaction must then be rolled back.</param>
    Task EnqueueAsync(DbTransaction transaction, IReadOnlyList<NewDelivery> deliveries, CancellationToken cancellationToken);

    /// <summary>Enqueues what was asked for, beside the lanes of what happens: each is tried once, in order, whatever the endpoint's state.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="lane">What tells them from other requests.</param>
    /// <param name="kind">Why they are delivered.</param>
    /// <param name="deliveries">What to deliver.</param>
    /// <param name="body">The body, where it is in no log; else null.</param>
    /// <param name="cancellationToken">Ends the attempt; the transaction must then be rolled back.</param>
    /// <returns>The number of the first; 0: there was nothing to deliver.</returns>
    Task<long> EnqueueAskedAsync(
        DbTransaction transaction, string lane, DeliveryKind kind, IReadOnlyList<NewDelivery> deliveries, byte[]? body, CancellationToken cancellationToken);

    /// <summary>For each of the endpoints that has something to deliver: how long until it is due; zero or less: now.</summary>
    /// <param name="endpoints">The endpoints, and whether only what was asked for may go out.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    Task<IReadOnlyDictionary<string, TimeSpan>> DueAsync(
        IReadOnlyCollection<(string Endpoint, bool OnlyAsked)> endpoints, CancellationToken cancellationToken);

    /// <summary>Leases lanes of an endpoint that are due, the longest due first.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="onlyAsked">True: only what was asked for.</param>
    /// <param name="lanes">How many lanes at most.</param>
    /// <param name="deliveries">How many deliveries of each at most.</param>
    /// <param name="lease">How long.</param>
    /// <param name="cancellationToken">Ends the attempt; what was leased by then comes free by itself.</param>
    Task<IReadOnlyList<TakenLane>> TakeAsync(
        string endpoint, bool onlyAsked, int lanes, int deliveries, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Keeps attempts and gives lanes back; of a lane that has another lease by now only the attempts are kept.</summary>
    /// <returns>For each report, whether the lease still held.</returns>
    Task<IReadOnlyList<bool>> ReportAsync(IReadOnlyList<LaneReport> reports, CancellationToken cancellationToken);

    /// <summary>Drops what waits to be delivered to an endpoint that is deleted, in the caller's transaction. What was done stays.</summary>
    Task DropAsync(DbTransaction transaction, string endpoint, CancellationToken cancellationToken);

    /// <summary>Makes everything of the endpoint that waits for another attempt due now, in the caller's transaction, with its attempts counted anew where asked.</summary>
    Task ReleaseAsync(DbTransaction transaction, string endpoint, bool countAnew, CancellationToken cancellationToken);
}
