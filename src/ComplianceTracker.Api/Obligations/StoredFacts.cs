using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;

namespace ComplianceTracker.Api.Obligations;

/// <summary>A profile's facts as the register's table of companies holds them: an array of declarations, JSON.</summary>
internal static class StoredFacts
{
    private const string NameOfFact = "fact";

    /// <summary>The facts as declarations.</summary>
    public static string Write(CompanyProfile profile) => JsonSerializer.Serialize(
        profile.Facts.SelectMany(f => f.Value.Pieces.Select(p => new FactDeclaration(f.Key, p.Value, p.Days))).ToImmutableArray(),
        StoredJson.Of<ImmutableArray<FactDeclaration>>());

    /// <summary>The facts.</summary>
    public static ImmutableSortedDictionary<string, FactTimeline> Read(string json) =>
        CompanyProfile.Declare(CompanyProfile.NoFacts, JsonSerializer.Deserialize(json, StoredJson.Of<ImmutableArray<FactDeclaration>>()));

    /// <summary>Some of the facts; the others are passed without being read, for a company may have declared hundreds.</summary>
    /// <param name="json">The declarations, UTF-8.</param>
    /// <param name="wanted">The names.</param>
    public static ImmutableSortedDictionary<string, FactTimeline> Read(ReadOnlySpan<byte> json, FrozenSet<string> wanted)
    {
        var names = wanted.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> name = stackalloc char[256];
        var found = new List<FactDeclaration>();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var declaration = reader;
            if (IsOther(ref reader, name, names))
            {
                while (reader.TokenType != JsonTokenType.EndObject || reader.CurrentDepth != declaration.CurrentDepth)
                {
                    reader.Read();
                }
            }
            else
            {
                reader = declaration;
                var read = JsonSerializer.Deserialize(ref reader, StoredJson.Of<FactDeclaration>())!;
                if (wanted.Contains(read.Fact))
                {
                    found.Add(read);
                }
            }
        }

        return CompanyProfile.Declare(CompanyProfile.NoFacts, found);
    }

    // True only where the name comes first, as it is written, and is none of the wanted ones.
    private static bool IsOther(ref Utf8JsonReader reader, scoped Span<char> name, FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> wanted)
    {
        reader.Read();
        if (!reader.ValueTextEquals(NameOfFact))
        {
            return false;
        }

        reader.Read();
        return reader.ValueSpan.Length <= name.Length && !wanted.Contains(name[..reader.CopyString(name)]);
    }
}
