using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Consequences;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Matching;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Impact;

/// <summary>
/// Every company's facts in memory, laid out for questions about all of them: read off the register at the first question, then kept up
/// with the log. Safe for concurrent use; one question is answered at a time.
/// </summary>
internal sealed class CompanyPopulation(IEventStore store, RegisterReader register, EventTypes types) : IDisposable
{
    private const int CompaniesAtOnce = 500;
    private const int EventsAtOnce = 1000;

    // Of a register that is being computed anew: following the log event by event would take longer than reading each stream once.
    private const int FarBehind = 10_000;

    // The law on record has some hundred parts of conditions; what is supposed adds others.
    private const int MostRemembered = 5000;

    private static readonly EventFilter Companies = EventFilter.ByStreamPrefix(StreamIds.CompanyPrefix);

    private readonly SemaphoreSlim asking = new(1, 1);
    private State? current;
    private State? past;
    private Task<State>? loading;

    /// <summary>Asks the population as recorded by the position.</summary>
    /// <typeparam name="T">The answer.</typeparam>
    /// <param name="position">The position; one that was passed meanwhile is read off all streams, which takes as long as the log is.</param>
    /// <param name="index">The vocabulary of that position.</param>
    /// <param name="ask">Asks; it must not keep the population.</param>
    /// <param name="cancellationToken">Ends the wait; what was being read is read on for those who ask next.</param>
    public async Task<T> AskAsync<T>(long position, FactIndex index, Func<Population, T> ask, CancellationToken cancellationToken)
    {
        await asking.WaitAsync(cancellationToken);
        try
        {
            if (current is null || current.Through <= position)
            {
                if (current is null || current.Population.Index != index || current.Population.IsWorn)
                {
                    current = await LoadAsync(position, index, cancellationToken);
                }

                await FollowAsync(current, position, cancellationToken);
            }

            // Where no company changed since the position, what is known now was known then. Of the past one state is kept: pages follow pages.
            var asked = current;
            if (position < current.LastChange || current.Population.Index != index)
            {
                asked = past = past is { } kept && kept.Through == position && kept.Population.Index == index ? kept
                    : position < current.LastChange ? await ReadStreamsAsync(position, index, cancellationToken)
                    : await ReadAsync(position, index, cancellationToken);
            }

            var answer = ask(asked.Population);
            if (asked.Population.Remembered > MostRemembered)
            {
                asked.Population.Forget();
            }

            return answer;
        }
        finally
        {
            asking.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => asking.Dispose();

    // Whoever gives up waiting has not waited in vain: it is read on for those who ask next.
    private async Task<State> LoadAsync(long position, FactIndex index, CancellationToken cancellationToken)
    {
        if (loading is null || loading.IsFaulted)
        {
            loading = Task.Run(() => ReadAsync(position, index, CancellationToken.None), CancellationToken.None);
        }

        var loaded = await loading.WaitAsync(cancellationToken);
        loading = null;
        return loaded.Population.Index == index ? loaded : await ReadAsync(position, index, cancellationToken);
    }

    private async Task<State> ReadAsync(long position, FactIndex index, CancellationToken cancellationToken) =>
        await ReadRegisterAsync(position, index, cancellationToken) ?? await ReadStreamsAsync(position, index, cancellationToken);

    // As the register has them, many times as fast as off all streams; those that it knows later events of, off theirs.
    private async Task<State?> ReadRegisterAsync(long position, FactIndex index, CancellationToken cancellationToken)
    {
        var (read, ahead) = (new State(new Population(index)), new List<string>());
        var through = await register.ReadCompaniesAsync(position - FarBehind, Take, cancellationToken);
        if (through is not { } reflected)
        {
            return null;
        }

        foreach (var some in ahead.Chunk(CompaniesAtOnce))
        {
            foreach (var stream in await store.ReadStreamsAsync(some, cancellationToken))
            {
                Put(read, stream.StreamId, stream.Events.TakeWhile(e => e.Position <= position));
            }
        }

        read.Through = Math.Min(reflected, position);
        await FollowAsync(read, position, cancellationToken);
        return read;

        void Take(StoredCompany company)
        {
            var stream = StreamIds.Company(company.Tenant, company.Profile.Id);
            if (company.Position > position)
            {
                ahead.Add(stream);
                return;
            }

            read.Population.Put(stream, company.Profile);
            read.LastChange = Math.Max(read.LastChange, company.Position);
        }
    }

    private async Task<State> ReadStreamsAsync(long position, FactIndex index, CancellationToken cancellationToken)
    {
        var read = new State(new Population(index)) { Through = position };
        for (string? after = null; ;)
        {
            var streams = await store.ReadStreamsAsync(StreamIds.CompanyPrefix, after, CompaniesAtOnce, position, cancellationToken);
            foreach (var stream in streams)
            {
                Put(read, stream.StreamId, stream.Events);
            }

            if (streams.Count < CompaniesAtOnce)
            {
                return read;
            }

            after = streams[^1].StreamId;
        }
    }

    private void Put(State read, string stream, IEnumerable<RecordedEvent> events)
    {
        var (profile, last) = events.Aggregate((default(CompanyProfile), 0L), (folded, e) => (types.WithEarlier(folded.Item1, e), e.Position));
        if (profile is not null)
        {
            read.Population.Put(stream, profile);
            read.LastChange = Math.Max(read.LastChange, last);
        }
    }

    // What was followed in part is followed again from there: an event folded twice leaves what it left the first time.
    private async Task FollowAsync(State state, long position, CancellationToken cancellationToken)
    {
        while (state.Through < position)
        {
            var page = await store.ReadAllAsync(state.Through, EventsAtOnce, Companies, cancellationToken);
            foreach (var e in page.Events.TakeWhile(e => e.Position <= position))
            {
                var before = state.Population.Find(e.StreamId) is { } company ? state.Population.ProfileOf(company) : null;
                if (types.WithEarlier(before, e) is { } after)
                {
                    state.Population.Put(e.StreamId, after);
                }

                state.LastChange = e.Position;
            }

            if (page.Through == state.Through)
            {
                return;
            }

            state.Through = Math.Min(page.Through, position);
        }
    }

    private sealed class State(Population population)
    {
        public Population Population => population;

        /// <summary>The position up to which, included, the log is in it.</summary>
        public long Through { get; set; }

        /// <summary>The position of the last event of a company that is in it.</summary>
        public long LastChange { get; set; }
    }
}
