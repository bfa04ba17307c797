using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Consequences;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Matching;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Impact;

/// <summary>
/// Every company's facts in memory, laid out for questions about all of them: read off the log at the first question, then kept up with
/// it. Safe for concurrent use; one question is answered at a time.
/// </summary>
internal sealed class CompanyPopulation(IEventStore store, EventTypes types) : IDisposable
{
    private const int CompaniesAtOnce = 500;
    private const int EventsAtOnce = 1000;

    private static readonly EventFilter Companies = EventFilter.ByStreamPrefix(StreamIds.CompanyPrefix);

    private readonly SemaphoreSlim asking = new(1, 1);
    private (Population Population, long Through)? current;
    private Task<(Population, long)>? loading;

    /// <summary>Asks the population as recorded by the position.</summary>
    /// <typeparam name="T">The answer.</typeparam>
    /// <param name="position">The position; one that was passed meanwhile is read off the log anew, which takes as long as the log is.</param>
    /// <param name="index">The vocabulary of that position.</param>
    /// <param name="ask">Asks; it must not keep the population.</param>
    /// <param name="cancellationToken">Ends the wait; what was being read is read on for those who ask next.</param>
    public async Task<T> AskAsync<T>(long position, FactIndex index, Func<Population, T> ask, CancellationToken cancellationToken)
    {
        await asking.WaitAsync(cancellationToken);
        try
        {
            if (current is { } newer && newer.Through > position)
            {
                return ask((await ReadAsync(position, index, cancellationToken)).Population);
            }

            if (current is not { } known || known.Population.Index != index || known.Population.IsWorn)
            {
                current = known = await LoadAsync(position, index, cancellationToken);
            }

            current = known = (known.Population, await FollowAsync(known.Population, known.Through, position, cancellationToken));
            return ask(known.Population);
        }
        finally
        {
            asking.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => asking.Dispose();

    // Whoever gives up waiting has not waited in vain: it is read on for those who ask next.
    private async Task<(Population Population, long Through)> LoadAsync(long position, FactIndex index, CancellationToken cancellationToken)
    {
        if (loading is null || (loading.IsCompletedSuccessfully && (await loading).Item1.Index != index) || loading.IsFaulted)
        {
            loading = Task.Run(() => ReadAsync(position, index, CancellationToken.None), CancellationToken.None);
        }

        var loaded = await loading.WaitAsync(cancellationToken);
        loading = null;
        return loaded.Item1.Index == index ? loaded : await ReadAsync(position, index, cancellationToken);
    }

    private async Task<(Population Population, long Through)> ReadAsync(long position, FactIndex index, CancellationToken cancellationToken)
    {
        var population = new Population(index);
        for (string? after = null; ;)
        {
            var streams = await store.ReadStreamsAsync(StreamIds.CompanyPrefix, after, CompaniesAtOnce, position, cancellationToken);
            foreach (var stream in streams)
            {
                if (stream.Events.Aggregate((CompanyProfile?)null, types.WithEarlier) is { } profile)
                {
                    population.Put(stream.StreamId, profile);
                }
            }

            if (streams.Count < CompaniesAtOnce)
            {
                return (population, position);
            }

            after = streams[^1].StreamId;
        }
    }

    private async Task<long> FollowAsync(Population population, long through, long position, CancellationToken cancellationToken)
    {
        while (through < position)
        {
            var page = await store.ReadAllAsync(through, EventsAtOnce, Companies, cancellationToken);
            foreach (var e in page.Events.TakeWhile(e => e.Position <= position))
            {
                var before = population.Find(e.StreamId) is { } company ? population.ProfileOf(company) : null;
                if (types.WithEarlier(before, e) is { } after)
                {
                    population.Put(e.StreamId, after);
                }
            }

            if (page.Through == through)
            {
                break;
            }

            through = Math.Min(page.Through, position);
        }

        return through;
    }
}
