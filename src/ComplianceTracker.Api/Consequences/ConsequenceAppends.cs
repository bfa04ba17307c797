using System.Collections.Immutable;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Consequences;

/// <summary>
/// Collects what follows for companies and appends it, many companies at once. A company's consequences stay in the order of the steps,
/// and what was appended before a crash is recognised by its ids and not appended again.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="types">Writes events.</param>
/// <param name="keepAlive">Called before each append: whoever waits for them with an open transaction must not seem asleep.</param>
internal sealed class ConsequenceAppends(IEventStore store, EventTypes types, Func<CancellationToken, Task> keepAlive)
{
    // So much is held in memory, and one company's more.
    private const int Most = 2000;
    private const int MostAtOnce = 500;

    private readonly SortedDictionary<long, (RecordedEvent Cause, List<StreamAppend> Streams)> waiting = [];
    private int count;

    /// <summary>Takes what follows for one company, all of it; appends when enough has come together.</summary>
    /// <param name="tenant">The company's tenant.</param>
    /// <param name="told">What follows, by step.</param>
    /// <param name="cancellationToken">Cancelling leaves the rest to the next attempt.</param>
    public async Task AddAsync(string tenant, IEnumerable<(Step Step, ImmutableArray<ConsequenceRecorded> Told)> told, CancellationToken cancellationToken)
    {
        foreach (var (step, consequences) in told)
        {
            if (!waiting.TryGetValue(step.Cause.Position, out var ofStep))
            {
                waiting[step.Cause.Position] = ofStep = (step.Cause, []);
            }

            ofStep.Streams.Add(new StreamAppend(
                StreamIds.Consequence(tenant, consequences[0].CompanyId),
                ExpectedVersion.Any,
                [..consequences.Select(c => types.Encode(ConsequenceRecords.IdOf(c, tenant), c))]));
            count += consequences.Length;
        }

        if (count >= Most)
        {
            await FlushAsync(cancellationToken);
        }
    }

    /// <summary>Appends what was taken.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        foreach (var (cause, streams) in waiting.Values)
        {
            for (var next = 0; next < streams.Count;)
            {
                var some = new List<StreamAppend> { streams[next++] };
                var tenant = StreamIds.TenantOf(some[0].StreamId);
                for (var events = some[0].Events.Count;
                    next < streams.Count && (events += streams[next].Events.Count) <= MostAtOnce && StreamIds.TenantOf(streams[next].StreamId) == tenant;
                    next++)
                {
                    some.Add(streams[next]);
                }

                await AppendAsync(some, RequestMetadata.FollowingFrom(cause, tenant), cancellationToken);
            }
        }

        waiting.Clear();
        count = 0;
    }

    private async Task AppendAsync(List<StreamAppend> streams, AppendMetadata metadata, CancellationToken cancellationToken)
    {
        while (streams.Count > 0)
        {
            await keepAlive(cancellationToken);
            switch (await store.AppendAsync(streams, metadata, cancellationToken))
            {
                case AppendResult.Appended:
                    return;
                case AppendResult.IdClash clash:
                    // An earlier attempt, whose batches were cut otherwise, appended some of them.
                    var stored = clash.Ids.ToHashSet();
                    streams = [..streams
                        .Select(s => s with { Events = [..s.Events.Where(e => !stored.Contains(e.Id))] })
                        .Where(s => s.Events.Count > 0)];
                    break;
                case var refused:
                    throw new InvalidOperationException($"The store refused what it was to take at any version: {refused}");
            }
        }
    }
}
