using System.Diagnostics;
using System.Net;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Faults;

/// <summary>SIGTERM while clients write, follow the feed and wait for what does not come.</summary>
public sealed class The_service_is_told_to_stop(ITestOutputHelper output)
{
    // Less than the half minute after which a shutdown is cut short.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task What_it_has_begun_it_answers_and_it_ends_in_time()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        var random = Extent.Seeded(output);
        await using var site = await FaultSite.OnItsOwnServerAsync();
        var ledger = new Ledger();
        var slowest = TimeSpan.Zero;
        await using (var load = Load.Start(site.Client, ledger, 8, random))
        {
            for (var point = 0; point < Extent.Points(2); point++)
            {
                var took = await StopAsync(site, ledger, load, random);
                slowest = took > slowest ? took : slowest;
                await site.StartAsync();
            }

            await load.StopAsync(CancellationToken.None);
        }

        await Evidence.HoldsAsync(site, ledger);
        output.WriteLine($"{ledger}; the slowest stop took {slowest.TotalSeconds:0.0} s");
    }

    private static async Task<TimeSpan> StopAsync(FaultSite site, Ledger ledger, Load load, Random random)
    {
        var started = DateTime.UtcNow;
        var start = await site.AskDatabaseAsync<long>("select max(seq_id) from mt_events");
        await using var first = Follower.Live(site.Client, start);
        await using var second = Follower.Live(site.Client, start);
        await load.AcknowledgesAsync(random.Next(10, 60), site);
        await site.UntilAsync("both followers were told", () => Task.FromResult(first.Seen.Count > 0 && second.Seen.Count > 0));
        var waiting = WaitAsync(site);
        await load.AcknowledgesAsync(5, site);

        var told = DateTime.UtcNow;
        var clock = Stopwatch.StartNew();
        await site.Process.SignalAsync("TERM");
        (await site.Process.ExitAsync()).ShouldBe(0, site.Process.Output);
        clock.Elapsed.ShouldBeLessThan(Bound, site.Process.Output);

        ledger.Unanswered.Where(sent => sent < told && sent > started).ShouldBeEmpty("requests sent before the signal were not answered");
        (await waiting).ShouldBe(HttpStatusCode.ServiceUnavailable);
        // They come back at once, and are sent away again for as long as somebody listens.
        first.Ended.ShouldBePositive();
        second.Ended.ShouldBePositive();
        (first.Cut, second.Cut).ShouldBe((0, 0));
        return clock.Elapsed;
    }

    // For a position that does not come, as long as one may.
    private static async Task<HttpStatusCode> WaitAsync(FaultSite site)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/companies?limit=1&minPosition={long.MaxValue}");
        request.Headers.Add("Prefer", "wait=60");
        using var response = await site.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
