using System.Text.Json.Nodes;

namespace ComplianceTracker.Api.Tests.Support;

/// <summary>The record that the seeds were made from, in its own net form: what holds, not what happened.</summary>
internal static class Corpus
{
    /// <summary>Every status word, as query parameters.</summary>
    public const string EveryStatus =
        "status=applicable,upcoming,proposed,suspended,ended,lapsed,undetermined,not-applicable&limit=1000";

    /// <summary>Every status word, as a member of a body.</summary>
    public static JsonArray EveryStatusWord =>
        ["applicable", "upcoming", "proposed", "suspended", "ended", "lapsed", "undetermined", "not-applicable"];

    public static IEnumerable<string> InstrumentFiles => Files("instruments");

    public static IEnumerable<string> ScenarioFiles => Files("scenarios");

    public static JsonObject Instrument(string id) => Read("instruments", id);

    public static JsonObject Scenario(string id) => Read("scenarios", id);

    /// <summary>The instrument that carries an obligation.</summary>
    public static IReadOnlyDictionary<string, string> InstrumentOf { get; } = InstrumentFiles
        .Select(Instrument)
        .SelectMany(i => i["obligations"]!.AsArray().Select(o => KeyValuePair.Create((string)o!["id"]!, (string)i["id"]!)))
        .ToDictionary(StringComparer.Ordinal);

    public static DateOnly Day(JsonNode node) => DateOnly.ParseExact((string)node!, "yyyy-MM-dd");

    public static DateOnly? MaybeDay(JsonNode? node) => node is null ? null : Day(node);

    private static string Folder(string name) => Path.Combine(AppContext.BaseDirectory, "corpus", name);

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(Folder(folder), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal);

    private static JsonObject Read(string folder, string id) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Folder(folder), id + ".json")))!.AsObject();
}
