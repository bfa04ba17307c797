using System.Data.Common;
using ComplianceTracker.EventStore.Marten.Messaging;
using ComplianceTracker.EventStore.Parking;
using ComplianceTracker.EventStore.Postgres;
using ComplianceTracker.EventStore.Work;
using Marten;

namespace ComplianceTracker.EventStore.Marten;

/// <summary>
/// The event store on Marten: appends go through its sessions, subscriptions run under its daemon's agents, on the node that Wolverine assigns. What is nothing but SQL over the
/// tables of both engines (reads, settled positions, parked events, leases) is the first engine's own: one database has one truth about what
/// is settled, whoever asks.
/// </summary>
/// <param name="tables">The database, and what both engines do with it in the same way.</param>
/// <param name="node">This process among Wolverine's nodes, which then share the subscriptions; null: it runs what it is told to, as leases let it.</param>
internal sealed partial class MartenEventStore(PostgresEventStore tables, MessagingNode? node = null) : IEventStore, IAsyncDisposable
{
    private readonly DocumentStore documents = Documents.Open(tables);
    private readonly DeadCallList? dead = node is null ? null : new(tables, node);

    /// <inheritdoc/>
    public async Task MigrateAsync(CancellationToken cancellationToken = default)
    {
        await tables.MigrateAsync(cancellationToken);

        // Marten's functions; the tables are as it would have made them, which it says itself.
        await documents.Storage.Database.ApplyAllConfiguredChangesToDatabaseAsync(JasperFx.AutoCreate.CreateOrUpdate, ct: cancellationToken);
        await documents.Storage.Database.AssertDatabaseMatchesConfigurationAsync(cancellationToken);
        await (node?.StartAsync(cancellationToken) ?? Task.CompletedTask);
    }

    /// <inheritdoc/>
    public Task RunSubscriptionAsync(ISubscription subscription, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        tables.Notifications.EnsureListening();
        Task RunHereAsync(CancellationToken stop) => new AgentRunner(tables, documents, subscription).RunAsync(stop);
        return node?.Subscriptions.RunAsync(subscription.Name, RunHereAsync, cancellationToken) ?? RunHereAsync(cancellationToken);
    }

    /// <summary>Ends what Marten and Wolverine run; the tables' owner ends the rest.</summary>
    public async ValueTask DisposeAsync()
    {
        await (node?.DisposeAsync() ?? ValueTask.CompletedTask);
        await documents.DisposeAsync();
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> ReadStreamAsync(
        string streamId, long fromVersion = 1, long? upToPosition = null, CancellationToken cancellationToken = default) =>
        tables.ReadStreamAsync(streamId, fromVersion, upToPosition, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StreamEvents>> ReadStreamsAsync(
        string prefix, string? after, int limit, long upToPosition, CancellationToken cancellationToken = default) =>
        tables.ReadStreamsAsync(prefix, after, limit, upToPosition, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StreamEvents>> ReadStreamsAsync(IReadOnlyCollection<string> streamIds, CancellationToken cancellationToken = default) =>
        tables.ReadStreamsAsync(streamIds, cancellationToken);

    /// <inheritdoc/>
    public Task<long> StreamVersionAsync(string streamId, CancellationToken cancellationToken = default) =>
        tables.StreamVersionAsync(streamId, cancellationToken);

    /// <inheritdoc/>
    public Task<EventPage> ReadAllAsync(long after, int limit, EventFilter? filter = null, CancellationToken cancellationToken = default) =>
        tables.ReadAllAsync(after, limit, filter, cancellationToken);

    /// <inheritdoc/>
    public Task<long> HeadAsync(CancellationToken cancellationToken = default) => tables.HeadAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<long> PositionAtAsync(DateTimeOffset recordedAt, CancellationToken cancellationToken = default) =>
        tables.PositionAtAsync(recordedAt, cancellationToken);

    /// <inheritdoc/>
    public Task<DateTimeOffset?> RecordedAtOfAsync(long position, CancellationToken cancellationToken = default) =>
        tables.RecordedAtOfAsync(position, cancellationToken);

    /// <inheritdoc/>
    public Task<long> WaitForEventsAsync(long after, CancellationToken cancellationToken) => tables.WaitForEventsAsync(after, cancellationToken);

    /// <inheritdoc/>
    public Task<LogStall?> GetStallAsync(CancellationToken cancellationToken = default) => tables.GetStallAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<long> CheckpointAsync(string subscription, CancellationToken cancellationToken = default) =>
        tables.CheckpointAsync(subscription, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> WaitForCheckpointAsync(
        string subscription, long position, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        tables.WaitForCheckpointAsync(subscription, position, timeout, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SubscriptionState>> GetSubscriptionStatesAsync(CancellationToken cancellationToken = default) =>
        tables.GetSubscriptionStatesAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<long> BeginReplacementAsync(string subscription, string by, CancellationToken cancellationToken = default) =>
        tables.BeginReplacementAsync(subscription, by, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryReplaceAsync(
        string subscription, string by, Func<DbTransaction?, CancellationToken, Task> swap, CancellationToken cancellationToken = default) =>
        tables.TryReplaceAsync(subscription, by, swap, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ParkedEvent>> ListParkedAsync(
        string? subscription, ParkedKey? after, int limit, CancellationToken cancellationToken = default)
    {
        var parked = await tables.ListParkedAsync(subscription, after, limit, cancellationToken);
        return dead is null || subscription is not (null or IWorkCalls.GivenUp) ? parked : await dead.MergeAsync(parked, after, limit, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ReleaseResult> RetryParkedAsync(
        ISubscription subscription, long position, ReleaseRequest request, CancellationToken cancellationToken = default) =>
        dead is not null && subscription.Name == IWorkCalls.GivenUp
            ? dead.ReleaseAsync(position, null, request, cancellationToken)
            : tables.RetryParkedAsync(subscription, position, request, cancellationToken);

    /// <inheritdoc/>
    public Task<ReleaseResult> SkipParkedAsync(
        ISubscription subscription, long position, string reason, ReleaseRequest request, CancellationToken cancellationToken = default) =>
        dead is not null && subscription.Name == IWorkCalls.GivenUp
            ? dead.ReleaseAsync(position, reason, request, cancellationToken)
            : tables.SkipParkedAsync(subscription, position, reason, request, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ParkedLogEntry>> ListParkedLogAsync(
        string? subscription, long? before, int limit, CancellationToken cancellationToken = default) =>
        tables.ListParkedLogAsync(subscription, before, limit, cancellationToken);
}
