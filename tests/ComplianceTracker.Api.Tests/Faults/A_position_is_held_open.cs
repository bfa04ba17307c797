using System.Diagnostics;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Faults;

/// <summary>
/// A transaction holds position N open while N + 1 and later are committed and acknowledged; then it commits, rolls back, or stays idle
/// until somebody ends it. Nothing is read past N before, nothing is skipped after, also when the service was restarted meanwhile.
/// </summary>
[Collection(nameof(SharedServer))]
public sealed class A_position_is_held_open(DurableServer server, ITestOutputHelper output)
{
    private static readonly TimeSpan Resumption = TimeSpan.FromSeconds(5);

    // As long as the service leaves its own sessions idle in a transaction.
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public enum End
    {
        Commit,
        RollBack,
        Idle,
    }

    [Fact]
    public async Task Nothing_is_skipped_or_read_out_of_order_however_it_ends()
    {
        var random = Extent.Seeded(output);
        await using var site = await FaultSite.OnAsync(await server.CreateAsync());
        var ledger = new Ledger();
        await using var live = Follower.Live(site.Client, 0);
        await using var polling = Follower.Polling(site.Client, 0);
        var slowest = TimeSpan.Zero;
        var first = random.Next(6);
        for (var point = first; point < first + Extent.Points(3); point++)
        {
            var took = await HoldAsync(site, ledger, [live, polling], random, (End)(point % 3), isRestarted: point % 2 == 1, TimeSpan.Zero);
            slowest = took > slowest ? took : slowest;
        }

        await CheckAsync(site, ledger, live, polling);
        output.WriteLine($"{ledger}; the slowest resumption took {slowest.TotalMilliseconds:0} ms");
    }

    [Theory]
    [InlineData(End.Commit)]
    [InlineData(End.RollBack)]
    [InlineData(End.Idle)]
    public async Task A_minute_long_the_service_says_that_it_is_not_ready_and_whose_fault_it_is(End end)
    {
        Assert.SkipUnless(Extent.IsLong, "Takes a minute: COMPLIANCETRACKER_FAULTS=50 runs it.");
        await using var site = await FaultSite.OnAsync(await server.CreateAsync());
        var ledger = new Ledger();
        await using var live = Follower.Live(site.Client, 0);
        await using var polling = Follower.Polling(site.Client, 0);

        var took = await HoldAsync(site, ledger, [live, polling], Extent.Seeded(output), end, isRestarted: false, Hold);

        await CheckAsync(site, ledger, live, polling);
        output.WriteLine($"{ledger}; the resumption took {took.TotalMilliseconds:0} ms");
    }

    private static async Task<TimeSpan> HoldAsync(
        FaultSite site, Ledger ledger, Follower[] followers, Random random, End end, bool isRestarted, TimeSpan hold)
    {
        // The server itself ends an idle one when its time is over; where nobody waits that long, an operator does.
        await using var held = await HeldPosition.TakeAsync(site, end == End.Idle ? hold : TimeSpan.Zero);
        var clock = Stopwatch.StartNew();
        await WriteAsync(site, ledger, random.Next(1, 8));
        await StallShowsAsync(site, held);
        if (isRestarted)
        {
            await (random.Next(2) == 0 ? site.Process.KillAsync() : StopAsync(site));
            await site.StartAsync();
            await WriteAsync(site, ledger, 1);
            await StallShowsAsync(site, held);
        }

        await UntilHeldLongEnoughAsync(site, ledger, held, hold - clock.Elapsed, isIdle: end == End.Idle);
        var seen = followers.SelectMany(f => f.Seen).ToList();
        if (await IsOpenAsync(site, held))
        {
            seen.ShouldNotContain(position => position >= held.Position, $"position {held.Position} was open");
        }

        var goal = await site.AskDatabaseAsync<long>("select max(seq_id) from mt_events");
        await EndAsync(site, held, end, hold);
        if (end == End.Commit)
        {
            (await ledger.SendAsync(site.Client, held.Write, CancellationToken.None)).Fate.ShouldBe(Fate.Refused);
        }

        var took = await site.UntilAsync(
            $"everybody had read up to {goal} after {end}", Resumption, async () => followers.All(f => f.Seen.Contains(goal)) && await ReadUpToAsync(site, goal));
        foreach (var follower in followers)
        {
            follower.Seen.Contains(held.Position).ShouldBe(end == End.Commit, $"{end} of position {held.Position}");
        }

        return took;
    }

    private static async Task WriteAsync(FaultSite site, Ledger ledger, int writes)
    {
        for (var i = 0; i < writes; i++)
        {
            (await ledger.SendAsync(site.Client, Load.Registration(Load.Marker()), CancellationToken.None)).Fate.ShouldBe(Fate.Acknowledged);
        }
    }

    private static async Task StallShowsAsync(FaultSite site, HeldPosition held)
    {
        var (status, body) = await site.HealthAsync();
        status.ShouldBe(200, $"{body}");
        body["head"]!.GetValue<long>().ShouldBe(held.Position - 1);
        body["projections"]!.AsArray().ShouldAllBe(p => p!["checkpoint"]!.GetValue<long>() < held.Position);
        var stall = body["stall"].ShouldNotBeNull();
        stall["position"]!.GetValue<long>().ShouldBe(held.Position);
        stall["processIds"]!.AsArray().Select(id => id!.GetValue<int>()).ShouldBe([held.ProcessId]);
    }

    // The service takes writes all the time; once half a minute is over it says that it is not ready, and why.
    private static async Task UntilHeldLongEnoughAsync(FaultSite site, Ledger ledger, HeldPosition held, TimeSpan rest, bool isIdle)
    {
        var clock = Stopwatch.StartNew();
        var notReady = rest < TimeSpan.FromSeconds(35);
        while (clock.Elapsed < (isIdle ? rest - TimeSpan.FromSeconds(3) : rest))
        {
            await WriteAsync(site, ledger, 1);
            var (status, body) = await site.HealthAsync();
            if (status == 503)
            {
                body["detail"]!.ToString().ShouldContain($"process {held.ProcessId} ");
                notReady = true;
            }

            await Task.Delay(200, Cancel);
        }

        notReady.ShouldBeTrue("the service stayed ready");
    }

    private static async Task EndAsync(FaultSite site, HeldPosition held, End end, TimeSpan hold)
    {
        switch (end)
        {
            case End.Commit:
                await held.CommitAsync();
                break;
            case End.RollBack:
                await held.RollBackAsync();
                break;
            default:
                if (hold == TimeSpan.Zero)
                {
                    await site.AskDatabaseAsync<bool>($"select pg_terminate_backend({held.ProcessId})");
                }

                await site.UntilAsync("the idle session was ended", async () => !await IsOpenAsync(site, held));
                break;
        }
    }

    private static Task<bool> IsOpenAsync(FaultSite site, HeldPosition held) =>
        site.AskDatabaseAsync<bool>($"select exists (select from pg_stat_activity where pid = {held.ProcessId})");

    private static async Task<bool> ReadUpToAsync(FaultSite site, long goal)
    {
        using var response = await site.Client.GetAsync($"/api/v1/companies?limit=1&minPosition={goal}", Cancel);
        return response.IsSuccessStatusCode;
    }

    private static async Task StopAsync(FaultSite site)
    {
        await site.Process.SignalAsync("TERM");
        (await site.Process.ExitAsync()).ShouldBe(0, site.Process.Output);
    }

    private static async Task CheckAsync(FaultSite site, Ledger ledger, Follower live, Follower polling)
    {
        // What was sent after its own commit was refused because it is there: for the log it is one that was there already.
        foreach (var entry in ledger.Entries.Where(e => e.Fate == Fate.Refused))
        {
            entry.Fate = Fate.AlreadyThere;
        }

        await Evidence.HoldsAsync(site, ledger);
        var positions = await Evidence.PositionsAsync(site);
        live.Seen.ShouldBe(positions);
        polling.Seen.ShouldBe(positions);
        var (_, body) = await site.HealthAsync();
        body["stall"].ShouldBeNull();
    }
}
