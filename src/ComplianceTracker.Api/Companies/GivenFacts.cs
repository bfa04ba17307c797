using System.Collections.Immutable;
using System.Text.Json;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;

namespace ComplianceTracker.Api.Companies;

/// <summary>Reads facts as clients write them.</summary>
internal static class GivenFacts
{
    /// <summary>Facts by name, holding always. A null declares nothing: an undated unknown is the absence of a value.</summary>
    public static ImmutableArray<GivenFact> From(IReadOnlyDictionary<string, JsonElement> facts, string at = "/facts") =>
        [..facts.Select(f => One(f.Key, f.Value, Days.Always, $"{at}/{Escape(f.Key)}"))];

    /// <summary>Facts holding always, and those that hold from a day on, until the next change.</summary>
    public static ImmutableArray<GivenFact> From(IReadOnlyDictionary<string, JsonElement> facts, IReadOnlyList<CompanyChangeBody>? changes) =>
    [
        ..From(facts),
        ..(changes ?? []).SelectMany((change, i) =>
            change.Facts.Select(f => One(f.Key, f.Value, new Days(change.From, null), $"/changes/{i}/facts/{Escape(f.Key)}"))),
    ];

    /// <summary>Facts with their days.</summary>
    public static ImmutableArray<GivenFact> From(IReadOnlyList<FactDeclarationBody> facts) =>
        [..facts.Select((f, i) => One(f.Fact, f.Value ?? default, new Days(f.From, f.To), $"/{i}"))];

    /// <summary>A fact with its days.</summary>
    /// <exception cref="ApiProblem">The value is nothing that a fact can hold.</exception>
    public static GivenFact One(string name, JsonElement json, Days days, string pointer) =>
        json.ValueKind == JsonValueKind.Undefined ? new GivenFact(name, null, days, pointer)
        : PlainFacts.TryRead(json, out var value) ? new GivenFact(name, value, days, pointer)
        : throw new ApiProblem(
            ProblemTypes.FactTypeMismatch, $"The value of '{name}' is none that a fact can hold: true, false, a number, a text, a list of texts, or null for unknown.")
        {
            Pointer = pointer,
        };

    private static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
