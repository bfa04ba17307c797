using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Facts;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.Importing;

/// <summary>Imports the vocabulary: one file is one batch, so that its versions do not depend on interruptions.</summary>
internal sealed class VocabularyImport(InstrumentCatalogue catalogue, ImportAppend append)
{
    /// <summary>Imports <c>facts.json</c>: new facts, new values, new wording.</summary>
    public async Task<Imported> FactsAsync(byte[] json, CancellationToken cancellationToken)
    {
        var file = SeedImporter.Read(json, SeedJson.Types.FactsFile);
        return await ImportAsync(
            [..file.Facts.Select((f, i) => ($"/facts/{i}", (VocabularyCommand)new PutFact(f.ToDomain(f.Name ?? ""))))], cancellationToken);
    }

    /// <summary>Imports <c>conventions.json</c>.</summary>
    public async Task<Imported> ConventionsAsync(byte[] json, CancellationToken cancellationToken)
    {
        var file = SeedImporter.Read(json, SeedJson.Types.ConventionsFile);
        var others = file.Others ?? [];
        var terms = others.Where(o => o.Value.ValueKind != JsonValueKind.Object).Select(o => KeyValuePair.Create(o.Key, Terms(o.Key, o.Value)));
        var codes = others.Where(o => o.Value.ValueKind == JsonValueKind.Object).Select(o => KeyValuePair.Create(o.Key, Codes(o.Key, o.Value)));
        var conventions = new ConventionsSet(
            Sorted(file.Conventions),
            Sorted(file.Members.Select(m => KeyValuePair.Create(m.Key, m.Value.ToImmutableArray()))),
            Sorted(terms),
            Sorted(codes));
        return await ImportAsync([("", new SetConventions(conventions))], cancellationToken);
    }

    private async Task<Imported> ImportAsync(ImmutableArray<(string Pointer, VocabularyCommand Command)> commands, CancellationToken cancellationToken)
    {
        var log = await catalogue.HeadAsync(cancellationToken);
        var vocabulary = log.Vocabulary;
        var events = new List<(string, object)>();
        foreach (var (pointer, command) in commands)
        {
            var decision = VocabularyDecider.Decide(vocabulary, command);
            if (decision.Rejection is { } rejection)
            {
                throw ApiProblem.Of(rejection with { Pointer = pointer + rejection.Pointer });
            }

            // The version is part of the name: the same wording may come back after another.
            events.AddRange(decision.Events.Select((e, i) => ($"{vocabulary.Version + i + 1}", (object)e)));
            vocabulary = decision.Events.Aggregate(vocabulary, VocabularyDecider.Evolve);
        }

        var position = await append.AppendAsync(StreamIds.Vocabulary, log.Vocabulary.Version, events, cancellationToken);
        return new Imported(events.Count, [], position);
    }

    private static ImmutableArray<ValueDescription> Terms(string name, JsonElement json) =>
        [..Part(name, json, SeedJson.Types.IReadOnlyListFactValueBody)
            .Select(v => new ValueDescription(v.Value, v.Label ?? LangText.English(v.Value), v.NotYetRead))];

    private static ImmutableSortedDictionary<string, string> Codes(string name, JsonElement json) =>
        Sorted(Part(name, json, SeedJson.Types.IReadOnlyDictionaryStringString));

    private static T Part<T>(string name, JsonElement json, JsonTypeInfo<T> type)
        where T : notnull
    {
        try
        {
            return RequestBody.Read(JsonSerializer.SerializeToUtf8Bytes(json, ApiJson.Types.JsonElement), type);
        }
        catch (ApiProblem problem)
        {
            throw new ApiProblem(problem.Type, problem.Message) { Pointer = $"/{name}{problem.Pointer}", Expected = problem.Expected };
        }
    }

    private static ImmutableSortedDictionary<string, T> Sorted<T>(IEnumerable<KeyValuePair<string, T>> pairs) =>
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, pairs);
}
