using System.Collections.Immutable;
using System.Text.Json;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Explanations;
using ComplianceTracker.EventStore;
using ComplianceTracker.EventStore.Codec;

namespace ComplianceTracker.Api.Companies;

/// <summary>Reads company profiles off their streams: what was acknowledged is there.</summary>
internal sealed class CompanyStreams(IEventStore store, EventTypes types)
{
    /// <summary>The profile as recorded by the position; null and version 0 when it was not registered by then.</summary>
    public async Task<CompanyState> AtAsync(
        string tenant, string companyId, long? position, CancellationToken cancellationToken)
    {
        var state = CompanyState.None;
        await foreach (var e in store.ReadStreamAsync(StreamIds.Company(tenant, companyId), 1, position, cancellationToken))
        {
            state = new CompanyState(CompanyDecider.Evolve(state.Profile, (CompanyEvent)types.Decode(e)), e.Version, e.Position);
        }

        return state;
    }

    /// <summary>The company as recorded by the position, with the declarations that its facts go back to.</summary>
    public async Task<(CompanyState State, Declarations Declarations)> DeclaredAsync(
        string tenant, string companyId, long? position, CancellationToken cancellationToken)
    {
        var (state, declarations) = (CompanyState.None, Declarations.None);
        await foreach (var e in store.ReadStreamAsync(StreamIds.Company(tenant, companyId), 1, position, cancellationToken))
        {
            var happened = (CompanyEvent)types.Decode(e);
            state = new CompanyState(CompanyDecider.Evolve(state.Profile, happened), e.Version, e.Position);
            declarations = declarations.With(happened, e.Position, e.RecordedAt);
        }

        return (state, declarations);
    }

    /// <summary>The histories of those of the companies that were ever registered, by id; one query.</summary>
    public async Task<IReadOnlyDictionary<string, CompanyHistory>> HistoriesAsync(
        string tenant, IEnumerable<string> companyIds, CancellationToken cancellationToken)
    {
        var streams = await store.ReadStreamsAsync([..companyIds.Distinct(StringComparer.Ordinal).Select(id => StreamIds.Company(tenant, id))], cancellationToken);
        return streams.ToDictionary(s => StreamIds.IdOf(s.StreamId), s => History(s.Events), StringComparer.Ordinal);
    }

    private CompanyHistory History(IReadOnlyList<RecordedEvent> events)
    {
        var steps = new List<(Guid EventId, CompanyState State)>(events.Count);
        var state = CompanyState.None;
        foreach (var e in events)
        {
            try
            {
                state = new CompanyState(CompanyDecider.Evolve(state.Profile, (CompanyEvent)types.Decode(e)), e.Version, e.Position);
            }
            catch (Exception unreadable) when (unreadable is JsonException or UnknownEventTypeException or InvalidOperationException or InvalidCastException)
            {
                return new CompanyHistory(steps, unreadable);
            }

            steps.Add((e.Id, state));
        }

        return new CompanyHistory(steps, null);
    }

    /// <summary>The position of the company's registration, or null.</summary>
    public async Task<long?> RegisteredAtAsync(string tenant, string companyId, CancellationToken cancellationToken)
    {
        await foreach (var e in store.ReadStreamAsync(StreamIds.Company(tenant, companyId), 1, null, cancellationToken))
        {
            return e.Position;
        }

        return null;
    }

    /// <summary>Every fact that the company ever declared, also those taken back since.</summary>
    public async Task<ImmutableHashSet<string>> EverDeclaredAsync(string tenant, string companyId, CancellationToken cancellationToken)
    {
        var facts = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        await foreach (var e in store.ReadStreamAsync(StreamIds.Company(tenant, companyId), cancellationToken: cancellationToken))
        {
            ImmutableArray<FactDeclaration> declared = types.Decode(e) switch
            {
                CompanyRegistered registered => registered.Facts,
                CompanyReplaced replaced => replaced.Facts,
                FactsDeclared more => more.Facts,
                _ => [],
            };
            facts.UnionWith(declared.Select(d => d.Fact));
        }

        return facts.ToImmutable();
    }

    /// <summary>True when the company was ever registered.</summary>
    public async Task<bool> ExistsAsync(string tenant, string companyId, CancellationToken cancellationToken) =>
        await store.StreamVersionAsync(StreamIds.Company(tenant, companyId), cancellationToken) > 0;
}

/// <summary>A company's stream, folded.</summary>
/// <param name="Profile">The profile, or null: not registered.</param>
/// <param name="Version">The version of the last event; 0: not registered.</param>
/// <param name="Position">The log position of the last event.</param>
internal sealed record CompanyState(CompanyProfile? Profile, long Version, long Position)
{
    /// <summary>A company that is not registered.</summary>
    public static CompanyState None { get; } = new(null, 0, 0);
}

/// <summary>What became of a company, step by step.</summary>
/// <param name="Steps">Each event's id with what the company was after it, the earliest first.</param>
/// <param name="Unreadable">What kept the next event from being read; null where all were.</param>
internal sealed record CompanyHistory(IReadOnlyList<(Guid EventId, CompanyState State)> Steps, Exception? Unreadable)
{
    /// <summary>Nothing yet.</summary>
    public static CompanyHistory None { get; } = new([], null);

    /// <summary>What the company is.</summary>
    public CompanyState Newest => Before(Steps.Count);

    /// <summary>What the company was before the step of that index.</summary>
    public CompanyState Before(int step) => step == 0 ? CompanyState.None : Steps[step - 1].State;
}
