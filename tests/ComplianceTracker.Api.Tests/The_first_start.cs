using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests;

public sealed class The_first_start(Databases databases)
{
    [Fact]
    public async Task Serves_the_whole_record()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());

        var instruments = await service.GetAsync("/instruments?limit=1000&knownOn=2026-11-21");

        instruments["items"]!.AsArray().Count.ShouldBe(178);
    }
}
