using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Faults;

/// <summary>64 clients change the same version of the same thing at the same moment, through two services on one database.</summary>
[Collection(nameof(SharedServer))]
public sealed class Many_writers_expect_the_same_version(DurableServer server, ITestOutputHelper output)
{
    private const int Writers = 64;

    [Fact]
    public async Task One_succeeds_the_others_are_told_and_the_feed_goes_on()
    {
        await using var site = await FaultSite.OnAsync(await server.CreateAsync());
        await using var other = await site.BesideAsync();
        var start = (await Evidence.PositionsAsync(site))[^1];
        await using var live = Follower.Live(site.Client, start);
        await using var polling = Follower.Polling(other.Client, start);
        var ledger = new Ledger();
        var (version, law) = (0L, 2L);
        for (var round = 0; round < Extent.Points(4); round++)
        {
            // The company does not exist in the first round: all register it.
            var winner = await RaceAsync([site, other], ledger, marker => version == 0
                ? Load.Registration("contended", new { handles_data = true }, marker) with { Marker = marker }
                : round % 2 == 0
                    ? Load.Registration("contended", new { handles_data = true }, marker) with { IfMatch = version, Marker = marker }
                    : Load.Declaration("contended", marker, version));
            winner.Version.ShouldBe(++version);
            (await RaceAsync([site, other], ledger, marker => Load.Recording("de-law", marker, withObligation: false) with { IfMatch = law })).Version.ShouldBe(++law);

            // Losers draw no position that stays open: whoever follows has the winners at once.
            await site.UntilAsync(
                "both followers saw the winners", TimeSpan.FromSeconds(5), () => Task.FromResult(live.Seen.Count == 2 * (round + 1) && polling.Seen.Count == live.Seen.Count));
        }

        await Evidence.HoldsAsync(site, ledger);
        live.Seen.ShouldBe((await Evidence.PositionsAsync(site)).Where(p => p > start));
        polling.Seen.ShouldBe(live.Seen);
        output.WriteLine(ledger.ToString());
    }

    private static async Task<Entry> RaceAsync(FaultSite[] sites, Ledger ledger, Func<string, Write> write)
    {
        using var flag = new SemaphoreSlim(0);
        var racing = Enumerable.Range(0, Writers).Select(async i =>
        {
            await flag.WaitAsync(TestContext.Current.CancellationToken);
            return await ledger.SendAsync(sites[i % sites.Length].Client, write(Load.Marker()), CancellationToken.None);
        }).ToList();
        flag.Release(Writers);
        var entries = await Task.WhenAll(racing);
        entries.Count(e => e.Fate == Fate.Refused).ShouldBe(Writers - 1);
        return entries.Single(e => e.Fate == Fate.Acknowledged);
    }
}
