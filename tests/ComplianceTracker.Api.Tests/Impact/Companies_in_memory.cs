using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Impact;

/// <summary>What is asked of all companies keeps up with each of them.</summary>
public sealed class Companies_in_memory(Databases databases)
{
    [Fact]
    public async Task Are_as_they_were_recorded_by_the_position_asked_for()
    {
        using var seeds = new SeedFolder();
        await using var service = await TestService.StartAsync(await databases.CreateEmptyAsync(), seeds.Path);
        await service.LegislateAsync("act", Support.Api.Development("act-passed", "2024-01-01", [Support.Api.Define("act-1", "staff > 10"), Support.Api.Enact("act-1", "2024-06-01")]));
        await service.RegisterAsync("one", new { staff = 20 });
        (await TouchedAsync("")).ShouldBe(["one"]);

        var second = await service.RegisterAsync("two", new { staff = 11 });
        await service.RegisterAsync("three", new { staff = 5 });
        (await TouchedAsync("")).ShouldBe(["one", "two"]);

        // A value that somebody declares moves a company, from a day on; one that is archived goes.
        await service.DoAsync(HttpMethod.Post, "/companies/three/facts", new[] { new { fact = "staff", value = 12, from = "2025-01-01" } }, 200);
        (await TouchedAsync("&asOf=2024-12-31")).ShouldBe(["one", "two"]);
        (await TouchedAsync("&asOf=2025-01-01")).ShouldBe(["one", "three", "two"]);
        using var archived = await service.Client.DeleteAsync("/api/v1/companies/one", TestContext.Current.CancellationToken);
        (await TouchedAsync("&asOf=2025-01-01")).ShouldBe(["three", "two"]);

        // As it was, though the companies in memory have gone on; and again as it is.
        (await TouchedAsync($"&asOf=2025-01-01&position={second}")).ShouldBe(["one", "two"]);
        (await TouchedAsync("&asOf=2025-01-01")).ShouldBe(["three", "two"]);

        // Who declares what nobody knows is undetermined, and apart.
        await service.RegisterAsync("four", new { });
        (await TouchedAsync("&asOf=2025-01-01")).ShouldBe(["three", "two"]);
        (await TouchedAsync("&asOf=2025-01-01&applies=unknown")).ShouldBe(["acme", "four"]);

        async Task<List<string>> TouchedAsync(string more) =>
            [..(await service.AskAsync($"/instruments/act/impact?knownOn=2026-01-01{(more.Contains("asOf") ? "" : "&asOf=2025-01-01")}{more}", 200, ("Prefer", "wait=30")))["items"]!.AsArray().Select(i => (string)i!["companyId"]!)];
    }
}
