using System.Text;

namespace ComplianceTracker.EventStore.Tests.Contract;

/// <summary>What every event store promises: one theme a file, the promises' numbers in front of the tests.</summary>
public abstract partial class EventStoreContract : IAsyncLifetime
{
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected IEventStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Store = await CreateStoreAsync();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>An empty store.</summary>
    protected abstract Task<IEventStore> CreateStoreAsync();

    /// <summary>From now on the machine's clock shows an hour less than the last stamp.</summary>
    protected abstract Task StepClockBackAsync();

    protected static EventData Event(string type = "thing.happened.v1", string json = "{}", Guid? id = null) =>
        new(id ?? Guid.NewGuid(), type, Encoding.UTF8.GetBytes(json));

    protected static StreamAppend To(string stream, params EventData[] events) => new(stream, ExpectedVersion.Any, events);

    protected static StreamAppend To(string stream, ExpectedVersion expected, params EventData[] events) =>
        new(stream, expected, events);

    protected Task<AppendResult> AppendAsync(params StreamAppend[] batch) => Store.AppendAsync(batch, AppendMetadata.None, Cancel);

    protected async Task<AppendResult.Appended> AppendedAsync(params StreamAppend[] batch) =>
        (await AppendAsync(batch)).ShouldBeOfType<AppendResult.Appended>();

    protected async Task<List<RecordedEvent>> StreamAsync(string stream, long from = 1, long? upTo = null)
    {
        var events = new List<RecordedEvent>();
        await foreach (var @event in Store.ReadStreamAsync(stream, from, upTo, Cancel))
        {
            events.Add(@event);
        }

        return events;
    }

    protected async Task<List<RecordedEvent>> AllAsync(EventFilter? filter = null, int limit = 100)
    {
        var (events, after, head) = (new List<RecordedEvent>(), 0L, await Store.HeadAsync(Cancel));
        while (after < head)
        {
            var page = await Store.ReadAllAsync(after, limit, filter, Cancel);
            page.Through.ShouldBeGreaterThan(after);
            page.Events.Count.ShouldBeLessThanOrEqualTo(limit);
            events.AddRange(page.Events);
            after = page.Through;
        }

        return events;
    }
}
