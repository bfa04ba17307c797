using System.Collections.Immutable;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Companies;

/// <summary>Reads company profiles off their streams: what was acknowledged is there.</summary>
internal sealed class CompanyStreams(IEventStore store, EventTypes types)
{
    /// <summary>The profile as recorded by the position; null and version 0 when it was not registered by then.</summary>
    public async Task<CompanyState> AtAsync(
        string tenant, string companyId, long? position, CancellationToken cancellationToken)
    {
        var state = new CompanyState(null, 0, 0);
        await foreach (var e in store.ReadStreamAsync(StreamIds.Company(tenant, companyId), 1, position, cancellationToken))
        {
            state = new CompanyState(CompanyDecider.Evolve(state.Profile, (CompanyEvent)types.Decode(e)), e.Version, e.Position);
        }

        return state;
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
internal sealed record CompanyState(CompanyProfile? Profile, long Version, long Position);
