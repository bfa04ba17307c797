using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Explanations;

public sealed class Why_an_obligation_applies(SeededService seeded, Databases databases) : IClassFixture<SeededService>
{
    private const string Carmaker = "/companies/sc01-foreign-carmaker";
    private const string Clocks = "asOf=2021-11-01&knownOn=2021-11-01";

    private TestService Service => seeded.Service;

    [Fact]
    public async Task Is_told_in_words_of_the_vocabulary_with_the_facts_it_read_and_when_they_were_declared()
    {
        var answer = await Service.AskAsync($"{Carmaker}/obligations/cn-pipl-art38?{Clocks}");

        answer["explanationVersion"]!.GetValue<int>().ShouldBe(2);
        ((string)answer["explanation"]!["because"]!["en"]!).ShouldContain("includes mainland China or a part of it");
        ((string)answer["explanation"]!["because"]!["zh"]!).ShouldContain("起决定作用的是");
        foreach (var text in Texts(answer["because"]!).Concat(Texts(answer["explanation"]!["because"]!)).Concat(Texts(answer["explanation"]!["words"]!)).Concat(Steps(answer).SelectMany(s => Texts(s["words"]!))))
        {
            text.ShouldNotContain("operates_in");
            text.ShouldNotContain("cross_border_transfer");
            text.ShouldNotContain("processes.");
        }

        var registered = await Service.AskAsync($"{Carmaker}/facts");
        foreach (var fact in Steps(answer).SelectMany(s => s["facts"]!.AsArray()))
        {
            ((long)fact!["position"]!).ShouldBeLessThanOrEqualTo((long)registered["position"]!);
            fact["recordedAt"].ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task Marks_what_decided_nothing_and_all_in_it()
    {
        var answer = await Service.AskAsync($"/companies/aldermoor/obligations/cn-pipl-art38?asOf=2026-03-18&knownOn=2026-03-18");

        ((string)answer["status"]!).ShouldBe("not-applicable");
        var steps = Steps(answer).ToList();
        steps.ShouldContain(s => !(bool)s["decided"]!);
        steps.Where(s => !(bool)s["decided"]!).SelectMany(s => s["children"]!.AsArray()).ShouldAllBe(child => !(bool)child!["decided"]!);
        steps.Where(s => (bool)s["decided"]! && s["children"]!.AsArray().Count == 0).ShouldAllBe(s => (string)s["result"]! == "no");
    }

    [Fact]
    public async Task Follows_a_fact_through_its_declarations()
    {
        var first = await Service.RegisterAsync("guests", new { operates_in = new[] { "CN-SH" } });
        var second = (long)(await Service.DoAsync(
            HttpMethod.Post, "/companies/guests/facts", new[] { new { fact = "cross_border_transfer", value = true, from = "2022-01-01", to = "2024-01-01" } }, 200))["position"]!;

        var step = Steps(await Service.AskAsync($"/companies/guests/obligations/cn-pipl-art38?asOf=2022-06-01&knownOn=2022-06-01&minPosition={second}", 200, ("Prefer", "wait=30"))).First();

        var facts = step["facts"]!.AsArray().ToDictionary(f => (string)f!["fact"]!, f => f!);
        ((long)facts["operates_in"]["position"]!).ShouldBe(first);
        facts["operates_in"]["from"].ShouldBeNull();
        ((long)facts["cross_border_transfer"]["position"]!).ShouldBe(second);
        ((string)facts["cross_border_transfer"]["from"]!).ShouldBe("2022-01-01");
        ((string)facts["cross_border_transfer"]["to"]!).ShouldBe("2024-01-01");
        facts["processes.personal_data"]["value"].ShouldBeNull();
        facts["processes.personal_data"]["position"].ShouldBeNull();
    }

    [Fact]
    public async Task Names_the_developments_that_gave_it_its_stage_and_its_dates()
    {
        var answer = await Service.AskAsync($"{Carmaker}/obligations/cn-pipl-art38?{Clocks}");
        var developments = answer["explanation"]!["developments"]!.AsArray();

        var enacting = developments.Single(d => d!["did"]!.AsArray().Any(w => (string)w! == "enacted"))!;
        enacting["gave"]!.AsArray().Select(g => (string)g!).ShouldBe(["status", "stage", "from", "appliesSince"]);
        ((string)enacting["source"]!).ShouldNotBeNullOrEmpty();
        ((long)enacting["position"]!).ShouldBeGreaterThan(0);
        developments.Single(d => d!["did"]!.AsArray().Any(w => (string)w! == "defined"))!["gave"]!.AsArray().Single()!.ToString().ShouldBe("obligation");
    }

    [Theory]
    [InlineData("sc01-foreign-carmaker")]
    [InlineData("nordwind-retail")]
    public async Task Tells_changes_that_what_if_confirms(string company)
    {
        var listed = await Service.AskAsync($"/companies/{company}/obligations?{Corpus.EveryStatus}&asOf=2026-03-18&knownOn=2026-03-18");
        var confirmed = 0;
        foreach (var item in listed["items"]!.AsArray().Where((_, i) => i % 12 == 0))
        {
            var id = (string)item!["obligationId"]!;
            var answer = await Service.AskAsync($"/companies/{company}/obligations/{id}?asOf=2026-03-18&knownOn=2026-03-18");
            foreach (var told in answer["explanation"]!["counterfactuals"]!.AsArray().Take(2))
            {
                var facts = new JsonObject(told!["changes"]!.AsArray().Select(c => KeyValuePair.Create((string)c!["fact"]!, c["to"]?.DeepClone())));
                var page = await Service.DoAsync(
                    HttpMethod.Post,
                    "/applicability",
                    new { companyId = company, facts, asOf = "2026-03-18", knownOn = "2026-03-18", status = new[] { (string)told["becomes"]! }, limit = 1000 },
                    200);
                page["items"]!.AsArray().ShouldContain(i => (string)i!["obligationId"]! == id, $"{id}: {told}");
                confirmed++;
            }
        }

        confirmed.ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task Is_the_same_to_the_byte_whenever_it_is_asked_at_that_position()
    {
        var database = await databases.CopySeededAsync();
        var time = new ManualTime(new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero));
        string question, before;
        await using (var service = await TestService.StartAsync(database, time))
        {
            var position = (long)(await service.AskAsync($"{Carmaker}/obligations?limit=1"))["position"]!;
            question = $"/api/v1{Carmaker}/obligations/cn-pipl-art38?position={position}";
            before = await service.Client.GetStringAsync(question, TestContext.Current.CancellationToken);
            await service.DoAsync(
                HttpMethod.Post, $"{Carmaker}/facts", new[] { new { fact = "cross_border_transfer", value = false } }, 200);
            (await service.Client.GetStringAsync(question, TestContext.Current.CancellationToken)).ShouldBe(before);
        }

        var later = new ManualTime(new(2027, 3, 1, 0, 0, 0, TimeSpan.Zero));
        await using var restarted = await TestService.StartAsync(database, later);
        (await restarted.Client.GetStringAsync(question, TestContext.Current.CancellationToken)).ShouldBe(before);
    }

    private static IEnumerable<JsonNode> Steps(JsonNode answer) => Below(answer["explanation"]!["trace"]!);

    private static IEnumerable<JsonNode> Below(JsonNode step) => step["children"]!.AsArray().SelectMany(child => Below(child!)).Prepend(step);

    private static IEnumerable<string> Texts(JsonNode map) => map.AsObject().Select(m => (string)m.Value!);
}
