using System.Text.Json.Nodes;

namespace ComplianceTracker.Api.Tests.Support;

/// <summary>A dozen questions over the seeds, whose answers do not depend on when and in which order things were recorded.</summary>
internal static class Questions
{
    public static IReadOnlyList<string> All { get; } =
    [
        "/companies/sc01-foreign-carmaker/obligations?asOf=2021-10-31&knownOn=2021-10-31&limit=1000",
        $"/companies/sc01-foreign-carmaker/obligations?asOf=2021-11-01&knownOn=2021-11-01&{Corpus.EveryStatus}",
        $"/companies/sc02-livestream-platform/obligations?asOf=2026-11-21&knownOn=2026-11-21&{Corpus.EveryStatus}",
        $"/companies/harbour-data/obligations?asOf=2025-04-08&knownOn=2025-04-08&{Corpus.EveryStatus}",
        $"/companies/hudson-mutual/obligations?asOf=2030-01-01&knownOn=2026-11-21&{Corpus.EveryStatus}",
        "/companies/aldermoor/obligations?asOf=2026-03-18&knownOn=2026-02-26&limit=1000",
        "/companies/sc02-livestream-platform/obligations/cn-online-transactions-art20?asOf=2021-05-01&knownOn=2021-05-01",
        "/companies/sc01-foreign-carmaker/facts?limit=1000",
        "/instruments?limit=1000&asOf=2026-11-21&knownOn=2026-11-21",
        "/instruments/cn-pipl?asOf=2026-11-21&knownOn=2026-11-21",
        "/instruments/eu-ai-act/developments?limit=1000",
        "/facts?limit=1000",
        "/companies?limit=1000",
    ];

    /// <summary>The answer without what says when and where in the log something was recorded.</summary>
    public static async Task<string> AskAsync(HttpClient client, string question)
    {
        var answer = JsonNode.Parse(await client.GetStringAsync("/api/v1" + question))!;
        Strip(answer);
        return answer.ToJsonString();
    }

    private static void Strip(JsonNode? node)
    {
        if (node is JsonObject o)
        {
            o.Remove("recordedAt");
            o.Remove("position");
        }

        foreach (var child in node switch { JsonObject members => members.Select(m => m.Value), JsonArray items => items, _ => [] })
        {
            Strip(child);
        }
    }
}
