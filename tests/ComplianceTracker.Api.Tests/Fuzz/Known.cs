using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Document;
using ComplianceTracker.Api.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace ComplianceTracker.Api.Tests.Fuzz;

/// <summary>What exists when the run begins, so that requests can name it. Requests depend on nothing else, and so on their seed alone.</summary>
internal sealed class Known
{
    private readonly Dictionary<string, Gen<string>> words;
    private readonly Dictionary<string, string> cursors = [];
    private readonly (string Name, string Type, string[] Values)[] facts;

    private Known(JsonNode facts, string[] companies, string[] instruments, string[] obligations)
    {
        this.facts = [..facts["items"]!.AsArray().Select(f => ((string)f!["name"]!, (string)f["type"]!, f["values"]!.AsArray().Select(v => (string)v!["value"]!).ToArray()))];
        var company = Gen.Frequency((3, Gen.Elements(companies)), (3, Gen.Choose(1, 200).Select(n => $"fuzz-{n}")));
        var instrument = Gen.Frequency((3, Gen.Elements(instruments)), (3, Gen.Choose(1, 60).Select(n => $"fuzz-law-{n}")));
        var obligation = Gen.Frequency((3, Gen.Elements(obligations)), (3, Gen.Choose(1, 60).Select(n => $"fuzz-law-{n}-art1")));
        var fact = Gen.Frequency((4, Gen.Elements(this.facts.Select(f => f.Name).ToArray())), (1, Gen.Choose(1, 20).Select(n => $"fuzz.fact_{n}")));
        words = new()
        {
            ["companyId"] = company,
            ["company"] = company,
            ["newCompany"] = Gen.Choose(1, 200).Select(n => $"fuzz-{n}"),
            ["instrument"] = instrument,
            ["target"] = instrument,
            ["obligationId"] = obligation,
            ["replaces"] = obligation,
            ["replacedBy"] = obligation,
            ["fact"] = fact,
            ["name"] = fact,
            ["condition"] = Expressions(this.facts.Select(f => f.Name).ToArray()),
            ["expression"] = Expressions(this.facts.Select(f => f.Name).ToArray()),
            ["jurisdiction"] = Gen.Elements("CN", "EU", "US", "US-CA", "CN-NM", "GB", "AQ", "UK", "cn", "XX"),
            ["kind"] = Gen.Elements("law", "regulation", "standard", "corrected"),
            ["corrects"] = Gen.Choose(1, 60).Select(n => $"step-{n}"),
            ["category"] = Gen.Elements("data-protection", "cross-border-transfer", "record-keeping", "nothing"),
            ["topic"] = Gen.Elements("personal-data", "example", "nothing"),
            ["timeZone"] = Odd.TimeZone,
            ["subscription"] = Gen.Elements("Register", "Nothing"),
            ["position"] = Odd.Number,
            ["offset"] = Gen.Elements("P6M", "P1Y2M3W4D", "P0D", "PT1H", "P99999999999D", "-P1D", "P"),
            ["order"] = Gen.Elements("court", "ministry"),
            ["scope"] = Gen.Elements("amendment", "all"),
            ["valueType"] = Gen.Elements("jurisdiction", "colour"),
            ["q"] = Gen.Elements("Personal", "data", "保护", "ß", "法", "第三十八条", "2016/679", "\"important data", "'s", "a\u0301", "《》", "\u200B"),
            ["Prefer"] = Gen.Frequency((20, Gen.Elements("wait=0", "respond-async, wait=0", "wait=-1", "wait=x", "wait=", "wait=99999999999", "wait=0;foo", ",,;=,")), (1, Gen.Constant("wait=1"))),
            ["If-Match"] = ETags(),
            ["If-None-Match"] = ETags(),
            ["Last-Event-ID"] = Odd.Number,
        };
    }

    /// <summary>Looks around in a service.</summary>
    public static async Task<Known> OfAsync(TestService service, ServedDocument document)
    {
        async Task<string[]> IdsAsync(string path, string id) => [..(await service.GetAsync(path))["items"]!.AsArray().Select(i => (string)i![id]!)];
        var known = new Known(
            await service.GetAsync("/facts?limit=1000"),
            await IdsAsync("/companies?limit=1000", "id"),
            await IdsAsync("/instruments?limit=1000", "id"),
            await IdsAsync("/companies/sc01-foreign-carmaker/obligations?limit=1000", "obligationId"));
        foreach (var operation in document.Operations.Where(o => o.Parameters.Any(p => (string)p["name"]! == "cursor")))
        {
            using var request = operation.Request("limit", 1);
            using var response = await service.Client.SendAsync(request);
            if ((string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["next"] is { } next)
            {
                known.cursors[operation.Id] = next;
            }
        }

        return known;
    }

    /// <summary>A word that fits a parameter or member of that name.</summary>
    public Gen<string> Word(string name) => words.TryGetValue(name, out var word) ? word : Gen.Choose(1, 60).Select(n => $"step-{n}");

    /// <summary>A cursor that the operation gave, as it was or tampered with.</summary>
    public Gen<string> Cursor(string operation) => cursors.TryGetValue(operation, out var cursor)
        ? Gen.OneOf(
            Gen.Constant(cursor),
            from at in Gen.Choose(0, cursor.Length - 1) from c in Gen.Elements('A', 'z', '-', '=', '+', ' ', '.') select $"{cursor[..at]}{c}{cursor[(at + 1)..]}",
            from at in Gen.Choose(0, cursor.Length - 1) select cursor[..at],
            Gen.Elements([..cursors.Values]))
        : Gen.Elements("abc", "====", "AAAAAAAAAAAAAAAAAAAAAA");

    /// <summary>Facts by name with values of their types.</summary>
    public Gen<JsonNode?> Facts() => Odd.ArrayOf(Fact(), 4).Select(JsonNode? (given) => new JsonObject(given.DistinctBy(f => f.Name).Select(f => KeyValuePair.Create(f.Name, f.Value?.DeepClone()))));

    private Gen<(string Name, JsonNode? Value)> Fact() =>
        from fact in Gen.Elements(facts)
        from value in Gen.Frequency((9, Value(fact.Type, fact.Values)), (1, Gen.Constant<JsonNode?>(null)))
        select (fact.Name, value);

    private static Gen<JsonNode?> Value(string type, string[] values) => type switch
    {
        "bool" => Gen.Elements(true, false).Select(JsonNode? (b) => b),
        "int" => Gen.Choose(0, 2000000).Select(JsonNode? (n) => n),
        "double" => Gen.Choose(0, 2000000).Select(JsonNode? (n) => n / 7.0),
        "date" => Odd.Day.Select(JsonNode? (d) => d),
        "string" => Some(values).Select(JsonNode? (v) => v),
        _ => Odd.ArrayOf(Some(values), 3).Select(JsonNode? (v) => new JsonArray([..v.Select(JsonNode? (x) => x)])),
    };

    private static Gen<string> Some(string[] values) => values.Length > 0 ? Gen.Elements(values) : Gen.OneOf(Gen.Elements("CN", "EU"), Odd.Text);

    private static Gen<string> ETags() => Gen.OneOf(
        Gen.Choose(0, 9).Select(n => $"\"{n}\""),
        Gen.Elements("*", "W/\"1\"", "\"1\", \"2\"", "1", "\"", "\"\"", "*, \"1\"", "\"99999999999999999999\"", "\"x\"", ",", "W/", "\"1\" \"2\""));

    private static Gen<string> Expressions(string[] facts)
    {
        var token = Gen.Frequency(
            (3, Gen.Elements(facts)),
            (6, Gen.Elements("&&", "||", "!", "(", ")", ">=", "<", "==", "!=", "1", "-1", "1e999", "9223372036854775808", "0.5", "\"CN\"", "'x'", "\"\\ud800\"", "in", "[", "]", ",", ".covers(\"CN\")", ".covers(", "size(", "date(\"2020-01-01\")",
                "date(\"2021-02-30\")", "?", ":", "+", "*", "%", "null", "true", "false", ".matches(\"(a+)+$\")", ".startsWith(\"a\")", ".exists(x, x == \"CN\")", "//", "\n", "\t", "é", "😀", "\u0000")));
        return Gen.Frequency(
            (4, Gen.Elements(
                "true", "operates_in.covers(\"CN\") && processes.personal_data", "individuals_processed_cn >= 1000000", "!is_ciio || cross_border_transfer", "is_ciio ? processes.personal_data : cross_border_transfer",
                "\"CN\" in operates_in", "size(operates_in) > 1", "operates_in == [\"CN\"]")),
            (4, Odd.ArrayOf(token, 9).Select(tokens => string.Join(' ', tokens))),
            (1, Gen.Choose(1, 3000).Select(n => new string('(', n) + "true" + new string(')', n))),
            (1, Gen.Choose(1, 3000).Select(n => string.Concat(Enumerable.Repeat("!", n)) + "is_ciio")),
            (1, Gen.Choose(1, 1500).Select(n => string.Join(" && ", Enumerable.Repeat("is_ciio", n)))),
            (1, Odd.Text));
    }
}
