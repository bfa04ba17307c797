using System.Text.Json;
using System.Text.RegularExpressions;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.EventStore.Codec;

namespace ComplianceTracker.Api.Tests.House;

/// <summary>The documents say what the code does.</summary>
public sealed partial class Documentation
{
    private static readonly string Root = Repository.Root;

    [Fact]
    public void Every_stored_event_name_is_documented_with_an_example_that_reads_and_writes_back_under_that_name()
    {
        var examples = Example().Matches(File.ReadAllText(Path.Combine(Root, "docs/events.md")))
            .ToDictionary(m => m.Groups["name"].Value, m => m.Groups["json"].Value);
        var codec = new EventCodec(EventTypes.Registry);

        examples.Keys.ShouldBe(EventTypes.Registry.CurrentNames, ignoreOrder: true);
        foreach (var (name, json) in examples)
        {
            var written = codec.Encode(Guid.NewGuid(), codec.Decode(name, System.Text.Encoding.UTF8.GetBytes(json)));

            written.Type.ShouldBe(name);
            JsonElement.DeepEquals(JsonDocument.Parse(written.Data).RootElement, JsonDocument.Parse(json).RootElement)
                .ShouldBeTrue($"{name} is written as {System.Text.Encoding.UTF8.GetString(written.Data.Span)}");
        }
    }

    /// <summary>To write the document anew, run this test with COMPLIANCETRACKER_WRITE_DOCS=1.</summary>
    [Fact]
    public void The_problem_types_are_documented_as_the_service_documents_them()
    {
        var path = Path.Combine(Root, "docs/problems.md");
        if (Environment.GetEnvironmentVariable("COMPLIANCETRACKER_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, ProblemPages.Markdown());
        }

        File.ReadAllText(path).ShouldBe(ProblemPages.Markdown());
    }

    [Fact]
    public void Links_between_the_documents_lead_somewhere()
    {
        var documents = Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(Root, "README.md"));
        foreach (var document in documents)
        {
            foreach (Match link in Link().Matches(File.ReadAllText(document)))
            {
                var target = Path.Combine(Path.GetDirectoryName(document)!, link.Groups["target"].Value);
                (File.Exists(target) || Directory.Exists(target)).ShouldBeTrue($"{document} links to {target}");
            }
        }
    }

    [GeneratedRegex(@"^## (?<name>\S+)$.*?^```json$(?<json>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex(@"\]\((?<target>(?!https?:)[^)#]+)")]
    private static partial Regex Link();
}
