using System.Text.Json.Nodes;

namespace ComplianceTracker.Api.Tests.Support;

/// <summary>A small folder of seeds that a test may change: one law, one company, three facts. Deleted when disposed.</summary>
public sealed class SeedFolder : IDisposable
{
    public const string Facts = "vocabulary/facts.json";
    public const string Conventions = "vocabulary/conventions.json";
    public const string Law = "instruments/de-law.json";
    public const string Company = "companies/acme.json";

    public SeedFolder()
    {
        Path = Directory.CreateTempSubdirectory("ct-seeds-").FullName;
        Write(Conventions, """{ "conventions": { "unknown": { "en": "Absent is unknown." } }, "members": { "EU": ["DE", "FR"] }, "natures": [{ "value": "duty", "label": { "en": "Duty" } }], "fr": { "DE": "Germany" } }""");
        Write(Facts, """
            { "facts": [
              { "name": "handles_data", "type": "bool", "description": { "en": "Handles data." } },
              { "name": "staff", "type": "int", "description": { "en": "People." } },
              { "name": "activities", "type": "string-set", "description": { "en": "What it does." }, "values": [{ "value": "shop", "label": { "en": "Shop" } }] } ] }
            """);
        Write(Law, """
            { "id": "de-law", "jurisdiction": "DE", "kind": "law", "title": { "en": "A Law" },
              "developments": [
                { "id": "de-law-2020-01-01-passed", "kind": "passed", "date": "2020-01-01", "source": "Gazette 1", "confidence": "text",
                  "effects": [
                    { "kind": "define", "obligationId": "de-law-art1", "provision": "Art. 1", "title": { "en": "Tell" }, "summary": { "en": "Tell what you do." },
                      "category": "disclosure", "nature": "duty", "condition": "handles_data && \"shop\" in activities", "source": "Gazette 1, Art. 1", "confidence": "text" },
                    { "kind": "enact", "obligationId": "de-law-art1", "from": "2021-01-01" } ] } ] }
            """);
        Write(Company, """{ "id": "acme", "name": "Acme", "facts": { "handles_data": true, "activities": ["shop"] }, "changes": [{ "from": "2022-01-01", "facts": { "handles_data": false } }] }""");
    }

    /// <summary>A copy of another folder, its files named anew.</summary>
    public SeedFolder(string from, Func<string, string> rename)
    {
        Path = Directory.CreateTempSubdirectory("ct-seeds-").FullName;
        foreach (var file in Directory.EnumerateFiles(from, "*.json", SearchOption.AllDirectories))
        {
            var name = System.IO.Path.GetRelativePath(from, file);
            Write(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(name)!, rename(System.IO.Path.GetFileName(name))), File.ReadAllText(file));
        }
    }

    public string Path { get; }

    public string FileOf(string name) => System.IO.Path.Combine(Path, name);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(FileOf(name))!);
        File.WriteAllText(FileOf(name), text);
    }

    public void Change(string name, string old, string @new)
    {
        var text = File.ReadAllText(FileOf(name));
        text.ShouldContain(old);
        Write(name, text.Replace(old, @new, StringComparison.Ordinal));
    }

    public JsonNode Read(string name) => JsonNode.Parse(File.ReadAllText(FileOf(name)))!;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
