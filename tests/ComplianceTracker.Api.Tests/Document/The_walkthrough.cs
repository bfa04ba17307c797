using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Document;

/// <summary>docs/walkthrough.md, sent call by call.</summary>
public sealed partial class The_walkthrough(Databases databases)
{
    private const int FewestCalls = 8;

    [Fact]
    public async Task Runs_as_it_stands_and_every_answer_holds_what_the_page_shows_of_it()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        var page = (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "walkthrough.md"), TestContext.Current.CancellationToken)).ReplaceLineEndings("\n");
        var calls = Calls().Matches(page).ToList();
        calls.Count.ShouldBeGreaterThanOrEqualTo(FewestCalls);
        Calls().Replace(page, "").ShouldNotContain("```", customMessage: "a call without its answer");
        var position = 0L;
        foreach (var call in calls)
        {
            var target = call.Groups["target"].Value.Replace("{position}", position.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            using var request = new HttpRequestMessage(new HttpMethod(call.Groups["method"].Value), new Uri(target, UriKind.Relative));
            if (call.Groups["body"] is { Success: true, Value: var body })
            {
                request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
            }

            foreach (var header in call.Groups["header"].Captures.Select(h => h.Value.Split(": ")).Where(h => h[0] != "Content-Type"))
            {
                request.Headers.TryAddWithoutValidation(header[0], header[1]);
            }

            using var response = await service.Client.SendAsync(request, TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            response.IsSuccessStatusCode.ShouldBeTrue($"{target}: {text}");
            var answer = JsonNode.Parse(text)!;
            Missing(JsonNode.Parse(call.Groups["answer"].Value), answer, "").ShouldBeNull($"{target}: {text}");
            position = call.Groups["method"].Value != "GET" && answer["position"] is { } written ? written.GetValue<long>() : position;
        }
    }

    // Of lists the page may leave items out, and of objects members; what it shows is there, in that order.
    private static string? Missing(JsonNode? shown, JsonNode? answered, string place)
    {
        switch (shown, answered)
        {
            case (JsonObject part, JsonObject whole):
                return part.Select(m => whole.ContainsKey(m.Key) ? Missing(m.Value, whole[m.Key], $"{place}/{m.Key}") : $"{place}/{m.Key} is not there").FirstOrDefault(m => m is not null);
            case (JsonArray part, JsonArray whole):
                var at = 0;
                for (var i = 0; i < part.Count; i++, at++)
                {
                    while (at < whole.Count && Missing(part[i], whole[at], "") is not null)
                    {
                        at++;
                    }

                    if (at >= whole.Count)
                    {
                        return $"{place}/{i} is not there";
                    }
                }

                return null;
            default:
                return JsonNode.DeepEquals(shown, answered) ? null : $"{place} is {answered?.ToJsonString() ?? "null"}";
        }
    }

    [GeneratedRegex("""```http\n(?<method>[A-Z]+) (?<target>\S+)(\n(?<header>[A-Za-z-]+: [^\n]+))*(\n\n(?<body>[^`]+))?\n```\n\n```json\n(?<answer>[^`]+)```""", RegexOptions.ExplicitCapture)]
    private static partial Regex Calls();
}
