using System.Collections.Immutable;
using System.Text.Json;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Benchmarks.Evaluate;

/// <summary>What the benchmark needs of the record: the vocabulary and every distinct condition.</summary>
internal static class Seeds
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "seeds");

    public static FactVocabulary Vocabulary()
    {
        using var facts = Open("vocabulary/facts.json");
        using var conventions = Open("vocabulary/conventions.json");
        return FactVocabulary.Empty with
        {
            Version = 1,
            Facts = facts.RootElement.GetProperty("facts").EnumerateArray().Select(Fact)
                .ToImmutableSortedDictionary(f => f.Name, f => f, StringComparer.Ordinal),
            Groups = conventions.RootElement.GetProperty("members").EnumerateObject().ToImmutableSortedDictionary(
                g => g.Name,
                g => ImmutableSortedSet.CreateRange(StringComparer.Ordinal, g.Value.EnumerateArray().Select(m => m.GetString()!)),
                StringComparer.Ordinal),
        };
    }

    /// <summary>Every distinct condition, by ordinal.</summary>
    public static IReadOnlyList<string> Conditions()
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root, "instruments"), "*.json"))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            Collect(document.RootElement, found);
        }

        return [.. found];
    }

    private static void Collect(JsonElement element, SortedSet<string> found)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                Collect(item, found);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in element.EnumerateObject())
            {
                if (member.Name == "condition" && member.Value.ValueKind == JsonValueKind.String)
                {
                    found.Add(member.Value.GetString()!);
                }

                Collect(member.Value, found);
            }
        }
    }

    private static FactDefinition Fact(JsonElement fact)
    {
        var values = fact.TryGetProperty("values", out var listed)
            ? listed.EnumerateArray().Select(v => v.GetProperty("value").GetString()!).Select(v => new ListedValue(v, LangText.English(v), false, 1))
            : [];
        return new FactDefinition(
            fact.GetProperty("name").GetString()!,
            fact.GetProperty("type").GetString() switch
            {
                "bool" => FactType.Bool,
                "int" => FactType.Int,
                "double" => FactType.Double,
                "date" => FactType.Date,
                "string-set" => FactType.StringSet,
                "string" => FactType.String,
                var other => throw new InvalidOperationException($"Unknown type {other}."),
            },
            null,
            LangText.English("-"),
            [.. values],
            fact.TryGetProperty("valueType", out var valueType) ? valueType.GetString() : null,
            false,
            null,
            []);
    }

    private static JsonDocument Open(string path) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Root, path)));
}
