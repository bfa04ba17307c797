using System.Text.Json.Nodes;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Impact;

/// <summary>Impact over HTTP on the seeded record, held against the answers of each company.</summary>
public sealed class Whom_a_change_of_law_touches(SeededService seeded) : IClassFixture<SeededService>
{
    private const string Live = "status=applicable,upcoming,suspended,undetermined,proposed";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private TestService Service => seeded.Service;

    [Theory]
    [InlineData("cn-pipl", "2021-11-01")]
    [InlineData("cn-pipl", "2021-09-01")]
    [InlineData("eu-gdpr", "2026-01-01")]
    public async Task An_instrument_touches_the_companies_whose_lists_hold_its_obligations(string instrument, string day)
    {
        var clocks = $"asOf={day}&knownOn={day}";
        var (sure, counts) = await AllAsync($"/instruments/{instrument}/impact?{clocks}");
        var (unknown, _) = await AllAsync($"/instruments/{instrument}/impact?{clocks}&applies=unknown");
        var told = sure.Concat(unknown).ToDictionary(i => (string)i["companyId"]!);

        counts["touched"]!.GetValue<int>().ShouldBe(sure.Count);
        counts["undetermined"]!.GetValue<int>().ShouldBe(unknown.Count);
        unknown.ShouldAllBe(i => i["missingFacts"]!.AsArray().Count > 0);
        var companies = await CompaniesAsync();
        counts["companies"]!.GetValue<int>().ShouldBe(companies.Count);
        foreach (var company in companies)
        {
            var listed = (await Service.AskAsync($"/companies/{company}/obligations?{clocks}&instrument={instrument}&{Live}&limit=1000"))["items"]!.AsArray();
            var changes = told.TryGetValue(company, out var item) ? item["changes"]!.AsArray().Where(c => c!["after"] is not null).ToList() : [];

            // What takes another's place within the instrument is told with it.
            changes.Select(c => (string)c!["obligationId"]!).Order().ShouldBe(listed.Select(i => (string)i!["obligationId"]!).Order(), company);
            foreach (var change in changes)
            {
                var answer = listed.Single(i => (string)i!["obligationId"]! == (string)change!["obligationId"]!)!;
                foreach (var member in new[] { "status", "stage", "applies", "from", "to", "appliesSince", "appliesUntil", "missingFacts", "otherwise" })
                {
                    JsonNode.DeepEquals(change!["after"]![member], answer[member]).ShouldBeTrue($"{company} {change["obligationId"]} {member}");
                }
            }
        }
    }

    [Fact]
    public async Task A_development_is_named_by_its_event_or_by_its_own_id_and_differs_from_the_record_without_it()
    {
        const string Passed = "cn-pipl-2021-08-20-passed";
        var e = (await EventsAsync()).Single(e => (string?)e["data"]!["development"]?["id"] == Passed);
        var bySlug = await Service.AskAsync($"/developments/{Passed}/impact?asOf=2021-11-01&knownOn=2021-11-01");
        var byEvent = await Service.AskAsync($"/developments/{e["id"]}/impact?asOf=2021-11-01&knownOn=2021-11-01");

        JsonNode.DeepEquals(bySlug, byEvent).ShouldBeTrue();
        bySlug["obligations"]!.AsArray().Select(o => (string)o!).ShouldContain("cn-pipl-art38");
        bySlug["counts"]!["touched"]!.GetValue<int>().ShouldBeGreaterThan(0);
        bySlug["counts"]!["byKind"]!.AsArray().ShouldContain(k => (string)k!["kind"]! == "applicable");
        bySlug["counts"]!["byJurisdiction"]!.AsArray().Select(k => (string)k!["jurisdiction"]!).ShouldContain("CN");

        // Before it was public it touched nobody.
        (await Service.AskAsync($"/developments/{Passed}/impact?asOf=2021-11-01&knownOn=2021-08-01"))["counts"]!["touched"]!.GetValue<int>().ShouldBe(0);
        foreach (var unknown in new[] { "nobody-passed-this", Guid.Empty.ToString(), "..%2f" })
        {
            ((string)(await Service.AskAsync($"/developments/{unknown}/impact", 404))["type"]!).ShouldEndWith("/development-not-found", Case.Sensitive, unknown);
        }

        ((string)(await Service.AskAsync($"/developments/{Passed}/impact?position=1", 404))["type"]!).ShouldEndWith("/development-not-found");
        (await Service.AskAsync($"/developments/{Passed}/impact?applies=no", 400))["expected"]!.AsArray().Select(x => (string)x!).ShouldBe(["yes", "unknown"]);
        await Service.AskAsync("/instruments/no-such-act/impact", 404);
    }

    [Fact]
    public async Task What_is_supposed_is_answered_and_leaves_no_trace()
    {
        var head = await Service.Store().HeadAsync(Cancel);
        var suspension = new
        {
            developments = new[] { Development("suppose-1", "2027-03-01", [Suspend("cn-pipl-art38", "2027-04-01")]) },
            asOf = "2027-04-01",
        };
        var before = await Service.AskAsync("/companies/sc01-foreign-carmaker/obligations/cn-pipl-art38?asOf=2027-04-01");
        ((string)before["status"]!).ShouldBe("applicable");

        var told = await Service.DoAsync(HttpMethod.Post, "/instruments/cn-pipl/impact", suspension, 200);

        ((string)told["knownOn"]!).ShouldBe("2027-03-01", "everything supposed is public unless a day is given");
        told["obligations"]!.AsArray().Select(o => (string)o!).ShouldBe(["cn-pipl-art38"]);
        told["items"]!.AsArray().ShouldAllBe(i => i!["changes"]!.AsArray().All(c => (string)c!["kind"]! == "suspended" && (string)c["after"]!["status"]! == "suspended"));
        told["items"]!.AsArray().ShouldContain(i => (string)i!["companyId"]! == "sc01-foreign-carmaker");

        // The same for one company, with other facts too.
        var whatIf = await Service.DoAsync(
            HttpMethod.Post,
            "/applicability",
            new
            {
                companyId = "sc01-foreign-carmaker",
                developments = suspension.developments.Select(d => With(d, "cn-pipl")),
                facts = new Dictionary<string, object?> { ["is_ciio"] = true },
                asOf = "2027-04-01",
                status = new[] { "suspended" },
            },
            200);
        whatIf["items"]!.AsArray().Select(i => (string)i!["obligationId"]!).ShouldBe(["cn-pipl-art38"]);
        var differences = whatIf["differences"]!.AsArray().ToDictionary(d => (string)d!["obligationId"]! + " " + d["kind"]);
        ((string)differences["cn-pipl-art38 suspended"]!["before"]!["status"]!).ShouldBe("applicable");
        differences.Count.ShouldBeGreaterThan(1, "being a critical operator changes more");

        (await Service.Store().HeadAsync(Cancel)).ShouldBe(head);
        var after = await Service.AskAsync("/companies/sc01-foreign-carmaker/obligations/cn-pipl-art38?asOf=2027-04-01");
        JsonNode.DeepEquals(before, after).ShouldBeTrue("what was supposed stayed");
    }

    [Fact]
    public async Task What_could_not_happen_is_a_problem_that_points_at_it()
    {
        object good = Development("suppose-1", "2027-03-01", [Suspend("cn-pipl-art38", "2027-04-01")]);
        await RefusedAsync([good, good], "/developments/1/id", "development-already-recorded", 409);
        await RefusedAsync([good, Development("suppose-2", "2027-03-01", [Suspend("cn-pipl-art38", "2027-04-01"), Define("eu-gdpr-art33")])], "/developments/1/effects/1/obligationId", "obligation-of-another-instrument");
        await RefusedAsync([Development("suppose-3", "2027-03-01", [Suspend("cn-pipl-art38", "2027-04-01", "2027-03-01")])], "/developments/0/effects/0/to", "window-ends-before-start");
        await RefusedAsync([Development("suppose-4", "2027-03-01", [Define("suppose-duty", "no_such_fact > 1")])], "/developments/0/effects/0/condition", "condition-invalid");
        await RefusedAsync([new { id = "suppose-5", kind = "corrected", date = "2027-01-01", source = "x", confidence = "known", corrects = "nothing", effects = Array.Empty<object>() }], "/developments/0/corrects", "correction-of-nothing");
        var unknown = await Service.DoAsync(HttpMethod.Post, "/applicability", new { developments = new[] { With(good, "no-such-act") } }, 422);
        ((string)unknown["pointer"]!).ShouldBe("/developments/0/instrumentId");
        await Service.DoAsync(HttpMethod.Post, "/instruments/no-such-act/impact", new { developments = new[] { good } }, 404);
        await Service.DoAsync(
            HttpMethod.Post, "/instruments/cn-pipl/impact",
            new { developments = Enumerable.Range(0, 101).Select(i => Development($"suppose-{i}", "2027-03-01", [])) }, 422);
        await Service.DoAsync(HttpMethod.Post, "/instruments/cn-pipl/impact", new { developments = new[] { good }, position = 1, recordedAt = "2026-01-01T00:00:00Z" }, 400);
        await Service.DoAsync(HttpMethod.Post, "/applicability", new { facts = Enumerable.Range(0, 1001).ToDictionary(i => $"f{i}", i => i) }, 422);
        await Service.DoAsync(
            HttpMethod.Post, "/applicability", new { facts = new { activities = Enumerable.Range(0, 10_001).Select(i => $"a{i}") } }, 422);

        async Task RefusedAsync(object[] developments, string pointer, string type, int status = 422)
        {
            var problem = await Service.DoAsync(HttpMethod.Post, "/instruments/cn-pipl/impact", new { developments }, status);
            ((string)problem["type"]!).ShouldEndWith("/" + type, Case.Sensitive, problem.ToJsonString());
            ((string?)problem["pointer"]).ShouldBe(pointer, problem.ToJsonString());
        }
    }

    private static object Suspend(string obligationId, string from, string? to = null) => new { kind = "suspend", obligationId, order = "supposed", from, to };

    private static object Define(string obligationId, string condition = "true") => Support.Api.Define(obligationId, condition);

    private static object Development(string id, string date, object[] effects) => Support.Api.Development(id, date, effects, "suspended");

    private static JsonNode With(object development, string instrumentId)
    {
        var node = System.Text.Json.JsonSerializer.SerializeToNode(development)!;
        node["instrumentId"] = instrumentId;
        return node;
    }

    private async Task<(List<JsonNode> Items, JsonNode Counts)> AllAsync(string path)
    {
        var (items, cursor) = (new List<JsonNode>(), "");
        while (true)
        {
            var page = await Service.AskAsync($"{path}&limit=7{cursor}");
            items.AddRange(page["items"]!.AsArray().Select(i => i!));
            if ((string?)page["next"] is not { } next)
            {
                items.Select(i => (string)i["companyId"]!).ShouldBe(items.Select(i => (string)i["companyId"]!).Order(StringComparer.Ordinal).Distinct());
                return (items, page["counts"]!);
            }

            cursor = $"&cursor={next}";
        }
    }

    private async Task<List<string>> CompaniesAsync() =>
        [..(await Service.AskAsync("/companies?limit=1000"))["items"]!.AsArray().Select(c => (string)c!["id"]!)];

    private async Task<List<JsonNode>> EventsAsync() =>
        [..(await Service.AskAsync("/events?limit=1000&types=instrument.passed"))["items"]!.AsArray().Select(e => e!)];
}
