using System.Text.Json;
using System.Text.Json.Serialization;
using ComplianceTracker.Api.Companies;
using ComplianceTracker.Api.Facts;
using ComplianceTracker.Api.Instruments;
using ComplianceTracker.Domain.Common;

namespace ComplianceTracker.Api.Importing;

/// <summary>The vocabulary's file.</summary>
internal sealed record FactsFile
{
    /// <summary>The facts.</summary>
    public required IReadOnlyList<FactBody> Facts { get; init; }
}

/// <summary>The conventions' file.</summary>
internal sealed record ConventionsFile
{
    /// <summary>How the record writes things, by name.</summary>
    public required IReadOnlyDictionary<string, LangText> Conventions { get; init; }

    /// <summary>The member codes of each group of jurisdictions.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Members { get; init; }

    /// <summary>Further code tables and lists of terms, by name.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>A demo company's file.</summary>
internal sealed record CompanyFile
{
    /// <summary>The company's id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public LangText? Description { get; init; }

    /// <summary>Which part of the record it belongs to.</summary>
    public string? Corpus { get; init; }

    /// <summary>Its IANA time zone.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Facts holding always.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Facts { get; init; }

    /// <summary>Facts holding from a day on.</summary>
    public IReadOnlyList<CompanyChangeBody>? Changes { get; init; }
}

/// <summary>How seed files are read: by the rules of the API.</summary>
[JsonSerializable(typeof(FactsFile))]
[JsonSerializable(typeof(ConventionsFile))]
[JsonSerializable(typeof(CompanyFile))]
[JsonSerializable(typeof(InstrumentBody))]
[JsonSerializable(typeof(IReadOnlyList<FactValueBody>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class SeedJson : JsonSerializerContext
{
    /// <summary>The types with the rules of the API.</summary>
    public static SeedJson Types { get; } = new(CreateOptions());

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions { TypeInfoResolver = new SeedJson() };
        Json.ApiJson.Configure(options);
        return options;
    }
}
