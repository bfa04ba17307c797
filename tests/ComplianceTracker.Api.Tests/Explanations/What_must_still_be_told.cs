using System.Text.Json.Nodes;
using ComplianceTracker.Api.Hosting;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Explanations;

public sealed class What_must_still_be_told(SeededService seeded) : IClassFixture<SeededService>
{
    private const string Clocks = "asOf=2026-11-21&knownOn=2026-11-21";

    private TestService Service => seeded.Service;

    [Fact]
    public async Task Puts_first_what_settles_most_for_every_company_of_the_record()
    {
        var ratios = new List<double>();
        var (settledByOurs, settledByFrequent) = (0, 0);
        foreach (var company in Directory.EnumerateFiles(Path.Combine(ServiceSettings.DefaultSeeds, "companies"), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)))
        {
            var undetermined = await UndeterminedAsync(company);
            var questions = (await Service.AskAsync($"/companies/{company}/questions?limit=1000&{Clocks}"))["items"]!.AsArray();
            var frequent = undetermined.Values.SelectMany(missing => missing)
                .GroupBy(f => f, StringComparer.Ordinal)
                .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => g.Key).Take(5);
            var (ours, theirs) = (Settled(questions.Take(5).Select(q => (string)q!["fact"]!)), Settled(frequent));

            ours.ShouldBeGreaterThanOrEqualTo(theirs, company);
            ours.ShouldBe((int)questions[4]!["settlesTogether"]!, company);
            ratios.Add((double)ours / theirs);
            (settledByOurs, settledByFrequent) = (settledByOurs + ours, settledByFrequent + theirs);

            int Settled(IEnumerable<string> facts) => undetermined.Values.Count(missing => missing.IsSubsetOf(facts));
        }

        ratios.Count.ShouldBe(30);
        ratios.Average().ShouldBeGreaterThan(4 / 3.0);
        ((double)settledByOurs / settledByFrequent).ShouldBeGreaterThan(4 / 3.0);
    }

    [Theory]
    [InlineData("sc05-us-saas-200k", 1)]
    [InlineData("sc05-us-saas-200k", 2)]
    [InlineData("nordwind-retail", 3)]
    [InlineData("sc01-foreign-carmaker", 4)]
    public async Task Leaves_nothing_undetermined_whatever_is_answered(string company, int seed)
    {
        var undetermined = await UndeterminedAsync(company);
        var page = await Service.AskAsync($"/companies/{company}/questions?limit=1000&{Clocks}");
        var random = new Random(seed);
        var facts = new JsonObject(page["items"]!.AsArray().Select(q => KeyValuePair.Create((string)q!["fact"]!, Answer(q, random))));

        ((int)page["undetermined"]!["all"]!).ShouldBe(undetermined.Count);
        foreach (var waiting in page["items"]!.AsArray().SelectMany(q => q!["obligations"]!.AsArray()))
        {
            waiting!["waitsFor"]!.AsArray().Select(f => (string)f!).ShouldBeSubsetOf(undetermined[(string)waiting["obligationId"]!]);
        }

        var left = await Service.DoAsync(
            HttpMethod.Post, "/applicability", new { companyId = company, facts, asOf = "2026-11-21", knownOn = "2026-11-21", status = new[] { "undetermined" } }, 200);
        left["items"]!.AsArray().Select(i => (string)i!["obligationId"]!).ShouldBeEmpty();
    }

    [Fact]
    public async Task Is_nothing_where_everything_is_known()
    {
        await Service.RegisterAsync("silent", new { });
        var page = await Service.AskAsync("/companies/silent/questions?instrument=cn-pipl&asOf=1990-01-01&knownOn=1990-01-01", 200, ("Prefer", "wait=30"));

        page["items"]!.AsArray().ShouldBeEmpty();
        page["next"].ShouldBeNull();
        ((int)page["undetermined"]!["all"]!).ShouldBe(0);
    }

    [Fact]
    public async Task Asks_with_type_unit_values_and_description_and_says_who_waits()
    {
        await Service.RegisterAsync("newcomer", new { operates_in = new[] { "CN" } });
        var page = await Service.AskAsync($"/companies/newcomer/questions?limit=1000&instrument=cn-pipl&jurisdiction=CN&{Clocks}", 200, ("Prefer", "wait=30"));

        var question = page["items"]!.AsArray().Single(q => (string)q!["fact"]! == "individuals_processed_cn")!;
        ((string)question["type"]!).ShouldBe("int");
        ((string)question["unit"]!).ShouldBe("persons");
        ((string)question["description"]!["zh"]!).ShouldNotBeNullOrEmpty();
        question["obligations"]!.AsArray().ShouldAllBe(o => (string)o!["instrumentId"]! == "cn-pipl");
        page["items"]!.AsArray().Zip(page["items"]!.AsArray().Skip(1)).ShouldAllBe(p => (int)p.First!["settlesTogether"]! <= (int)p.Second!["settlesTogether"]!);
        ((int)page["items"]!.AsArray()[^1]!["settlesTogether"]!).ShouldBe((int)page["undetermined"]!["all"]!);
    }

    [Fact]
    public async Task Asks_again_for_a_set_that_names_a_country_where_a_province_matters()
    {
        await Service.RegisterAsync("somewhere", new { operates_in = new[] { "CN" }, activities = new[] { "crypto-mining" } });
        var question = (await Service.AskAsync($"/companies/somewhere/questions?limit=1000&jurisdiction=CN-NM&{Clocks}", 200, ("Prefer", "wait=30")))["items"]!.AsArray()
            .Single(q => (string)q!["fact"]! == "operates_in")!;

        question["value"]!.AsArray().Single()!.ToString().ShouldBe("CN");
        ((string)question["valueType"]!).ShouldBe("jurisdiction");
    }

    [Fact]
    public async Task Comes_in_pages_that_fit_together_whatever_is_told_meanwhile()
    {
        await Service.RegisterAsync("paged", new { operates_in = new[] { "CN-SH" } });
        var first = await Service.AskAsync($"/companies/paged/questions?limit=3&{Clocks}", 200, ("Prefer", "wait=30"));
        var whole = await Service.AskAsync($"/companies/paged/questions?limit=1000&{Clocks}&position={first["position"]}");
        await Service.DoAsync(HttpMethod.Post, "/companies/paged/facts", new[] { new { fact = "is_ciio", value = true } }, 200);

        var read = first["items"]!.AsArray().Select(q => (string)q!["fact"]!).ToList();
        for (var next = (string?)first["next"]; next is not null;)
        {
            var page = await Service.AskAsync($"/companies/paged/questions?limit=50&cursor={next}", 200, ("Prefer", "wait=30"));
            read.AddRange(page["items"]!.AsArray().Select(q => (string)q!["fact"]!));
            next = (string?)page["next"];
        }

        read.ShouldBe(whole["items"]!.AsArray().Select(q => (string)q!["fact"]!));
    }

    [Theory]
    [InlineData("/companies/nobody/questions", 404, "company-not-found")]
    [InlineData("/companies/nordwind-retail/questions?status=undetermined", 400, "invalid-parameter")]
    [InlineData("/companies/nordwind-retail/questions?jurisdiction=Mars", 400, "invalid-parameter")]
    [InlineData("/companies/nordwind-retail/questions?position=1&recordedAt=2026-11-21T08:00:00Z", 400, "both-recording-clocks")]
    [InlineData("/companies/nordwind-retail/questions?cursor=abc", 400, "invalid-parameter")]
    public async Task Refuses_what_it_cannot_answer(string path, int status, string problem)
    {
        ((string)(await Service.AskAsync(path, status))["type"]!).ShouldEndWith(problem);
    }

    private async Task<Dictionary<string, HashSet<string>>> UndeterminedAsync(string company) =>
        (await Service.AskAsync($"/companies/{company}/obligations?limit=1000&status=undetermined&{Clocks}"))["items"]!.AsArray()
            .ToDictionary(i => (string)i!["obligationId"]!, i => i!["missingFacts"]!.AsArray().Select(f => (string)f!).ToHashSet(StringComparer.Ordinal));

    private static JsonNode? Answer(JsonNode question, Random random) => (string)question["type"]! switch
    {
        "bool" => random.Next(2) == 0,
        "int" or "double" => new[] { 0, 1_000, 1_000_000_000 }[random.Next(3)],
        "date" => new[] { "2001-01-01", "2026-11-01" }[random.Next(2)],
        _ => new JsonArray([..((string?)question["valueType"] == "jurisdiction"
                ? ["CN-SH", "CN-NM", "DE", "FR", "GB", "US-CA", "US-TX", "US-NY", "HK", "VN", "KR"]
                : question["values"]!.AsArray().Select(v => (string)v!["value"]!))
            .Where(_ => random.Next(3) == 0).Select(v => (JsonNode)v)]),
    };
}
