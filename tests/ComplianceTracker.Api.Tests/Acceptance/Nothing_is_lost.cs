using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Acceptance;

/// <summary>Member by member, what the net record says of instruments, developments and obligations is what HTTP gives back.</summary>
public sealed class Nothing_is_lost(SeededService seeded) : IClassFixture<SeededService>
{
    private static readonly string[] Lists = ["authority", "topics", "seeds", "relatedSeeds", "replaces", "replacedBy"];

    private TestService Service => seeded.Service;

    [Fact]
    public async Task Of_what_an_instrument_is()
    {
        var wrong = new List<string>();
        var given = (await Service.GetAsync("/instruments?limit=1000"))["items"]!.AsArray().ToDictionary(i => (string)i!["id"]!, i => i!);
        given.Keys.Order(StringComparer.Ordinal).ShouldBe(Corpus.InstrumentFiles);
        foreach (var file in Corpus.InstrumentFiles)
        {
            var net = Corpus.Instrument(file);
            foreach (var name in (string[])["id", "jurisdiction", "kind", "title", "shortTitle", "authority", "documentNumber", "topics", "binding", "legalForm", "locality", "seeds", "relatedSeeds", "corpus"])
            {
                Compare(file, name, net[name], given[file][name], wrong);
            }

            Compare(file, "identifiers", net["identifiers"] ?? new JsonObject(), given[file]["identifiers"], wrong);
            Compare(file, "note", Text(net["note"]), given[file]["note"], wrong);
            Compare(file, "relations", Relations(net["relations"]), given[file]["relations"], wrong);
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_what_happened_and_of_what_an_obligation_is()
    {
        var wrong = new List<string>();
        foreach (var file in Corpus.InstrumentFiles)
        {
            var net = Corpus.Instrument(file);
            var given = (await Service.GetAsync($"/instruments/{file}/developments?limit=1000"))["items"]!.AsArray().OfType<JsonNode>().ToList();
            given.Select(Shown).Order(StringComparer.Ordinal).ShouldBe(
                net["developments"]!.AsArray().Select(d => Expected(d!)).Order(StringComparer.Ordinal), file);

            var effects = given.SelectMany(d => d["effects"]!.AsArray().Select(e => (Development: d, Effect: e!))).ToList();
            effects.Where(e => Is(e.Effect, "define")).Select(e => (string)e.Effect["obligationId"]!).Order(StringComparer.Ordinal)
                .ShouldBe(net["obligations"]!.AsArray().Select(o => (string)o!["id"]!).Order(StringComparer.Ordinal), file);
            foreach (var obligation in net["obligations"]!.AsArray())
            {
                Compare(obligation!, [..effects.Where(e => (string)e.Effect["obligationId"]! == (string)obligation!["id"]!)], wrong);
            }
        }

        wrong.ShouldBeEmpty();
    }

    private static void Compare(JsonNode net, List<(JsonNode Development, JsonNode Effect)> effects, List<string> wrong)
    {
        var id = (string)net["id"]!;
        var definition = effects.Single(e => Is(e.Effect, "define")).Effect;
        foreach (var name in (string[])["provision", "title", "summary", "category", "nature", "appliesWhen", "source", "confidence", "verifyAfter", "seeds", "relatedSeeds", "replaces"])
        {
            Compare(id, name, net[name], definition[name], wrong);
        }

        Compare(id, "penalty", Text(net["penalty"]), definition["penalty"], wrong);
        Compare(id, "note", Text(net["note"]), definition["note"], wrong);
        Compare(id, "relativeStart", net["effectiveFromRelative"], definition["relativeStart"], wrong);
        var duty = net["duty"]!.DeepClone();
        duty["note"] = Text(duty["note"]);
        Compare(id, "duty", duty, definition["duty"], wrong);
        Compare(id, "replacedBy", net["replacedBy"], effects.LastOrDefault(e => Is(e.Effect, "end")).Effect?["replacedBy"] ?? new JsonArray(), wrong);

        // Who set a date or opened a window, and the remark on it, stand on the effect that did, in a development public that day.
        foreach (var set in (string[])["effectiveFromHistory", "effectiveToHistory", "suspensions", "enforcementPauses"])
        {
            foreach (var entry in net[set]?.AsArray() ?? [])
            {
                var found = effects.Any(e =>
                    (string)e.Development["publicOn"]! == (string)entry!["setOn"]!
                    && (entry["note"] is null || JsonNode.DeepEquals(Text(entry["note"]), e.Effect["note"]))
                    && (entry["by"] is null || (string?)entry["by"] == (string?)e.Effect["by"]));
                if (!found)
                {
                    wrong.Add($"{id}: nothing says {entry!.ToJsonString()}");
                }
            }
        }
    }

    private static void Compare(string what, string name, JsonNode? net, JsonNode? given, List<string> wrong)
    {
        var expected = net is null && Lists.Contains(name) ? new JsonArray() : net;
        if (!JsonNode.DeepEquals(WithoutNulls(expected), WithoutNulls(given)))
        {
            wrong.Add($"{what} {name}: {expected?.ToJsonString() ?? "null"}, and over HTTP {given?.ToJsonString() ?? "null"}");
        }
    }

    private static string Expected(JsonNode net) => Line(
        net, (string)net["type"]!, net["publicOn"] ?? net["date"], Text(net["note"]), (bool?)net["derived"] ?? false);

    private static string Shown(JsonNode given) => Line(
        given, (string)given["kind"]!, given["publicOn"], given["note"], (bool)given["derived"]!);

    private static string Line(JsonNode d, string kind, JsonNode? publicOn, JsonNode? note, bool derived) => string.Join(
        " | ", kind, d["date"], publicOn, d["scope"], d["causedBy"], derived, note?.ToJsonString(), d["source"], d["confidence"], List(d["seeds"]), List(d["relatedSeeds"]));

    private static string List(JsonNode? list) => (list ?? new JsonArray()).ToJsonString();

    private static bool Is(JsonNode effect, string kind) => (string)effect["kind"]! == kind;

    // The net record writes remarks and penalties as plain English.
    private static JsonNode? Text(JsonNode? node) => node is JsonValue ? new JsonObject { ["en"] = node.DeepClone() } : node?.DeepClone();

    private static JsonArray Relations(JsonNode? relations) =>
        [..(relations?.AsArray() ?? []).Select(r => new JsonObject { ["type"] = r!["type"]!.DeepClone(), ["target"] = r["target"]!.DeepClone(), ["note"] = Text(r["note"]) })];

    private static JsonNode? WithoutNulls(JsonNode? node) => node switch
    {
        JsonObject o => new JsonObject(o.Where(p => p.Value is not null).Select(p => KeyValuePair.Create(p.Key, WithoutNulls(p.Value)))),
        JsonArray a => new JsonArray([..a.Select(WithoutNulls)]),
        _ => node?.DeepClone(),
    };
}
