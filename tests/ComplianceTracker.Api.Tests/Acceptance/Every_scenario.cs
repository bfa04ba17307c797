using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Acceptance;

/// <summary>
/// What every scenario of the record expects, asked over HTTP. An expectation of <c>not-known</c> is a 404, and no place in a list.
/// </summary>
public sealed class Every_scenario(SeededService seeded) : IClassFixture<SeededService>
{
    private TestService Service => seeded.Service;

    public static TheoryData<string> Scenarios => [..Corpus.ScenarioFiles];

    [Fact]
    public void Is_there() =>
        Corpus.ScenarioFiles.Sum(s => Corpus.Scenario(s)["checks"]!.AsArray().Sum(c => c!["expect"]!.AsArray().Count)).ShouldBe(512);

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Is_answered_as_the_record_says(string scenario)
    {
        var wrong = new List<string>();
        foreach (var check in Corpus.Scenario(scenario)["checks"]!.AsArray())
        {
            await (check!["facts"] is JsonObject facts ? WhatIfAsync(scenario, check, facts, wrong) : AskAsync(scenario, check, wrong));
        }

        wrong.ShouldBeEmpty();
    }

    private async Task AskAsync(string scenario, JsonNode check, List<string> wrong)
    {
        var day = (string)check["asOf"]!;
        var expectations = check["expect"]!.AsArray().OfType<JsonNode>().ToList();
        var instruments = string.Join(',', expectations.Select(e => Corpus.InstrumentOf[(string)e["obligation"]!]).Distinct());
        var list = await Service.GetAsync(
            $"/companies/{scenario}/obligations?asOf={day}&knownOn={day}&instrument={instruments}&{Corpus.EveryStatus}");
        var byDefault = await Service.GetAsync($"/companies/{scenario}/obligations?asOf={day}&knownOn={day}&instrument={instruments}&limit=1000");
        foreach (var expected in expectations)
        {
            var obligation = (string)expected["obligation"]!;
            var listed = Find(list, obligation);
            Compare($"{day} {obligation}", expected, listed, wrong);
            var (status, one, _) = await Service.SendAsync(
                HttpMethod.Get, $"/companies/{scenario}/obligations/{obligation}?asOf={day}&knownOn={day}");
            if (listed is null)
            {
                Same($"{day} {obligation}: one, not known", 404, status, wrong);
                continue;
            }

            Same($"{day} {obligation}: one", 200, status, wrong);
            foreach (var (name, value) in listed.AsObject())
            {
                if (!JsonNode.DeepEquals(value, one?[name]))
                {
                    wrong.Add($"{day} {obligation}: {name} is {value?.ToJsonString()} in the list and {one?[name]?.ToJsonString()} alone");
                }
            }

            Same($"{day} {obligation}: listed unless asked otherwise", IsOfConcern(listed), Find(byDefault, obligation) is not null, wrong);
        }
    }

    private async Task WhatIfAsync(string scenario, JsonNode check, JsonObject facts, List<string> wrong)
    {
        var day = (string)check["asOf"]!;
        var body = new JsonObject
        {
            ["companyId"] = scenario,
            ["facts"] = facts.DeepClone(),
            ["asOf"] = day,
            ["knownOn"] = day,
            ["status"] = Corpus.EveryStatusWord,
            ["limit"] = 1000,
        };
        var (status, answer, _) = await Service.SendAsync(HttpMethod.Post, "/applicability", body.ToJsonString());
        status.ShouldBe(200, answer?.ToJsonString());
        foreach (var expected in check["expect"]!.AsArray())
        {
            var obligation = (string)expected!["obligation"]!;
            Compare($"{day} {obligation} with {facts.ToJsonString()}", expected, Find(answer!, obligation), wrong);
        }
    }

    private static void Compare(string what, JsonNode expected, JsonNode? item, List<string> wrong)
    {
        var status = (string)expected["status"]!;
        if (status == "not-known" || item is null)
        {
            Same(what, status, item is null ? "not-known" : (string)item["status"]!, wrong);
            return;
        }

        foreach (var member in (string[])["status", "from", "missingFacts", "otherwise", "suspendedUntil", "enforcementPaused"])
        {
            if (expected.AsObject().TryGetPropertyValue(member, out var wanted) && !JsonNode.DeepEquals(wanted, item[member]))
            {
                wrong.Add($"{what}: {member} should be {wanted?.ToJsonString() ?? "null"} and is {item[member]?.ToJsonString() ?? "null"} ({expected["reason"]})");
            }
        }
    }

    private static bool IsOfConcern(JsonNode item) =>
        (string?)(item["otherwise"] ?? item["status"]) is "applicable" or "upcoming" or "suspended";

    private static JsonNode? Find(JsonNode page, string obligation)
    {
        page["next"].ShouldBeNull();
        return page["items"]!.AsArray().SingleOrDefault(i => (string)i!["obligationId"]! == obligation);
    }

    private static void Same<T>(string what, T expected, T actual, List<string> wrong)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            wrong.Add($"{what} should be {expected} and is {actual}");
        }
    }
}
