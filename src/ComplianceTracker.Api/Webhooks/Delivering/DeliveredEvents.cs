using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>
/// The events that are being delivered, read off the log by position. What was read last is kept, some megabytes of it: an event goes to
/// many endpoints, and what comes next in the log is wanted next. Safe for concurrent use.
/// </summary>
internal sealed class DeliveredEvents(IEventStore store)
{
    private const int ReadAhead = 64;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private const long MostBytes = 32 * 1024 * 1024;

    // What an event takes besides its body.
    private const int Around = 1000;

    private readonly Lock gate = new();
    private readonly Dictionary<long, LinkedListNode<RecordedEvent>> known = [];
    private readonly LinkedList<RecordedEvent> newestFirst = new();
    private long bytes;

    /// <summary>The event at the position.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public async Task<RecordedEvent> AtAsync(long position, CancellationToken cancellationToken)
    {
        if (Find(position) is { } found)
        {
            return found;
        }

        var page = await store.ReadAllAsync(position - 1, ReadAhead, null, cancellationToken);
        if (page.Events is not [var next, ..] || next.Position != position)
        {
            // Another process enqueued it; what it knows to be settled, this one will know in a moment.
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(LongestWait);
            await store.WaitForEventsAsync(position - 1, limit.Token);
            page = await store.ReadAllAsync(position - 1, ReadAhead, null, cancellationToken);
        }

        foreach (var e in page.Events.Reverse())
        {
            Keep(e);
        }

        return page.Events is [var first, ..] && first.Position == position
            ? first
            : throw new InvalidOperationException($"There is no event at position {position}.");
    }

    /// <summary>Keeps an event that will soon be asked for.</summary>
    public void Keep(RecordedEvent e)
    {
        lock (gate)
        {
            if (known.ContainsKey(e.Position))
            {
                return;
            }

            known[e.Position] = newestFirst.AddFirst(e);
            bytes += e.Data.Length + Around;
            while (bytes > MostBytes)
            {
                var oldest = newestFirst.Last!.Value;
                newestFirst.RemoveLast();
                known.Remove(oldest.Position);
                bytes -= oldest.Data.Length + Around;
            }
        }
    }

    private RecordedEvent? Find(long position)
    {
        lock (gate)
        {
            return known.GetValueOrDefault(position)?.Value;
        }
    }
}
