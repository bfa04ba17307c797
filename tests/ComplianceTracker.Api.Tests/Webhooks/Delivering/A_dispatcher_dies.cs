using ComplianceTracker.Api.Tests.Faults;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Api.Tests.Webhooks.Support;

namespace ComplianceTracker.Api.Tests.Webhooks.Delivering;

/// <summary>kill -9 of the process that delivers, at the moment when the subscriber has said 200 and nobody has written it down.</summary>
[Collection(nameof(SharedServer))]
public sealed class A_dispatcher_dies(DurableServer server, ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_taken_but_not_recorded_comes_again_under_its_id_and_nothing_is_lost()
    {
        var random = Extent.Seeded(output);
        await using var receiver = await Receiver.StartAsync();
        await using var site = await FaultSite.OnAsync(
            await server.CreateAsync(), Receiver.Allowed, "--Webhooks:Deadline=00:00:01", "--Webhooks:Lease=00:00:02");
        string[] instruments = ["first", "second", "third"];
        foreach (var instrument in instruments)
        {
            await site.Client.RegisterAsync(instrument);
        }

        var endpoint = (string)(await site.Client.SubscribeAsync(receiver.Url))["id"]!;
        var points = Extent.Points(2);
        var each = 20 * points;
        var killAt = Enumerable.Range(1, points).Select(i => (i * 30) + random.Next(20)).ToHashSet();
        var kill = new SemaphoreSlim(0);
        var answered = 0;
        receiver.Handles = async (context, request) =>
        {
            context.Response.StatusCode = request.Method == "OPTIONS" ? 200 : 204;
            context.Response.Headers["WebHook-Allowed-Origin"] = "*";
            await context.Response.CompleteAsync();
            if (request.IsDelivery && killAt.Contains(Interlocked.Increment(ref answered)))
            {
                // The 200 is out.
                kill.Release();
            }
        };

        var writing = Task.WhenAll(instruments.Select(async instrument =>
        {
            for (var number = 1; number <= each; number++)
            {
                await site.Client.RecordAsync(instrument, number);
            }
        }));
        for (var point = 0; point < points; point++)
        {
            await kill.WaitAsync(Cancel);
            await site.Process.KillAsync();
            await site.StartAsync();
        }

        await writing;
        await receiver.UntilAsync(all => instruments.All(i => all.Any(r => r.IsDelivery && Subject(r) == $"instruments/{i}" && r.Number() == each)));
        await site.Client.DrainedAsync(endpoint);

        var deliveries = receiver.Deliveries;
        foreach (var instrument in instruments)
        {
            var own = deliveries.Where(d => Subject(d) == $"instruments/{instrument}").ToList();
            own.DistinctBy(d => d.Number()).Numbers().ShouldBe(Enumerable.Range(1, each), $"{instrument}: each first arrival in order");
            own.GroupBy(d => d.Number()).ShouldAllBe(g => g.Select(d => d.WebhookId).Distinct().Count() == 1);
            own.GroupBy(d => d.Number()).ShouldAllBe(g => g.Select(d => (string)d.Json["sequence"]!).Distinct().Single() == $"{g.Key}");
        }

        // One that comes again is sent, and so signed, anew.
        var again = deliveries.GroupBy(d => d.WebhookId).Where(g => g.Count() > 1).ToList();
        again.ShouldNotBeEmpty("no kill fell between the answer and its record");
        again.ShouldAllBe(g => g.Select(d => d.Headers["webhook-timestamp"]).Distinct().Count() == g.Count());
        output.WriteLine($"{points} kills, {deliveries.Count} deliveries of {each * instruments.Length} events, {again.Count} events came again");
    }

    [Fact]
    public async Task One_that_was_held_up_past_its_lease_overwrites_nothing_and_no_order_is_lost()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        await using var receiver = await Receiver.StartAsync();
        await using var site = await FaultSite.OnAsync(
            await server.CreateAsync(), Receiver.Allowed, "--Webhooks:Deadline=00:00:01", "--Webhooks:Lease=00:00:02");
        await site.Client.RegisterAsync("first");
        var endpoint = (string)(await site.Client.SubscribeAsync(receiver.Url))["id"]!;

        // The first delivery is held until its sender is stopped in the middle of it.
        var (arrived, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        receiver.Handles = async (context, request) =>
        {
            if (arrived.TrySetResult())
            {
                await goOn.Task;
            }

            context.Response.StatusCode = 204;
        };
        for (var number = 1; number <= 12; number++)
        {
            await site.Client.RecordAsync("first", number);
        }

        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        await using var other = await BesideAsync(site);
        goOn.SetResult();
        await receiver.UntilAsync(all => all.Any(r => r.IsDelivery && r.Number() == 12));
        await other.Client.DrainedAsync(endpoint);
        var before = receiver.Deliveries.Count;
        await site.Process.SignalAsync("CONT");
        await site.UntilAsync("it answers again", async () => (await site.HealthAsync()).Status == 200);
        await other.Client.RecordAsync("first", 13);
        await receiver.UntilAsync(all => all.Any(r => r.IsDelivery && r.Number() == 13));
        await other.Client.DrainedAsync(endpoint);

        receiver.Deliveries.DistinctBy(d => d.Number()).Numbers().ShouldBe(Enumerable.Range(1, 13));
        receiver.Deliveries.Skip(before).Numbers().ShouldBe([13], "the one that was held up sent what another had delivered");
        (await other.AskDatabaseAsync<long>("select count(*) from ct_webhook_delivery where state = 1 and attempts = 1")).ShouldBe(13);
    }

    // Stops the first at once, so that what it holds is taken over when the second is up.
    private static async Task<FaultSite> BesideAsync(FaultSite site)
    {
        await site.Process.SignalAsync("STOP");
        return await site.BesideAsync();
    }

    private static string Subject(ReceivedRequest request) => (string)request.Json["subject"]!;
}
