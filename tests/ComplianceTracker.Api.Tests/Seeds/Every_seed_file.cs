using System.Text.Json.Nodes;
using NJsonSchema;

namespace ComplianceTracker.Api.Tests.Seeds;

/// <summary>The schemas in <c>seeds/schema</c> are what an editor checks against while a file is written.</summary>
public sealed class Every_seed_file
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "seeds");

    private static readonly Dictionary<string, Task<JsonSchema>> Schemas = Directory.EnumerateFiles(Path.Combine(Root, "schema"))
        .ToDictionary(f => Path.GetFileName(f), f => JsonSchema.FromJsonAsync(File.ReadAllText(f)));

    public static TheoryData<string> Folders => ["", "vocabulary", "instruments", "companies"];

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task Names_its_schema_and_keeps_to_it(string folder)
    {
        var files = Directory.GetFiles(Path.Combine(Root, folder), "*.json");
        files.ShouldNotBeEmpty();
        foreach (var file in files)
        {
            var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            var named = (string?)JsonNode.Parse(text)!["$schema"];
            named.ShouldNotBeNull(file);
            var schema = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, named));
            Path.GetDirectoryName(schema).ShouldBe(Path.Combine(Root, "schema"), file);

            var errors = (await Schemas[Path.GetFileName(schema)]).Validate(text);

            errors.Select(e => $"{Path.GetFileName(file)}: {e}").ShouldBeEmpty();
        }
    }

    [Fact]
    public void Of_an_instrument_or_a_company_is_named_after_it()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Root, "instruments")).Concat(Directory.GetFiles(Path.Combine(Root, "companies"))))
        {
            ((string?)JsonNode.Parse(File.ReadAllText(file))!["id"]).ShouldBe(Path.GetFileNameWithoutExtension(file));
        }
    }

    // The first file of each kind with one thing wrong: the path to what is changed, and its new value (null: taken away).
    [Theory]
    [InlineData("instruments/cn-pipl.json", "surprise", "true")]
    [InlineData("instruments/cn-pipl.json", "title", null)]
    [InlineData("instruments/cn-pipl.json", "title.en", null)]
    [InlineData("instruments/cn-pipl.json", "id", "\"CN PIPL\"")]
    [InlineData("instruments/cn-pipl.json", "developments.0.kind", "\"rumoured\"")]
    [InlineData("instruments/cn-pipl.json", "developments.0.date", "\"2021-13-01\"")]
    [InlineData("instruments/cn-pipl.json", "developments.0.date", "\"2021-1-1\"")]
    [InlineData("instruments/cn-pipl.json", "developments.0.source", null)]
    [InlineData("instruments/cn-pipl.json", "developments.0.confidence", "\"sure\"")]
    [InlineData("instruments/cn-pipl.json", "developments.0.effects.0.kind", "\"dream\"")]
    [InlineData("instruments/cn-pipl.json", "developments.0.effects.0.surprise", "1")]
    [InlineData("instruments/cn-pipl.json", "developments.0.effects.0.condition", null)]
    [InlineData("instruments/cn-pipl.json", "developments.0.effects.0.nature", "\"wish\"")]
    [InlineData("companies/sc01-foreign-carmaker.json", "surprise", "1")]
    [InlineData("companies/sc01-foreign-carmaker.json", "name", null)]
    [InlineData("companies/sc01-foreign-carmaker.json", "facts", "[]")]
    [InlineData("companies/sc01-foreign-carmaker.json", "facts.Operates In", "true")]
    [InlineData("companies/sc01-foreign-carmaker.json", "facts.operates_in", "{}")]
    [InlineData("vocabulary/facts.json", "surprise", "1")]
    [InlineData("vocabulary/facts.json", "facts.0.type", "\"text\"")]
    [InlineData("vocabulary/facts.json", "facts.0.description", null)]
    [InlineData("vocabulary/facts.json", "facts.0.surprise", "1")]
    [InlineData("vocabulary/conventions.json", "surprise", "1")]
    [InlineData("vocabulary/conventions.json", "conventions", null)]
    [InlineData("coverage.json", "surprise", "1")]
    [InlineData("coverage.json", "mentions.0.seed", null)]
    public async Task That_is_broken_is_refused(string file, string path, string? value)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Root, file), TestContext.Current.CancellationToken);
        var json = JsonNode.Parse(text)!;
        var schema = await Schemas[Path.GetFileName((string)json["$schema"]!)];
        schema.Validate(json.ToJsonString()).ShouldBeEmpty();

        Change(json, path.Split('.'), value is null ? null : JsonNode.Parse(value));

        schema.Validate(json.ToJsonString()).ShouldNotBeEmpty();
    }

    private static void Change(JsonNode json, string[] path, JsonNode? value)
    {
        var parent = path[..^1].Aggregate(json, (node, step) => int.TryParse(step, out var i) ? node[i]! : node[step]!);
        if (value is null)
        {
            parent.AsObject().Remove(path[^1]).ShouldBeTrue();
        }
        else
        {
            parent[path[^1]] = value;
        }
    }
}
