using ComplianceTracker.EventStore.Postgres;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Aggregation;
using Marten.Subscriptions;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComplianceTracker.EventStore.Marten;

/// <summary>
/// What a programmer writes with Marten and nothing of ours: what the engines are measured against. It keeps none of the port's promises that
/// Marten does not keep. It stands here because no other project names Marten.
/// </summary>
internal sealed class ByHand : IAsyncDisposable
{
    private readonly DocumentStore documents;
    private readonly Counter counter = new();

    /// <summary>Opens a store on a schema that is migrated already, with Marten's defaults but for the layout of the tables.</summary>
    public ByHand(PostgresEventStore tables) => documents = DocumentStore.For(store =>
    {
        store.Connection(tables.Options.ConnectionString);
        store.DatabaseSchemaName = tables.Options.Schema;
        store.Events.DatabaseSchemaName = tables.Options.Schema;
        store.Events.StreamIdentity = StreamIdentity.AsString;
        store.Events.MetadataConfig.CausationIdEnabled = true;
        store.Events.MetadataConfig.CorrelationIdEnabled = true;
        store.Events.MetadataConfig.HeadersEnabled = true;
        store.Events.MetadataConfig.UserNameEnabled = true;
        store.Events.EnableUniqueIndexOnEventId = true;
        store.Events.UseListenNotifyForEventAppends = true;
        store.Events.MapEventType<FactDeclared>("fact.declared.v1");
        store.Projections.Add<Facts.Projection>(ProjectionLifecycle.Live);
        store.Projections.AsyncMode = DaemonMode.Solo;
        store.Projections.Subscribe(counter, options => options.Options.BatchSize = 1000);
        store.Projections.Errors.SkipApplyErrors = store.Projections.Errors.SkipSerializationErrors = store.Projections.Errors.SkipUnknownEvents = false;
    });

    /// <summary>An event of the measurement.</summary>
    public sealed record FactDeclared(string Fact, long Value, string Note, string Source);

    /// <summary>What the events of a stream come to: how many there are.</summary>
    public sealed class Facts
    {
        /// <summary>The stream.</summary>
        public string Id { get; set; } = "";

        /// <summary>How many.</summary>
        public long Count { get; set; }

        internal sealed class Projection : SingleStreamProjection<Facts, string>
        {
            public Projection() => IncludeType<FactDeclared>();

            public override Facts? Evolve(Facts? snapshot, string id, IEvent e) => new() { Id = id, Count = (snapshot?.Count ?? 0) + 1 };
        }
    }

    /// <summary>Brings Marten's own objects to the database.</summary>
    public Task MigrateAsync() => documents.Storage.ApplyAllConfiguredChangesToDatabaseAsync();

    /// <summary>Appends one event to each stream, which must be at the version, in one transaction.</summary>
    public async Task AppendAsync(IReadOnlyList<(string Id, long Version)> streams, AppendMetadata metadata)
    {
        await using var session = Open(metadata);
        foreach (var (id, version) in streams)
        {
            session.Events.Append(id, version + 1, Declared());
        }

        await session.SaveChangesAsync();
    }

    /// <summary>The same with the streams locked first, as Marten offers it, so that a writer that loses burns no position: what both engines promise.</summary>
    public async Task AppendExclusiveAsync(IReadOnlyList<(string Id, long Version)> streams, AppendMetadata metadata)
    {
        await using var session = Open(metadata);
        foreach (var (id, version) in streams)
        {
            if (version == 0)
            {
                session.Events.StartStream(id, Declared());
            }
            else
            {
                await session.Events.AppendExclusive(id, Declared());
            }
        }

        await session.SaveChangesAsync();
    }

    /// <summary>The same as Marten's guide has a command do it: the stream fetched with what its events come to, which says whether it is at the version, then written.</summary>
    public async Task AppendFetchedAsync(IReadOnlyList<(string Id, long Version)> streams, AppendMetadata metadata)
    {
        await using var session = Open(metadata);
        foreach (var (id, version) in streams)
        {
            var stream = await session.Events.FetchForWriting<Facts>(id, version);
            stream.AppendOne(Declared());
        }

        await session.SaveChangesAsync();
    }

    private static FactDeclared Declared() =>
        new("processes.personal_data.of.individuals", 1_200_000, "Counted for the annual report. 依据年度报告统计。", "https://example.com/report/2024");

    private IDocumentSession Open(AppendMetadata metadata)
    {
        var session = documents.LightweightSession();
        session.CorrelationId = metadata.CorrelationId;
        session.CausationId = metadata.CausationId;
        session.LastModifiedBy = metadata.Actor;
        foreach (var (name, value) in metadata.Headers)
        {
            session.SetHeader(name, value);
        }

        return session;
    }

    /// <summary>Reads the log in pages; how many events.</summary>
    public async Task<long> ReadAllAsync(int page)
    {
        for (var (after, count) = (0L, 0L); ;)
        {
            await using var session = documents.QuerySession();
            var events = await session.Events.QueryAllRawEvents().Where(e => e.Sequence > after).OrderBy(e => e.Sequence).Take(page).ToListAsync();
            if (events.Count == 0)
            {
                return count;
            }

            (after, count) = (events[^1].Sequence, count + events.Count);
        }
    }

    /// <summary>Runs Marten's daemon with a subscription that counts, until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var daemon = await documents.BuildProjectionDaemonAsync(logger: NullLogger.Instance);
        await daemon.StartAllAsync();
        await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await daemon.StopAllAsync();
    }

    /// <summary>Waits until the subscription was handed so many events since the store was opened.</summary>
    public Task UntilAsync(long events) => counter.UntilAsync(events);

    public ValueTask DisposeAsync() => documents.DisposeAsync();

    private sealed class Counter : global::Marten.Subscriptions.ISubscription
    {
        private readonly Lock gate = new();
        private readonly List<(long Events, TaskCompletionSource Reached)> waiting = [];
        private long seen;

        public Task<IChangeListener> ProcessEventsAsync(
            EventRange page, ISubscriptionController controller, IDocumentOperations operations, CancellationToken cancellationToken)
        {
            lock (gate)
            {
                seen += page.Events.Count;
                waiting.FindAll(w => w.Events <= seen).ForEach(w => w.Reached.TrySetResult());
                waiting.RemoveAll(w => w.Events <= seen);
            }

            return Task.FromResult(NullChangeListener.Instance);
        }

        public Task UntilAsync(long events)
        {
            lock (gate)
            {
                var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                if (events <= seen)
                {
                    reached.SetResult();
                }
                else
                {
                    waiting.Add((events, reached));
                }

                return reached.Task;
            }
        }
    }
}
