using System.Collections.Immutable;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Companies;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.Importing;

/// <summary>Imports companies: registers new ones, and adds to known ones the facts of which they never declared anything.</summary>
internal sealed class CompanyImport(CompanyStreams streams, InstrumentCatalogue catalogue, ImportAppend append)
{
    /// <summary>Imports one company's file.</summary>
    public async Task<Imported> ImportAsync(byte[] json, CancellationToken cancellationToken)
    {
        var file = SeedImporter.Read(json, SeedJson.Types.CompanyFile);
        if (file.TimeZone is { } zone && !ClockReader.IsTimeZone(zone))
        {
            throw new ApiProblem(ProblemTypes.InvalidBody, $"'{zone}' is not an IANA time zone.") { Pointer = "/timeZone" };
        }

        var given = GivenFacts.From(file.Facts, file.Changes);
        var state = await streams.AtAsync(StreamIds.DefaultTenant, file.Id, null, cancellationToken);
        var vocabulary = (await catalogue.HeadAsync(cancellationToken)).Vocabulary;
        var wanted = Decide(null, new PutCompany(file.Id, file.Name, file.TimeZone, given), vocabulary);
        if (state.Profile is not { } known)
        {
            return await AppendAsync(file.Id, 0, wanted, [], cancellationToken);
        }

        if (known.IsArchived)
        {
            return new Imported(0, ["the company is archived on record"], 0);
        }

        var profile = wanted.Aggregate((CompanyProfile?)null, CompanyDecider.Evolve)!;
        // What somebody took back on record stays taken back.
        var declared = await streams.EverDeclaredAsync(StreamIds.DefaultTenant, file.Id, cancellationToken);
        var added = given.Where(g => !declared.Contains(g.Fact)).ToImmutableArray();
        var events = added.IsEmpty ? [] : Decide(known, new DeclareFacts(added), vocabulary);
        return await AppendAsync(file.Id, state.Version, events, [..Differences(known, profile, declared)], cancellationToken);
    }

    private static IEnumerable<string> Differences(CompanyProfile known, CompanyProfile wanted, ImmutableHashSet<string> declared)
    {
        if (known.Name != wanted.Name || known.TimeZone != wanted.TimeZone)
        {
            yield return "name or time zone are otherwise on record";
        }

        foreach (var (fact, timeline) in wanted.Facts)
        {
            if (declared.Contains(fact) && !known.FactOf(fact).SaysTheSameAs(timeline))
            {
                yield return $"'{fact}' is declared otherwise on record";
            }
        }
    }

    private static ImmutableArray<CompanyEvent> Decide(CompanyProfile? state, CompanyCommand command, FactVocabulary vocabulary)
    {
        var decision = CompanyDecider.Decide(state, command, vocabulary);
        return decision.Rejection is { } rejection ? throw ApiProblem.Of(rejection) : decision.Events;
    }

    private async Task<Imported> AppendAsync(
        string id, long version, ImmutableArray<CompanyEvent> events, ImmutableArray<string> differences, CancellationToken cancellationToken)
    {
        var named = events.Select((e, i) => ($"{version + i + 1}", (object)e)).ToList();
        var position = await append.AppendAsync(StreamIds.Company(StreamIds.DefaultTenant, id), version, named, cancellationToken);
        return new Imported(events.Length, differences, position);
    }
}
