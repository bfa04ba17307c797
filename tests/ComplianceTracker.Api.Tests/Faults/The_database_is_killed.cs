using System.Text.RegularExpressions;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Faults;

/// <summary>
/// kill -9 of every process of the database server, and its immediate shutdown, at random moments while several clients write. Whoever
/// runs the server starts it again: the service where it has a private cluster, the test where the server is somebody else's.
/// </summary>
public sealed partial class The_database_is_killed(ITestOutputHelper output)
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_a_private_cluster_is_started_again_and_nothing_acknowledged_is_lost()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Finds the server's processes through /proc.");
        await using var site = await FaultSite.OnItsOwnServerAsync();

        await SurvivesAsync(site, site.Server!);

        RunsAgain().Count(site.Process.Output).ShouldBe(Extent.Points(2), site.Process.Output);
        await site.Process.SignalAsync("TERM");
        (await site.Process.ExitAsync()).ShouldBe(0, site.Process.Output);
    }

    [Fact]
    public async Task Of_somebody_else_is_waited_for_and_nothing_acknowledged_is_lost()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Finds the server's processes through /proc.");
        await using var server = new DurableServer();
        await server.InitializeAsync();
        await using var site = await FaultSite.OnAsync(await server.CreateAsync());

        await SurvivesAsync(site, server.Server);
    }

    private async Task SurvivesAsync(FaultSite site, PrivateServer server)
    {
        var random = Extent.Seeded(output);
        var ledger = new Ledger();
        var slowest = TimeSpan.Zero;
        await using var live = Follower.Live(site.Client, 0);
        await using (var load = Load.Start(site.Client, ledger, 4, random))
        {
            for (var fault = 0; fault < Extent.Points(2); fault++)
            {
                await load.AcknowledgesAsync(random.Next(1, 40), site);

                // A server that lives for less than a second is taken for one that cannot start; that is another test's.
                await Task.Delay(random.Next(1000, 1200), Cancel);
                if (fault % 2 == 0)
                {
                    server.Kill();
                }
                else
                {
                    await server.ShutDownImmediatelyAsync();
                }

                var acknowledged = ledger.Acknowledged;
                var took = await site.UntilAsync(
                    "it was ready and took a write after the fault",
                    Recovery,
                    async () => ledger.Acknowledged > acknowledged + 4 && (await site.HealthAsync()).Status == 200);
                slowest = took > slowest ? took : slowest;
                site.Process.HasExited.ShouldBeFalse(site.Process.Output);
            }

            await load.StopAsync(CancellationToken.None);
        }

        await Evidence.HoldsAsync(site, ledger);
        ledger.Unanswered.ShouldBeEmpty("the service itself was never down");
        ledger.Entries.Count(e => e.Lost > 0).ShouldBePositive("no fault fell into a request");
        var positions = await Evidence.PositionsAsync(site);
        await site.UntilAsync("the follower saw all", () => Task.FromResult(live.Seen.Count >= positions.Count));
        live.Seen.ShouldBe(positions);
        output.WriteLine($"{ledger}; the slowest recovery took {slowest.TotalSeconds:0.0} s");
    }

    [GeneratedRegex("PostgreSQL runs again")]
    private static partial Regex RunsAgain();
}
