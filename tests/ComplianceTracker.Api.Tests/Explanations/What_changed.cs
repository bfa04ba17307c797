using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Explanations;

public sealed class What_changed(SeededService seeded) : IClassFixture<SeededService>
{
    // What concerns a company or may concern it.
    private const string Live = "limit=1000&status=applicable,upcoming,suspended,undetermined,proposed";

    private static readonly string[] StateMembers =
    [
        "status", "stage", "applies", "from", "to", "fromLatest", "appliesSince", "appliesUntil", "suspendedUntil", "enforcementPaused", "missingFacts", "otherwise", "provision",
    ];

    private TestService Service => seeded.Service;

    [Theory]
    [InlineData("sc01-foreign-carmaker", "from=2020-01-01&to=2022-06-01&knownOn=2026-11-21", "asOf=2020-01-01&knownOn=2026-11-21", "asOf=2022-06-01&knownOn=2026-11-21")]
    [InlineData("sc02-livestream-platform", "from=2021-05-01&to=2026-11-21&knownOn=2026-11-21", "asOf=2021-05-01&knownOn=2026-11-21", "asOf=2026-11-21&knownOn=2026-11-21")]
    [InlineData("nordwind-retail", "knownFrom=2023-01-01&knownTo=2026-11-21&asOf=2026-11-21", "asOf=2026-11-21&knownOn=2023-01-01", "asOf=2026-11-21&knownOn=2026-11-21")]
    [InlineData("aldermoor", "knownFrom=2024-12-31&knownTo=2025-04-01&asOf=2027-01-01", "asOf=2027-01-01&knownOn=2024-12-31", "asOf=2027-01-01&knownOn=2025-04-01")]
    [InlineData("harbour-data", "from=2025-01-01&to=2025-04-08&knownOn=2025-04-08", "asOf=2025-01-01&knownOn=2025-04-08", "asOf=2025-04-08&knownOn=2025-04-08")]
    public async Task Applied_to_the_answer_at_the_first_point_gives_that_at_the_second(string company, string range, string first, string second)
    {
        var register = await StatesAsync(company, first);
        var changes = (await Service.AskAsync($"/companies/{company}/obligations/changes?{range}&limit=1000"))["items"]!.AsArray();

        changes.ShouldNotBeEmpty();
        foreach (var change in changes)
        {
            var id = (string)change!["obligationId"]!;
            change["causes"]!.AsArray().Count.ShouldBeGreaterThan(0, id);
            Set(register, id, change["after"]);
            foreach (var successor in change["replacedBy"]!.AsArray())
            {
                Set(register, (string)successor!["obligationId"]!, successor["after"]);
            }
        }

        register.ShouldBe(await StatesAsync(company, second), ignoreOrder: true);
    }

    [Fact]
    public async Task Between_two_positions_is_what_our_own_edits_did()
    {
        var registered = await Service.RegisterAsync("editor", new { operates_in = new[] { "CN-SH" }, is_ciio = false });
        var told = await Service.DoAsync(
            HttpMethod.Post, "/companies/editor/facts", new[] { new { fact = "processes.personal_data", value = false, from = "2020-01-01" } }, 200);
        var position = (long)told["position"]!;
        const string Clocks = "asOf=2022-06-01&knownOn=2022-06-01";

        var page = await Service.AskAsync($"/companies/editor/obligations/changes?fromPosition={registered}&toPosition={position}&{Clocks}&limit=1000&instrument=cn-pipl", 200, ("Prefer", "wait=30"));

        page["items"]!.AsArray().Count.ShouldBeGreaterThan(3);
        foreach (var cause in page["items"]!.AsArray().Select(change => change!["causes"]!.AsArray().Single()!))
        {
            ((string)cause["kind"]!).ShouldBe("fact");
            ((string)cause["fact"]!).ShouldBe("processes.personal_data");
            cause["before"].ShouldBeNull();
            ((bool)cause["after"]!).ShouldBeFalse();
            ((string)cause["from"]!).ShouldBe("2020-01-01");
            ((long)cause["position"]!).ShouldBe(position);
        }

        page["items"]!.AsArray().ShouldAllBe(change => (string)change!["kind"]! == "determined");

        var whole = await Service.AskAsync($"/companies/editor/obligations/changes?fromPosition={registered - 1}&toPosition={position}&{Clocks}&limit=1000", 200, ("Prefer", "wait=30"));
        whole["items"]!.AsArray().ShouldAllBe(change => (string)change!["causes"]![0]!["kind"]! == "registration" && (long)change["causes"]![0]!["position"]! == registered);
    }

    [Fact]
    public async Task Of_news_names_the_development_with_its_source()
    {
        var page = await Service.AskAsync("/companies/nordwind-retail/obligations/changes?knownFrom=2024-01-01&knownTo=2026-11-21&asOf=2027-12-31&limit=1000");
        var causes = page["items"]!.AsArray().SelectMany(change => change!["causes"]!.AsArray()).ToList();

        causes.ShouldAllBe(cause => (string)cause!["kind"]! == "development");
        causes.ShouldAllBe(cause => cause!["source"] != null && (long)cause["position"]! > 0);
        causes.Select(cause => (string)cause!["publicOn"]!).ShouldAllBe(day => string.CompareOrdinal(day, "2024-01-01") > 0 && string.CompareOrdinal(day, "2026-11-21") <= 0);
        page["items"]!.AsArray().Where(change => (string)change!["kind"]! == "moved").ShouldAllBe(change => change!["moved"]!.AsArray().Count > 0);
    }

    [Fact]
    public async Task Is_nothing_between_a_point_and_itself()
    {
        foreach (var range in new[] { "from=2024-01-01&to=2024-01-01", "knownFrom=2024-01-01&knownTo=2024-01-01", "fromPosition=1261&toPosition=1261" })
        {
            (await Service.AskAsync($"/companies/sc01-foreign-carmaker/obligations/changes?{range}"))["items"]!.AsArray().ShouldBeEmpty(range);
        }
    }

    [Fact]
    public async Task Comes_in_pages_that_fit_together_whatever_is_told_meanwhile()
    {
        await Service.RegisterAsync("changing", new { operates_in = new[] { "CN-SH" } });
        const string Range = "from=2015-01-01&to=2026-01-01&knownOn=2026-01-01";
        var first = await Service.AskAsync($"/companies/changing/obligations/changes?{Range}&limit=4", 200, ("Prefer", "wait=30"));
        var whole = await Service.AskAsync($"/companies/changing/obligations/changes?{Range}&limit=1000&position={first["to"]!["position"]}");
        await Service.DoAsync(HttpMethod.Post, "/companies/changing/facts", new[] { new { fact = "operates_in", value = Array.Empty<string>() } }, 200);

        var read = first["items"]!.AsArray().Select(c => c!.ToJsonString()).ToList();
        for (var next = (string?)first["next"]; next is not null;)
        {
            var page = await Service.AskAsync($"/companies/changing/obligations/changes?cursor={next}&{Range}&limit=60", 200, ("Prefer", "wait=30"));
            page["from"]!.ToJsonString().ShouldBe(first["from"]!.ToJsonString());
            read.AddRange(page["items"]!.AsArray().Select(c => c!.ToJsonString()));
            next = (string?)page["next"];
        }

        read.ShouldBe(whole["items"]!.AsArray().Select(c => c!.ToJsonString()));
    }

    [Theory]
    [InlineData("", "from")]
    [InlineData("to=2024-01-01", "from")]
    [InlineData("from=2024-01-01&to=2023-01-01", "to")]
    [InlineData("knownFrom=2024-01-01&knownTo=2023-01-01", "knownTo")]
    [InlineData("fromPosition=100&toPosition=50", "toPosition")]
    [InlineData("from=2024-01-01&knownTo=2024-02-01", "knownFrom")]
    [InlineData("from=2024-01-01&to=2024-02-01&asOf=2024-01-01", "asOf")]
    [InlineData("knownFrom=2024-01-01&knownOn=2024-01-01", "knownOn")]
    [InlineData("fromPosition=1&position=2", "position")]
    [InlineData("fromPosition=1&recordedAt=2026-11-21T08:00:00Z", "recordedAt")]
    [InlineData("fromPosition=99999999", "fromPosition")]
    [InlineData("fromPosition=1261&toPosition=99999999", "toPosition")]
    [InlineData("fromPosition=-1", "fromPosition")]
    [InlineData("from=2024-02-30", "from")]
    [InlineData("from=2024-01-01&to=1066-10-14", "to")]
    [InlineData("from=2024-01-01&from=2024-01-02", "from")]
    [InlineData("from=2199-01-01", "to")]
    public async Task Refuses_a_range_that_is_none_and_says_what_to_do(string range, string parameter)
    {
        var problem = await Service.AskAsync($"/companies/sc01-foreign-carmaker/obligations/changes?{range}", 400);

        ((string)problem["type"]!).ShouldEndWith("invalid-parameter");
        ((string)problem["parameter"]!).ShouldBe(parameter);
    }

    [Fact]
    public async Task Is_not_known_of_a_company_that_is_not_registered()
    {
        ((string)(await Service.AskAsync("/companies/nobody/obligations/changes?from=2024-01-01", 404))["type"]!).ShouldEndWith("company-not-found");
        ((string)(await Service.AskAsync("/companies/sc01-foreign-carmaker/obligations/changes?fromPosition=1&toPosition=2", 404))["detail"]!).ShouldContain("not yet registered");
    }

    private async Task<SortedDictionary<string, string>> StatesAsync(string company, string clocks)
    {
        var states = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in (await Service.AskAsync($"/companies/{company}/obligations?{Live}&{clocks}"))["items"]!.AsArray())
        {
            states[(string)item!["obligationId"]!] = State(item);
        }

        return states;
    }

    private static void Set(SortedDictionary<string, string> states, string id, JsonNode? state)
    {
        if ((string?)state?["status"] is "applicable" or "upcoming" or "suspended" or "undetermined" or "proposed")
        {
            states[id] = State(state!);
        }
        else
        {
            states.Remove(id);
        }
    }

    private static string State(JsonNode node) => string.Join(" | ", StateMembers.Select(m => node[m]?.ToJsonString() ?? ""));
}
