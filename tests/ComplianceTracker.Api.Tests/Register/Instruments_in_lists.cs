using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using static ComplianceTracker.Api.Tests.Support.Api;

namespace ComplianceTracker.Api.Tests.Register;

public sealed class Instruments_in_lists(Databases databases)
{
    [Fact]
    public async Task Stand_where_their_developments_put_them_on_every_set_of_clocks()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        var log = await Recomputed.FromAsync(service.Store());
        foreach (var (asOf, knownOn, position) in new[]
        {
            ("2021-06-11", "2021-06-11", log.Head), ("2021-11-01", "2021-09-01", log.Head), ("2026-11-21", "2026-11-21", log.Head), ("2026-11-21", "2026-11-21", log.Head - 300),
        })
        {
            var expected = log.At(position).Instruments.Values
                .Select(i => (i.Identity, Counted: Counting.Count(i.Developments, DateOnly.Parse(knownOn), position)))
                .Where(i => !i.Counted.IsEmpty)
                .Select(i => (i.Identity.Id, Stage: InstrumentStage.On(i.Counted, LegalHistoryFold.Fold(i.Identity, i.Counted).Histories, DateOnly.Parse(asOf))))
                .ToDictionary(i => i.Id, i => i.Stage is { } stage ? Words.Of(stage) : null);
            var clocks = $"asOf={asOf}&knownOn={knownOn}&position={position}";

            var all = (await service.AskAsync($"/instruments?limit=1000&{clocks}"))["items"]!.AsArray();
            all.ToDictionary(i => i!["id"]!.ToString(), i => i!["stage"]?.ToString()).ShouldBe(expected, ignoreOrder: true);
            foreach (var stage in Words.All<Stage>())
            {
                var some = (await service.AskAsync($"/instruments?limit=1000&stage={stage}&{clocks}"))["items"]!.AsArray();
                some.Select(i => i!["id"]!.ToString()).ShouldBe(expected.Where(e => e.Value == stage).Select(e => e.Key), ignoreOrder: true);
            }
        }
    }

    [Fact]
    public async Task Are_filtered_and_paged_on_the_clocks_of_the_first_page()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        (await service.AskAsync("/instruments?limit=1000&jurisdiction=EU"))["items"]!.AsArray().ShouldAllBe(i => i!["jurisdiction"]!.ToString() == "EU");
        (await service.AskAsync("/instruments?q=pipl"))["items"]!.AsArray().ShouldContain(i => i!["id"]!.ToString() == "cn-pipl");
        await service.AskAsync("/instruments?stage=asleep", 400);
        await service.AskAsync("/instruments?jurisdiction=Narnia", 400);

        const string Path = "/instruments?recordedAt=2199-06-30T10:30:00Z";
        var whole = await service.AskAsync($"{Path}&limit=1000");
        var listed = new List<string>();
        for (var cursor = ""; cursor is not null;)
        {
            var part = await service.AskAsync($"{Path}&limit=50{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}");
            foreach (var member in new[] { "asOf", "knownOn", "position", "timeZone", "recordedAt" })
            {
                part[member]!.ToString().ShouldBe(whole[member]!.ToString(), member);
            }

            await service.LegislateAsync($"cn-page-{listed.Count}", Development("made", "2020-01-01", [Define($"page.{listed.Count}")]));
            listed.AddRange(part["items"]!.AsArray().Select(i => i!["id"]!.ToString()));
            cursor = part["next"]?.ToString();
        }

        listed.ShouldBe(whole["items"]!.AsArray().Select(i => i!["id"]!.ToString()));
    }
}
