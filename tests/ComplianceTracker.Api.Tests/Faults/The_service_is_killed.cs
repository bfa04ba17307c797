using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Faults;

/// <summary>kill -9 of the service at random moments while several clients write.</summary>
[Collection(nameof(SharedServer))]
public sealed class The_service_is_killed(DurableServer server, ITestOutputHelper output)
{
    [Fact]
    public async Task What_was_acknowledged_is_there_once_and_a_repetition_settles_the_rest()
    {
        var random = Extent.Seeded(output);
        await using var site = await FaultSite.OnAsync(await server.CreateAsync());
        var ledger = new Ledger();
        await using var live = Follower.Live(site.Client, 0);
        await using (var load = Load.Start(site.Client, ledger, 4, random))
        {
            for (var kill = 0; kill < Extent.Points(2); kill++)
            {
                await load.AcknowledgesAsync(random.Next(1, 60), site);
                await Task.Delay(random.Next(10), TestContext.Current.CancellationToken);
                await site.Process.KillAsync();
                await site.StartAsync();
            }

            await load.AcknowledgesAsync(10, site);
            await load.StopAsync(CancellationToken.None);
        }

        await Evidence.HoldsAsync(site, ledger);
        var positions = await Evidence.PositionsAsync(site);
        await site.UntilAsync("the follower saw all", () => Task.FromResult(live.Seen.Count >= positions.Count));
        live.Seen.ShouldBe(positions);
        ledger.Entries.Count(e => e.Lost > 0).ShouldBePositive("no kill fell into a request");
        output.WriteLine(ledger.ToString());
    }
}
