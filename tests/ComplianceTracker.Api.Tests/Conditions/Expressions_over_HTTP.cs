using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Errors;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Conditions;

public sealed class Expressions_over_HTTP(SeededService seeded) : IClassFixture<SeededService>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1 + 2 * 3 == 7 && [1, 2].exists(x, x == 2) && int('42') == 42", "yes")]
    [InlineData("individuals_processed_cn * 2 > 100", "unknown")]
    [InlineData("is_ciio || 1 / 0 > 1", "unknown")]
    [InlineData("false && 1 / 0 > 1", "no")]
    [InlineData("activities.exists(a, a.startsWith('generative'))", "yes")]
    [InlineData("people + 1 == 9007199254740994 && share < 0.5 && 'é' < word && first < date('2024-01-01')", "yes")]
    [InlineData("(0.0 / 0.0) != (0.0 / 0.0)", "yes")]
    public async Task Are_evaluated_over_the_vocabulary_and_the_names_that_the_question_declares(string expression, string result)
    {
        var answer = await AskAsync("evaluate", new JsonObject
        {
            ["expression"] = expression,
            ["facts"] = JsonNode.Parse("""{"people":9007199254740993,"share":0.25,"word":"ü","first":"2023-12-31","activities":["generative-ai-public"]}"""),
            ["factTypes"] = JsonNode.Parse("""{"people":"int","share":"double","word":"string","first":"date"}"""),
        });

        ((string)answer["result"]!).ShouldBe(result);
        answer["missingFacts"]!.AsArray().Count.ShouldBe(result == "unknown" ? 1 : 0);
        ((string)answer["trace"]!["text"]!).ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("is_ciio &&\n  individuals_processed_cn / 0 > 1", 2, 3, "divides by zero")]
    [InlineData("9223372036854775807 + individuals_processed_cn > 0", 1, 1, "outside the range of an int")]
    [InlineData("[1][individuals_processed_cn] == 1", 1, 1, "has no entry 5")]
    public async Task That_fail_are_a_problem_of_their_own_with_the_place(string expression, int line, int column, string said)
    {
        var body = new JsonObject { ["expression"] = expression, ["facts"] = JsonNode.Parse("""{"is_ciio":true,"individuals_processed_cn":5}""") };

        var problem = await Problem.OfAsync(seeded.Service, "POST", "/applicability/evaluate", body.ToJsonString());

        (problem.Status, problem.Slug, problem.Pointer).ShouldBe((422, "evaluation-error", "/expression"));
        ((int)problem.Body["line"]!, (int)problem.Body["column"]!).ShouldBe((line, column));
        problem.Detail.ShouldContain(said);
    }

    [Fact]
    public async Task Whose_other_side_decides_show_in_the_trace_which_part_failed_and_why()
    {
        var answer = await AskAsync("evaluate", new JsonObject
        {
            ["expression"] = "individuals_processed_cn / 0 > 1 || is_ciio",
            ["facts"] = JsonNode.Parse("""{"is_ciio":true,"individuals_processed_cn":5}"""),
        });

        ((string)answer["result"]!).ShouldBe("yes");
        answer["trace"]!["error"].ShouldBeNull();
        var parts = answer["trace"]!["children"]!.AsArray();
        ((string)parts[0]!["error"]!).ShouldContain("divides by zero");
        ((string)parts[0]!["result"]!).ShouldBe("unknown");
        parts[0]!["decisive"]!.GetValue<bool>().ShouldBeFalse();
        parts[1]!["error"].ShouldBeNull();
    }

    [Theory]
    [InlineData("[0,1].all(x,[0,1].all(x,[0,1].all(x,[0,1].all(x,[0,1].all(x,[0,1].all(x,[0,1].all(x,[0,1].all(x,[0,1].all(x,[0,1].all(x,[0,1].all(x,[0,1].all(x,[0,1].all(x,[0,1].all(x,[0,1].all(x,[0,1].all(x,[0,1].all(x,[0,1].all(x,[0,1].all(x,[0,1].all(x,1/0==x))))))))))))))))))))", "steps")]
    [InlineData("has(is_ciio)", "learning the fact")]
    [InlineData("timestamp('2024-01-01T00:00:00Z') == 1", "days, not instants")]
    public async Task That_explode_or_are_no_part_of_the_language_are_refused_with_the_reason(string expression, string said)
    {
        foreach (var operation in new[] { "evaluate", "check" })
        {
            var problem = await Problem.OfAsync(seeded.Service, "POST", $"/applicability/{operation}", new JsonObject { ["expression"] = expression }.ToJsonString());

            (problem.Status, problem.Slug).ShouldBe((422, "condition-invalid"));
            problem.Detail.ShouldContain(said);
        }
    }

    [Fact]
    public async Task Are_looked_over_before_they_are_recorded()
    {
        var answer = await AskAsync("check", new JsonObject
        {
            ["expression"] = "is_ciio == true &&\n (individuals_processed_cn < 0 || \"no-such\" in activities || headcount > 10 && headcount < 5)",
            ["factTypes"] = JsonNode.Parse("""{"headcount":"int"}"""),
        });

        ((string)answer["type"]!).ShouldBe("bool");
        answer["facts"]!.AsArray().Select(f => (string)f!["name"]!).ShouldBe(["activities", "headcount", "individuals_processed_cn", "is_ciio"]);
        ((string)answer["plainLanguage"]!["zh"]!).ShouldContain("关键信息基础设施");
        ((string)answer["plainLanguage"]!["en"]!).ShouldNotContain("is_ciio");
        ((string)answer["simplified"]!).ShouldStartWith("is_ciio && (");
        Show(answer["simplifications"]!, "simpler").ShouldBe(["1:1 is_ciio == true = is_ciio"]);
        Show(answer["warnings"]!, "kind").ShouldBe(
        [
            "2:3 individuals_processed_cn < 0 = out-of-range",
            "2:35 \"no-such\" = undeclared-value",
            "2:62 headcount > 10 && headcount < 5 = always-false",
        ]);
    }

    [Theory]
    [InlineData("individuals_processed_cn + 1", "int", "no-condition")]
    [InlineData("[1, 'a']", "list(dyn)", "no-condition")]
    [InlineData("1 / 0 > 1", "bool", "always-fails")]
    [InlineData("is_ciio || !is_ciio", "bool", "always-true")]
    [InlineData("operates_in", "string-set", "no-condition")]
    public async Task Of_any_type_are_looked_over(string expression, string type, string warning)
    {
        var answer = await AskAsync("check", new JsonObject { ["expression"] = expression });

        ((string)answer["type"]!).ShouldBe(type);
        answer["simplified"].ShouldBeNull();
        Show(answer["warnings"]!, "kind").ShouldBe([$"1:1 {expression} = {warning}"]);
    }

    [Fact]
    public async Task That_fail_for_every_company_are_not_recorded()
    {
        var problem = await Problem.OfAsync(
            seeded.Service, "POST", "/webhooks/endpoints", """{"url":"https://example.com/hook","condition":"1 / 0 > 1"}""");

        (problem.Status, problem.Slug, problem.Pointer).ShouldBe((422, "condition-invalid", "/condition"));
        problem.Detail.ShouldContain("divides by zero");
    }

    private static string[] Show(JsonNode places, string member) =>
        [.. places.AsArray().Select(p => $"{p!["line"]}:{p["column"]} {p["text"]} = {p[member]}")];

    private async Task<JsonNode> AskAsync(string operation, JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await seeded.Service.Client.PostAsync($"/api/v1/applicability/{operation}", content, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }
}
