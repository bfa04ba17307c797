using System.Globalization;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Api.Tests.Webhooks.Support;
using ComplianceTracker.Api.Webhooks.Outbound;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceTracker.Api.Tests.Webhooks.Delivering;

public sealed class Asking_again(Databases databases, ITestOutputHelper output)
{
    private static readonly double[] Schedule = [0, 0.2, 0.4, 0.6];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_an_outage_as_long_as_the_schedule_gives_each_event_once_and_in_order()
    {
        await using var service = await StartAsync("--Webhooks:FailuresToTrip=2", "--Webhooks:ProbePause=00:00:00");
        await using var receiver = await Receiver.StartAsync();
        await using var other = await Receiver.StartAsync();
        receiver.Answers = _ => new ReceiverAnswer(503);
        var endpoint = (string)(await service.Client.SubscribeAsync(receiver.Url))["id"]!;
        await service.Client.SubscribeAsync(other.Url, """, "eventTypes": ["endpoint.*"]""");
        var before = await service.Store().HeadAsync(Cancel);
        await service.RecordAsync("cn-pipl", 1);
        (await other.UntilDeliveredAsync(2)).Select(d => (string)d.Json["type"]!).ShouldBe(["endpoint.failing", "endpoint.disabled"]);
        await service.RecordAsync("cn-pipl", 2, 3);

        // Each attempt as long after the one before as the schedule says, give or take the jitter; later only by what the machine adds.
        var waiting = await service.DeliveriesAsync(endpoint, items => items.Count == 3);
        var first = await service.GetAsync($"/webhooks/endpoints/{endpoint}/deliveries/{waiting[^1]!["id"]}");
        var at = first["attemptLog"]!.AsArray().Select(a => a!["at"]!.GetValue<DateTimeOffset>()).Order().ToList();
        at.Count.ShouldBe(Schedule.Length);
        foreach (var (pause, planned) in at.Zip(at.Skip(1), (a, b) => (b - a).TotalSeconds).Zip(Schedule.Skip(1)))
        {
            pause.ShouldBeInRange(planned * 0.89, (planned * 1.1) + 5);
        }

        (await service.GetAsync($"/webhooks/endpoints/{endpoint}"))["state"]!.GetValue<string>().ShouldBe("disabled");
        var down = receiver.Deliveries.Count;
        down.ShouldBe(Schedule.Length);

        // A replay while it is disabled: each once, in order, under the same ids, with no effect on what waits.
        receiver.Answers = _ => new ReceiverAnswer(200);
        var preview = await ReplayAsync(service, endpoint, $$"""{ "after": {{before}}, "preview": true }""");
        (preview["events"]!.GetValue<int>(), preview["more"]!.GetValue<bool>()).ShouldBe((3, false));
        receiver.Deliveries.Count.ShouldBe(down);
        await ReplayAsync(service, endpoint, $$"""{ "after": {{before}} }""");
        var replayed = (await receiver.UntilDeliveredAsync(down + 3)).Skip(down).ToList();
        replayed.Numbers().ShouldBe([1, 2, 3]);
        replayed.Select(d => (string)d.Json["sequence"]!).ShouldBe(["1", "2", "3"]);
        replayed[0].WebhookId.ShouldBe(receiver.Deliveries[0].WebhookId);
        (await service.GetAsync($"/webhooks/endpoints/{endpoint}"))["state"]!.GetValue<string>().ShouldBe("disabled");
        (await service.GetAsync($"/webhooks/endpoints/{endpoint}/log"))["items"]!.AsArray().ShouldContain(e => (string)e!["what"]! == "replayed");

        // Enabled again, it goes on where it was, and others are told.
        (await service.SendAsync(HttpMethod.Patch, $"/webhooks/endpoints/{endpoint}", """{ "state": "active" }""")).Status.ShouldBe(200);
        ((string)(await other.UntilDeliveredAsync(3))[^1].Json["type"]!).ShouldBe("endpoint.recovered");
        (await receiver.UntilDeliveredAsync(down + 6)).Skip(down + 3).Numbers().ShouldBe([1, 2, 3]);
        await service.DeliveriesAsync(endpoint, items => items.All(i => (string)i!["state"]! == "delivered"));
    }

    [Fact]
    public async Task Since_an_instant_or_for_one_delivery_or_for_a_test_sends_that_and_nothing_else()
    {
        await using var service = await StartAsync();
        await using var receiver = await Receiver.StartAsync();
        var endpoint = (string)(await service.Client.SubscribeAsync(receiver.Url, """, "instruments": ["cn-pipl"]"""))["id"]!;
        await service.RecordAsync("cn-pipl", 1, 2);
        await service.RecordAsync("cn-dsl", 9);
        var deliveries = await service.DeliveriesAsync(endpoint, items => items.Count == 2 && items.All(i => (string)i!["state"]! == "delivered"));
        var since = (await service.Store().RecordedAtOfAsync(deliveries[0]!["position"]!.GetValue<long>(), Cancel))!.Value;

        var (status, again, _) = await service.SendAsync(HttpMethod.Post, $"/webhooks/endpoints/{endpoint}/deliveries/{deliveries[1]!["id"]}/retry");
        (status, (string)again!["kind"]!).ShouldBe((202, "retry"));
        (await receiver.UntilDeliveredAsync(3)).Numbers().ShouldBe([1, 2, 1]);
        (await ReplayAsync(service, endpoint, $$"""{ "since": "{{since.ToString("O", CultureInfo.InvariantCulture)}}" }"""))["events"]!.GetValue<int>().ShouldBe(1);
        (await receiver.UntilDeliveredAsync(4)).Numbers().ShouldBe([1, 2, 1, 2]);
        var (tested, test, _) = await service.SendAsync(HttpMethod.Post, $"/webhooks/endpoints/{endpoint}/test");
        (tested, (string)test!["type"]!).ShouldBe((202, "endpoint.test"));
        var last = (await receiver.UntilDeliveredAsync(5))[^1];
        ((string)last.Json["type"]!, last.WebhookId).ShouldBe(("endpoint.test", (string)test["eventId"]!));
        var detail = await service.GetAsync($"/webhooks/endpoints/{endpoint}/deliveries/{test["id"]}");
        ((string)detail["event"]!["id"]!).ShouldBe(last.WebhookId);
        var log = (await service.GetAsync($"/webhooks/endpoints/{endpoint}/log"))["items"]!.AsArray();
        log.Take(3).Select(e => (string)e!["what"]!).ShouldBe(["tested", "replayed", "retried"]);
        ((string)log[0]!["detail"]!["delivery"]!).ShouldBe((string)test["id"]!);

        // Whatever it was delivered for, an event is found by its id.
        var ofOne = (await service.GetAsync($"/webhooks/endpoints/{endpoint}/deliveries?eventId={deliveries[1]!["eventId"]}"))["items"]!.AsArray();
        ofOne.Select(d => (string)d!["kind"]!).ShouldBe(["retry", "event"]);
        (await service.GetAsync($"/webhooks/endpoints/{endpoint}/deliveries?state=pending,failed&type=endpoint.test&subject=instruments/cn-pipl"))["items"]!.AsArray().ShouldBeEmpty();

        foreach (var bad in new[] { "{}", """{ "since": "2026-01-01T00:00:00Z", "after": 1 }""", """{ "after": -1 }""", """{ "after": "x" }""" })
        {
            (await service.SendAsync(HttpMethod.Post, $"/webhooks/endpoints/{endpoint}/replay", bad)).Status.ShouldBe(422, bad);
        }

        (await service.SendAsync(HttpMethod.Post, $"/webhooks/endpoints/{endpoint}/deliveries/999999/retry")).Status.ShouldBe(404);
        (await service.SendAsync(HttpMethod.Post, "/webhooks/endpoints/ep_none/test")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task By_fetching_gives_the_log_through_the_filter_of_the_endpoint()
    {
        await using var service = await StartAsync();
        await using var receiver = await Receiver.StartAsync();
        await service.RecordAsync("cn-pipl", 1);
        var endpoint = (string)(await service.Client.SubscribeAsync(receiver.Url, """, "instruments": ["cn-pipl"], "eventTypes": ["instrument.guidance-issued"]"""))["id"]!;
        await service.RecordAsync("cn-dsl", 5);
        await service.RecordAsync("cn-pipl", 2, 3);
        var fetched = new List<string>();
        for (var next = $"/webhooks/endpoints/{endpoint}/events?limit=2"; next is not null;)
        {
            var page = await service.GetAsync(next);
            fetched.AddRange(page["items"]!.AsArray().Select(e => (string)e!["data"]!["development"]!["id"]!));
            next = (string?)page["next"] is { } cursor ? $"/webhooks/endpoints/{endpoint}/events?limit=2&cursor={cursor}" : null;
        }

        fetched.Where(id => id.StartsWith("cn-pipl-news", StringComparison.Ordinal)).ShouldBe(["cn-pipl-news-1", "cn-pipl-news-2", "cn-pipl-news-3"]);
        fetched.ShouldAllBe(id => id.StartsWith("cn-pipl", StringComparison.Ordinal));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/webhooks/endpoints/{endpoint}/events");
        request.Headers.Add("Accept", "application/cloudevents-batch+json");
        using var batch = await service.Client.SendAsync(request, Cancel);
        JsonNode.Parse(await batch.Content.ReadAsStringAsync(Cancel))!.AsArray().Count.ShouldBe(fetched.Count);
    }

    [Fact]
    public async Task By_following_gives_what_the_filter_is_by_then_and_ends_with_the_endpoint()
    {
        await using var service = await StartAsync();
        await using var receiver = await Receiver.StartAsync();
        var path = $"/webhooks/endpoints/{(await service.Client.SubscribeAsync(receiver.Url, """, "instruments": ["cn-pipl"]"""))["id"]}";
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1{path}/events?after={await service.Store().HeadAsync(Cancel)}");
        request.Headers.Add("Accept", "text/event-stream");
        using var live = await service.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var lines = new StreamReader(await live.Content.ReadAsStreamAsync(Cancel));

        await service.RecordAsync("cn-dsl", 1);
        await service.RecordAsync("cn-pipl", 2);
        (await NextAsync()).ShouldBe("cn-pipl-news-2");
        (await service.SendAsync(HttpMethod.Patch, path, """{ "instruments": ["cn-dsl"] }""")).Status.ShouldBe(200);
        await service.RecordAsync("cn-pipl", 3);
        await service.RecordAsync("cn-dsl", 4);
        (await NextAsync()).ShouldBe("cn-dsl-news-4");
        (await service.SendAsync(HttpMethod.Delete, path)).Status.ShouldBe(204);
        await service.RecordAsync("cn-dsl", 5);
        (await NextAsync()).ShouldBeNull("the endpoint is gone");

        async Task<string?> NextAsync()
        {
            while (await lines.ReadLineAsync(Cancel) is { } line)
            {
                if (line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    return (string)JsonNode.Parse(line["data: ".Length..])!["data"]!["development"]!["id"]!;
                }
            }

            return null;
        }
    }

    [Fact]
    public async Task While_paused_nothing_goes_out_and_a_rebuild_sends_nothing_ever()
    {
        await using var service = await StartAsync();
        await using var receiver = await Receiver.StartAsync();
        var endpoint = (string)(await service.Client.SubscribeAsync(receiver.Url))["id"]!;
        await service.RecordAsync("cn-pipl", 1);
        await receiver.UntilDeliveredAsync(1);
        (await service.SendAsync(HttpMethod.Patch, $"/webhooks/endpoints/{endpoint}", """{ "state": "paused" }""")).Status.ShouldBe(200);
        await service.RecordAsync("cn-pipl", 2);
        await service.DeliveriesAsync(endpoint, items => items.Count == 2);

        await service.Services.GetRequiredService<RegisterRebuild>().RunAsync(new Progress<RebuildProgress>(), Cancel);
        (await service.SendAsync(HttpMethod.Patch, $"/webhooks/endpoints/{endpoint}", """{ "state": "active" }""")).Status.ShouldBe(200);
        await service.RecordAsync("cn-pipl", 3);

        (await receiver.UntilDeliveredAsync(3)).Numbers().ShouldBe([1, 2, 3]);
        (await service.DeliveriesAsync(endpoint, items => items.All(i => (string)i!["state"]! == "delivered"))).Count.ShouldBe(3);
        receiver.Deliveries.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Keeps_to_the_rate_that_the_endpoint_takes()
    {
        await using var service = await StartAsync();
        await using var receiver = await Receiver.StartAsync();
        var endpoint = (string)(await service.Client.SubscribeAsync(receiver.Url, """, "rateLimit": 10"""))["id"]!;
        (await service.SendAsync(HttpMethod.Patch, $"/webhooks/endpoints/{endpoint}", """{ "state": "paused" }""")).Status.ShouldBe(200);
        await service.RecordAsync("cn-pipl", Enumerable.Range(1, 8));
        await service.RecordAsync("cn-dsl", Enumerable.Range(1, 8));
        (await service.SendAsync(HttpMethod.Patch, $"/webhooks/endpoints/{endpoint}", """{ "state": "active" }""")).Status.ShouldBe(200);

        var got = await receiver.UntilDeliveredAsync(16);

        // Sixteen, a tenth of a second apart: not before a second and a half, by the clock of the one that sends.
        await service.DeliveriesAsync(endpoint, items => items.All(i => (string)i!["state"]! == "delivered"));
        var at = (await service.DeliveriesAsync(endpoint, _ => true)).Select(d => d!["lastAttempt"]!["at"]!.GetValue<DateTimeOffset>()).Order().ToList();
        (at[^1] - at[0]).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1.3));
        got.Count.ShouldBe(16);
    }

    [Fact]
    public async Task While_secrets_are_rotated_under_load_each_delivery_verifies_with_one_that_is_valid()
    {
        await using var service = await StartAsync();
        await using var receiver = await Receiver.StartAsync();
        var endpoint = await service.Client.SubscribeAsync(receiver.Url);
        var secrets = new List<string> { (string)endpoint["secret"]! };
        var writing = Task.WhenAll(
            service.RecordAsync("cn-pipl", Enumerable.Range(1, 60)), service.RecordAsync("cn-dsl", Enumerable.Range(1, 60)));
        foreach (var grace in new[] { "PT24H", "PT24H", "PT0S" })
        {
            await receiver.UntilDeliveredAsync(20 * secrets.Count);
            var (status, body, _) = await service.SendAsync(
                HttpMethod.Post, $"/webhooks/endpoints/{endpoint["id"]}/rotate-secret", $$"""{ "gracePeriod": "{{grace}}" }""");
            status.ShouldBe(200);
            secrets.Add((string)body!["secret"]!);
        }

        await writing;
        var rotated = receiver.Deliveries.Count;
        await receiver.UntilDeliveredAsync(120);
        await service.RecordAsync("cn-pipl", 61);
        var all = await receiver.UntilDeliveredAsync(121);

        var valid = all.Select(d => secrets.Count(s => Verifies(s, d))).ToList();
        valid.ShouldAllBe(count => count >= 1);
        Verifies(secrets[^1], all[^1]).ShouldBeTrue();
        secrets.SkipLast(1).Count(s => Verifies(s, all[^1])).ShouldBe(0);
        output.WriteLine($"{valid.Count(v => v > 1)} of {all.Count} carried two signatures or more, {rotated} had come by the last rotation");
    }

    private static bool Verifies(string secret, ReceivedRequest delivery) => delivery.Headers["webhook-signature"].Split(' ').Contains(
        StandardWebhooks.Sign(secret, delivery.WebhookId, long.Parse(delivery.Headers["webhook-timestamp"], CultureInfo.InvariantCulture), delivery.Body));

    private static async Task<JsonNode> ReplayAsync(TestService service, string endpoint, string body)
    {
        var (status, answer, _) = await service.SendAsync(HttpMethod.Post, $"/webhooks/endpoints/{endpoint}/replay", body);
        status.ShouldBe(202, answer!.ToJsonString());
        return answer;
    }

    private async Task<TestService> StartAsync(params string[] settings) => await TestService.StartAsync(
        await databases.CopySeededAsync(),
        settings:
        [
            Receiver.Allowed, ..Schedule.Select((s, i) => $"--Webhooks:Schedule:{i}={TimeSpan.FromSeconds(s):c}"), ..settings,
        ]);
}
