using ComplianceTracker.EventStore;

namespace ComplianceTracker.Testing;

/// <summary>
/// The event store's promises without a database, for tests of what stands above it. Everything is settled at once; nothing
/// survives the process.
/// </summary>
/// <param name="clock">Gives the stamps, and measures the pauses.</param>
public sealed partial class InMemoryEventStore(TimeProvider clock) : IEventStore
{
    private readonly Lock gate = new();
    private readonly List<RecordedEvent> log = [];
    private readonly Dictionary<Guid, RecordedEvent> byId = [];
    private readonly Dictionary<string, long> versions = new(StringComparer.Ordinal);
    private TaskCompletionSource changed = NewSignal();

    /// <inheritdoc/>
    public Task MigrateAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<AppendResult> AppendAsync(
        IReadOnlyList<StreamAppend> batch, AppendMetadata metadata, CancellationToken cancellationToken = default)
    {
        AppendRules.Require(batch, metadata);
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            var stored = batch.SelectMany(s => s.Events).Where(e => byId.ContainsKey(e.Id)).Select(e => byId[e.Id]).ToList();
            if (stored.Count > 0)
            {
                return Task.FromResult(AppendRules.Judge(
                    batch, [.. stored.Select(e => new StoredId(e.Id, e.StreamId, e.Version, e.Position, e.RecordedAt))]));
            }

            if (batch.FirstOrDefault(s => !s.Expected.Allows(VersionOf(s.StreamId))) is { } refused)
            {
                return Task.FromResult<AppendResult>(
                    new AppendResult.Conflict(refused.StreamId, refused.Expected, VersionOf(refused.StreamId)));
            }

            return Task.FromResult<AppendResult>(Store(batch, metadata));
        }
    }

    private AppendResult.Appended Store(IReadOnlyList<StreamAppend> batch, AppendMetadata metadata)
    {
        var stamp = NextStamp();
        foreach (var stream in batch)
        {
            foreach (var @event in stream.Events)
            {
                var version = versions[stream.StreamId] = VersionOf(stream.StreamId) + 1;
                var recorded = new RecordedEvent(
                    log.Count + 1, @event.Id, stream.StreamId, version, @event.Type, @event.Data.ToArray(), stamp, metadata);
                log.Add(recorded);
                byId.Add(@event.Id, recorded);
            }
        }

        Pulse();
        return new AppendResult.Appended(
            [.. batch.Select(s => new StreamVersion(s.StreamId, VersionOf(s.StreamId)))], log.Count, stamp, Duplicate: false);
    }

    private DateTimeOffset NextStamp()
    {
        var now = clock.GetUtcNow();
        now = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
        return log.Count > 0 && log[^1].RecordedAt > now ? log[^1].RecordedAt : now;
    }

    private long VersionOf(string streamId) => versions.GetValueOrDefault(streamId);

    private void Pulse()
    {
        var old = changed;
        changed = NewSignal();
        old.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
