using ComplianceTracker.Api.Tests.Support;
using static ComplianceTracker.Api.Tests.Support.Api;

namespace ComplianceTracker.Api.Tests.Search;

/// <summary>A search follows the record, on all three clocks.</summary>
public sealed class Searching_a_record_that_moves(Databases databases)
{
    [Fact]
    public async Task Finds_news_at_once_and_in_the_past_only_what_was_there()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        var before = await PositionAsync(service);

        // New law, then an obligation defined, put right and renumbered, each found as soon as it is recorded.
        await ShouldFindAsync(service, "quixotic", "");
        var made = await service.LegislateAsync("cn-windmills", Development("made", "2020-01-01", [Defined("windmill.first", "Art. 101", "Quixotic sails", "风车的帆")], publicOn: "2020-03-01"));
        await ShouldFindAsync(service, "quixotic", "cn-windmills");
        await ShouldFindAsync(service, "风车", "cn-windmills");
        await ShouldFindAsync(service, "Article 101", "cn-windmills");

        await service.DevelopAsync("cn-windmills", Development("put-right", "2020-04-01", [Defined("windmill.first", "Art. 101", "Chivalrous sails", "骑士的帆")], "corrected", corrects: "made"));
        await ShouldFindAsync(service, "quixotic", "");
        await ShouldFindAsync(service, "chivalrous", "cn-windmills");
        await ShouldFindAsync(service, "骑士", "cn-windmills");

        var renumbered = (await service.DevelopAsync("cn-windmills", Development(
            "renumbered", "2021-01-01", [new { kind = "renumber", obligationId = "windmill.first", provision = "Art. 707", from = "2021-06-01" }], "amended")))["position"]!.GetValue<long>();
        await ShouldFindAsync(service, "Article 707", "cn-windmills");
        await ShouldFindAsync(service, "Article 101", "");

        // The legal day chooses the number; the public day and the position what counts at all.
        await ShouldFindAsync(service, "Article 707", "", "&asOf=2021-05-31");
        await ShouldFindAsync(service, "Article 101", "cn-windmills", "&asOf=2021-05-31");
        await ShouldFindAsync(service, "Article 707", "cn-windmills", "&asOf=2021-06-01");
        await ShouldFindAsync(service, "Article 707", "", "&asOf=2021-06-01&knownOn=2020-12-31");
        await ShouldFindAsync(service, "chivalrous", "", "&knownOn=2020-02-28");
        await ShouldFindAsync(service, "windmills", "", $"&position={before}");
        await ShouldFindAsync(service, "quixotic", "cn-windmills", $"&position={made}");
        await ShouldFindAsync(service, "chivalrous", "", $"&position={made}");
        await ShouldFindAsync(service, "chivalrous", "cn-windmills", $"&position={renumbered}");
        await ShouldFindAsync(service, "quixotic", "", $"&position={renumbered}");
    }

    [Fact]
    public async Task Goes_on_with_a_list_whose_order_news_would_change()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        var whole = (await service.AskAsync("/instruments?q=facial&limit=1000"))["items"]!.AsArray().Select(i => i!["id"]!.ToString()).ToList();
        whole.Count.ShouldBeGreaterThan(1);
        var first = await service.AskAsync("/instruments?q=facial&limit=1");

        await service.LegislateAsync("cn-facial-facial", Development("made", "2020-01-01", [Defined("facial.first", "Art. 1", "Facial facial", "脸")]));
        (await service.AskAsync("/instruments?q=facial&limit=1"))["items"]![0]!["id"]!.ToString().ShouldBe("cn-facial-facial");

        var rest = await service.AskAsync($"/instruments?q=facial&limit=999&cursor={first["next"]}");
        rest["items"]!.AsArray().Select(i => i!["id"]!.ToString()).Prepend(first["items"]![0]!["id"]!.ToString()).ShouldBe(whole);
    }

    [Fact]
    public async Task The_past_of_a_real_law_is_found_as_it_was_known()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());

        // Draft of 2020-10-21; the second draft of 2021-04-29 brought the gatekeepers.
        await ShouldFindAsync(service, "PIPL gatekeeper", "", "&knownOn=2021-04-28");
        await ShouldFindAsync(service, "PIPL gatekeeper", "cn-pipl", "&knownOn=2021-04-29");
        await ShouldFindAsync(service, "个人信息保护法", "", "&knownOn=2020-10-20&jurisdiction=CN");
        await ShouldFindAsync(service, "\"2025 text\"", "", "&knownOn=2025-01-01");
    }

    private static async Task<long> PositionAsync(TestService service) => (await service.AskAsync("/instruments?limit=1"))["position"]!.GetValue<long>();

    private static object Defined(string obligationId, string provision, string title, string chinese) => new
    {
        kind = "define",
        obligationId,
        provision,
        title = new { en = title, zh = chinese },
        summary = new { en = "S" },
        category = "data-protection",
        nature = "duty",
        condition = "true",
        source = "a test",
        confidence = "known",
    };

    private static async Task ShouldFindAsync(TestService service, string q, string ids, string clocks = "") =>
        string.Join(' ', (await service.AskAsync($"/instruments?q={Uri.EscapeDataString(q)}{clocks}"))["items"]!.AsArray().Select(i => i!["id"]!.ToString())).ShouldBe(ids, $"{q} {clocks}");
}
