using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ComplianceTracker.Api.Tests.Document;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NJsonSchema;

namespace ComplianceTracker.Api.Tests.Fuzz;

/// <summary>Holds answers against what the document says of their operation.</summary>
internal sealed partial class DocumentedAnswers
{
    private readonly Dictionary<(string Operation, string Status), JsonSchema> schemas = [];
    private readonly HashSet<string> problemPages;

    private DocumentedAnswers(HashSet<string> problemPages) => this.problemPages = problemPages;

    /// <summary>Reads the schemas.</summary>
    /// <param name="document">The document.</param>
    /// <param name="problems">The page that lists the problem types.</param>
    public static async Task<DocumentedAnswers> OfAsync(ServedDocument document, string problems)
    {
        var answers = new DocumentedAnswers([..ProblemLink().Matches(problems).Select(m => m.Groups["slug"].Value)]);
        foreach (var operation in document.Operations)
        {
            foreach (var (status, response) in operation.Responses)
            {
                if ((response!["content"]?["application/json"] ?? response["content"]?["application/problem+json"])?["schema"] is { } schema)
                {
                    answers.schemas[(operation.Id, status)] = await ReadAsync(schema, document.Root["components"]!["schemas"]!.AsObject());
                }
            }
        }

        return answers;
    }

    /// <summary>What of the answer the document does not say; empty: nothing.</summary>
    public IEnumerable<string> Against(Operation operation, int status, string? mediaType, string text)
    {
        if (operation.Responses[$"{status}"] is not { } documented)
        {
            return [$"status {status} is not documented: {text}"];
        }

        if (documented["content"] is not { } content)
        {
            return text.Length == 0 ? [] : [$"status {status} has no content, but: {text}"];
        }

        if (mediaType is null || content[mediaType] is null)
        {
            return [$"status {status} comes as '{mediaType}', documented is {string.Join(", ", content.AsObject().Select(c => c.Key))}: {text}"];
        }

        if (mediaType == "text/event-stream")
        {
            return text.Length == 0 || text.StartsWith("id: ", StringComparison.Ordinal) || text.StartsWith(':') ? [] : [$"no event stream: {text}"];
        }

        return Read(text) is not { } json
            ? [$"status {status} is no JSON: {text}"]
            : [
                ..schemas[(operation.Id, $"{status}")].Validate(json).Select(e => $"status {status} breaks its schema: {e.Path} {e.Kind}: {text}"),
                ..status < 400 ? [] : AgainstProblem(status, content[mediaType]!, JsonNode.Parse(text)!),
            ];
    }

    // Traces nest more deeply than readers allow unless they are told.
    private static JToken? Read(string text)
    {
        try
        {
            using var reader = new JsonTextReader(new StringReader(text)) { MaxDepth = null, DateParseHandling = DateParseHandling.None };
            return JToken.ReadFrom(reader);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private IEnumerable<string> AgainstProblem(int status, JsonNode documented, JsonNode problem)
    {
        var slug = ((string)problem["type"]!).Split('/')[^1];
        if (!problemPages.Contains(slug))
        {
            yield return $"/problems does not list {slug}";
        }

        if (!documented["examples"]!.AsObject().ContainsKey(slug))
        {
            yield return $"status {status} with {slug} is not documented: {problem.ToJsonString()}";
        }

        if ((int)problem["status"]! != status)
        {
            yield return $"status {status} with a body that says {problem["status"]}";
        }

        // The database is there and nobody overloads it, so nothing but a wait may end in a 5xx.
        if (status >= 500 && slug is not ("not-yet-there" or "not-ready"))
        {
            yield return $"{status} {slug}: {problem.ToJsonString()}";
        }
    }

    // The library follows references into definitions; what a discriminator says, the kinds' own schemas say too.
    private static async Task<JsonSchema> ReadAsync(JsonNode schema, JsonObject components)
    {
        var root = new JsonObject { ["allOf"] = new JsonArray(schema.DeepClone()), ["definitions"] = components.DeepClone() };
        foreach (var node in root["definitions"]!.AsObject())
        {
            node.Value!.AsObject().Remove("discriminator");
        }

        return await JsonSchema.FromJsonAsync(root.ToJsonString().Replace("#/components/schemas/", "#/definitions/", StringComparison.Ordinal));
    }

    [GeneratedRegex("href=\"/problems/(?<slug>[a-z-]+)\"")]
    private static partial Regex ProblemLink();
}
