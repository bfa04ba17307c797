using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Acceptance;

/// <summary>The questions the product is there for, with their reasons and sources.</summary>
public sealed class A_stranger_asks(SeededService seeded) : IClassFixture<SeededService>
{
    private const string Carmaker = "sc01-foreign-carmaker";

    private TestService Service => seeded.Service;

    [Fact]
    public async Task Was_PIPL_binding_for_a_foreign_carmaker_on_31_October_2021_No_but_the_next_day_it_would_be()
    {
        var law = await OnAsync(Carmaker, "2021-10-31", "instrument=cn-pipl");

        law.Select(i => (string)i["status"]!).ShouldAllBe(s => s == "upcoming" || s == "undetermined");
        law.Select(i => (string)i["stage"]!).Distinct().ShouldBe(["upcoming"]);
        var transfer = One(law, "cn-pipl-art38");
        ((string)transfer["status"]!).ShouldBe("upcoming");
        ((string)transfer["from"]!).ShouldBe("2021-11-01");
        ((string)transfer["appliesSince"]!).ShouldBe("2021-11-01");
        ((string)transfer["because"]!["en"]!).ShouldBe(
            $"PIPL, {transfer["provision"]}: enacted on 2021-08-20, it applies from 2021-11-01; the company meets its condition ({await AppliesWhenAsync("cn-pipl-art38", "2021-10-31")}).");
        ((string)transfer["because"]!["zh"]!).ShouldContain("2021-08-20通过，自2021-11-01起适用；企业符合适用条件");
        ((string)transfer["source"]!).ShouldContain("npc.gov.cn");
    }

    [Fact]
    public async Task Was_PIPL_binding_for_a_foreign_carmaker_on_1_November_2021_Yes()
    {
        var law = await OnAsync(Carmaker, "2021-11-01", "instrument=cn-pipl&status=applicable");

        law.Select(i => (string)i["obligationId"]!).ShouldContain("cn-pipl-art13");
        var transfer = One(law, "cn-pipl-art38");
        ((string)transfer["because"]!["en"]!).ShouldContain("in force since 2021-11-01; the company meets its condition");
        ((string)transfer["appliesSince"]!).ShouldBe("2021-11-01");

        var explained = await Service.GetAsync($"/companies/{Carmaker}/obligations/cn-pipl-art38?asOf=2021-11-01&knownOn=2021-11-01");
        var passed = explained["explanation"]!["developments"]!.AsArray().Single(d => (string)d!["kind"]! == "passed")!;
        ((string)passed["publicOn"]!).ShouldBe("2021-08-20");
        ((string)passed["source"]!).ShouldContain("npc.gov.cn");
        ((string)passed["confidence"]!).ShouldBe("text");
        ((string)explained["explanation"]!["trace"]!["result"]!).ShouldBe("yes");
    }

    [Fact]
    public async Task What_did_the_Data_Security_Law_mean_to_it_on_the_day_it_was_passed_Nothing_yet_but_from_1_September_a_list_of_duties()
    {
        var before = await OnAsync(Carmaker, "2021-06-09", "instrument=cn-dsl&status=proposed");
        var that = await OnAsync(Carmaker, "2021-06-10", "instrument=cn-dsl");
        var then = await OnAsync(Carmaker, "2021-09-01", "instrument=cn-dsl");

        that.ShouldNotBeEmpty();
        that.Select(i => (string)i["stage"]!).Distinct().ShouldBe(["upcoming"]);
        that.Select(i => (string?)i["from"]).Distinct().ShouldBe(["2021-09-01"]);
        One(that, "cn-dsl-art27-2")["because"]!["en"]!.ToString().ShouldContain("enacted on 2021-06-10, it applies from 2021-09-01");
        that.ShouldAllBe(i => i["source"]!.ToString().Length > 0);
        before.Select(i => (string)i["obligationId"]!).ShouldContain("cn-dsl-art30");
        Ids(then, "applicable").ShouldBe(Ids(that, "upcoming"));
    }

    [Fact]
    public async Task Who_must_keep_livestream_recordings_for_three_years_Whoever_runs_the_livestream_service_not_who_sells_in_it()
    {
        const string Recordings = "cn-online-transactions-art20";
        var platform = await Service.GetAsync($"/companies/sc02-livestream-platform/obligations/{Recordings}?asOf=2021-05-01&knownOn=2021-05-01");

        ((string)platform["status"]!).ShouldBe("applicable");
        ((string)platform["duty"]!["retention"]!).ShouldBe("P3Y");
        ((string)platform["duty"]!["retentionKind"]!).ShouldBe("minimum");
        ((string)platform["because"]!["en"]!).ShouldBe(
            "Online Transaction Measures, Art. 20, recording duty: in force since 2021-05-01; the company meets its condition (livestream service provider (not the seller without an own streaming service)).");
        ((string)platform["source"]!).ShouldContain("SAMR Order No. 37");
        ((string)platform["summary"]!["zh"]!).ShouldContain("不少于三年");

        (await StatusAsync(Recordings, "ecommerce-platform-with-livestream")).ShouldBe("applicable");
        (await StatusAsync(Recordings, "livestream-marketing-platform")).ShouldBe("applicable");
        (await StatusAsync(Recordings, "livestream-ecommerce-host")).ShouldBe("not-applicable");
    }

    [Theory]
    [InlineData("2020-12-01", null)]
    [InlineData("2021-03-14", null)]
    [InlineData("2021-03-15", "upcoming")]
    [InlineData("2021-03-17", "upcoming")]
    [InlineData("2021-04-30", "upcoming")]
    [InlineData("2021-05-01", "applicable")]
    public async Task Since_when_must_livestream_recordings_be_kept_for_three_years(string day, string? status)
    {
        var (code, answer, _) = await Service.SendAsync(
            HttpMethod.Get, $"/companies/sc02-livestream-platform/obligations/cn-online-transactions-art20?asOf={day}&knownOn={day}");

        (code == 404 ? null : (string?)answer!["status"]).ShouldBe(status);
        if (status is not null)
        {
            ((string?)answer!["from"]).ShouldBe("2021-05-01");
        }
    }

    private async Task<List<JsonNode>> OnAsync(string company, string day, string filter) =>
        [..(await Service.GetAsync($"/companies/{company}/obligations?asOf={day}&knownOn={day}&limit=1000&{filter}"))["items"]!.AsArray().OfType<JsonNode>()];

    private async Task<string> AppliesWhenAsync(string obligation, string day) =>
        (string)(await Service.GetAsync($"/companies/{Carmaker}/obligations/{obligation}?asOf={day}&knownOn={day}"))["explanation"]!["appliesWhen"]!["en"]!;

    private async Task<string> StatusAsync(string obligation, string activity)
    {
        var body = $$"""{ "facts": { "operates_in": ["CN-ZJ"], "activities": ["{{activity}}"] }, "asOf": "2021-05-01", "knownOn": "2021-05-01", "limit": 1000, "status": {{Corpus.EveryStatusWord.ToJsonString()}} }""";
        var (code, answer, _) = await Service.SendAsync(HttpMethod.Post, "/applicability", body);
        code.ShouldBe(200);
        return (string)One([..answer!["items"]!.AsArray().OfType<JsonNode>()], obligation)["status"]!;
    }

    private static JsonNode One(List<JsonNode> items, string obligation) => items.Single(i => (string)i["obligationId"]! == obligation);

    private static List<string> Ids(List<JsonNode> items, string status) =>
        [..items.Where(i => (string)i["status"]! == status).Select(i => (string)i["obligationId"]!)];

    [Fact]
    public async Task Is_told_in_words_what_is_still_to_be_answered_and_when_only_the_start_is_open()
    {
        var answer = await seeded.Service.SendAsync(
            HttpMethod.Post,
            "/applicability",
            """{"facts":{"operates_in":["EU"],"offers_services_to":["EU"],"eu.dma_designated":true,"activities":["core-platform-service"]},"asOf":"2023-07-01","knownOn":"2023-07-01","status":["undetermined"],"limit":1000}""");
        var item = answer.Body!["items"]!.AsArray().Single(i => (string)i!["obligationId"]! == "eu-dma-art5")!;

        item["missingFacts"]!.AsArray().Select(f => (string)f!).ShouldBe(["eu.dma_designated_on"]);
        item["because"]!["en"]!.ToString().ShouldContain("in force in general since 2023-05-02; its start depends on a day that the company has not told: “");
        item["because"]!["zh"]!.ToString().ShouldContain("一般自2023-05-02起有效；开始日期取决于企业尚未提供的日期：“");
    }
}
