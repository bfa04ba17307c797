using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Api.Tests.Webhooks.Support;
using ComplianceTracker.Api.Webhooks.Endpoints;

namespace ComplianceTracker.Api.Tests.Webhooks.Delivering;

public sealed class Deliveries(Databases databases)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly string[] Fast =
    [
        Receiver.Allowed, "--Webhooks:Schedule:0=00:00:00", "--Webhooks:Schedule:1=00:00:00.050", "--Webhooks:Schedule:2=00:00:00.100",
        "--Webhooks:Schedule:3=00:00:00.150", "--Webhooks:ProbePause=00:00:00.010", "--Webhooks:FailuresToTrip=2",
    ];

    [Fact]
    public async Task Carry_what_was_recorded_in_order_with_its_place_and_a_body_that_is_a_cloud_event()
    {
        await using var service = await StartAsync();
        await using var receiver = await Receiver.StartAsync();
        await service.RecordAsync("cn-pipl", 1);
        var endpoint = await service.AddEndpointAsync(receiver.Url);
        await service.RecordAsync("cn-pipl", 2, 3);
        await service.RecordAsync("cn-dsl", 4);

        var got = await receiver.UntilDeliveredAsync(3);

        got.Where(d => d.Number() < 4).Numbers().ShouldBe([2, 3]);
        got.Select(d => (d.Number(), (string)d.Json["subject"]!, (string)d.Json["sequence"]!)).Order()
            .ShouldBe([(2, "instruments/cn-pipl", "1"), (3, "instruments/cn-pipl", "2"), (4, "instruments/cn-dsl", "1")]);
        got.ShouldAllBe(d => d.WebhookId == (string)d.Json["id"]! && d.Headers["Content-Type"].StartsWith("application/cloudevents+json"));
        var deliveries = await service.DeliveriesAsync(endpoint, items => items.All(i => (string)i!["state"]! == "delivered"));
        deliveries.Count.ShouldBe(3);
        deliveries[0]!["lastAttempt"]!["status"]!.GetValue<int>().ShouldBe(200);
    }

    [Fact]
    public async Task Come_again_under_the_same_id_and_keep_the_order_of_their_subject_but_no_other_waiting()
    {
        await using var service = await StartAsync();
        await using var receiver = await Receiver.StartAsync();
        var refused = 0;
        receiver.Answers = r => new ReceiverAnswer(r.Number() == 1 && Interlocked.Increment(ref refused) <= 2 ? 500 : 204);
        var endpoint = await service.AddEndpointAsync(receiver.Url);
        await service.RecordAsync("cn-pipl", 1, 2);
        await service.RecordAsync("cn-dsl", 3);

        var got = await receiver.UntilDeliveredAsync(5);

        got.Where(d => (string)d.Json["subject"]! == "instruments/cn-pipl").Numbers().ShouldBe([1, 1, 1, 2]);
        got.Where(d => d.Number() == 1).Select(d => d.WebhookId).Distinct().Count().ShouldBe(1);
        var first = (await service.DeliveriesAsync(endpoint, items => items.All(i => (string)i!["state"]! == "delivered"))).Last()!;
        var detail = await service.GetAsync($"/webhooks/endpoints/{endpoint}/deliveries/{first["id"]}");
        detail["attemptLog"]!.AsArray().Select(a => a!["status"]!.GetValue<int>()).ShouldBe([204, 500, 500]);
        ((string)detail["event"]!["id"]!).ShouldBe((string)first["eventId"]!);
    }

    [Fact]
    public async Task To_an_unordered_endpoint_do_not_wait_for_one_that_fails()
    {
        await using var service = await StartAsync("--Webhooks:FailuresToTrip=100", "--Webhooks:Schedule:1=00:10:00");
        await using var receiver = await Receiver.StartAsync();
        var refused = 0;
        receiver.Answers = r => new ReceiverAnswer(r.Number() == 1 && Interlocked.Increment(ref refused) == 1 ? 500 : 204);
        await service.AddEndpointAsync(receiver.Url, ordered: false);
        await service.RecordAsync("cn-pipl", 1, 2, 3);

        (await receiver.UntilDeliveredAsync(3)).Numbers().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Of_which_one_is_always_refused_keep_its_schedule_though_others_succeed()
    {
        await using var service = await StartAsync("--Webhooks:FailuresToTrip=100", "--Webhooks:Schedule:1=00:10:00");
        await using var receiver = await Receiver.StartAsync();
        receiver.Answers = r => new ReceiverAnswer((string)r.Json["subject"]! == "instruments/cn-pipl" ? 500 : 204);
        var endpoint = await service.AddEndpointAsync(receiver.Url);
        await service.RecordAsync("cn-pipl", 1);
        await receiver.UntilDeliveredAsync(1);
        await service.RecordAsync("cn-dsl", 2, 3, 4);
        await receiver.UntilDeliveredAsync(4);
        await service.DeliveriesAsync(endpoint, items => items.Count(i => (string)i!["state"]! == "delivered") == 3);
        await service.RecordAsync("cn-dsl", 5);

        (await receiver.UntilDeliveredAsync(5)).Numbers().ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public async Task Stop_with_410_and_lose_nothing_until_the_endpoint_is_enabled_again()
    {
        await using var service = await StartAsync();
        await using var receiver = await Receiver.StartAsync();
        await using var other = await Receiver.StartAsync();
        receiver.Answers = _ => new ReceiverAnswer(410);
        var endpoint = await service.AddEndpointAsync(receiver.Url);
        await service.AddEndpointAsync(other.Url, new EndpointFilter(["endpoint.*"], [], [], [], [], [], null, []));
        await service.RecordAsync("cn-pipl", 1, 2);

        var told = (await other.UntilDeliveredAsync(1)).Single().Json;

        ((string)told["type"]!).ShouldBe("endpoint.disabled");
        ((string)told["data"]!["reason"]!).ShouldBe("It answered 410 Gone.");
        receiver.Deliveries.Count.ShouldBe(1);
        (await service.DeliveriesAsync(endpoint, items => items.Count == 2)).ShouldAllBe(i => (string)i!["state"]! == "pending");
    }

    [Fact]
    public async Task End_when_the_schedule_is_exhausted_and_everybody_is_told()
    {
        await using var service = await StartAsync();
        await using var receiver = await Receiver.StartAsync();
        await using var other = await Receiver.StartAsync();
        receiver.Answers = _ => new ReceiverAnswer(503);
        var endpoint = await service.AddEndpointAsync(receiver.Url);
        await service.AddEndpointAsync(other.Url, new EndpointFilter(["endpoint.*"], [], [], [], [], [], null, []));
        await service.RecordAsync("cn-pipl", 1, 2);

        var told = await other.UntilDeliveredAsync(2);

        told.Select(t => (string)t.Json["type"]!).ShouldBe(["endpoint.failing", "endpoint.disabled"]);
        receiver.Deliveries.Numbers().ShouldBe([1, 1, 1, 1]);
        (await service.DeliveriesAsync(endpoint, items => items.Count == 2)).ShouldAllBe(i => (string)i!["state"]! == "pending");
    }

    [Fact]
    public async Task Of_an_event_longer_than_64_KiB_are_sent_without_its_data_and_lead_there()
    {
        await using var service = await StartAsync();
        await using var receiver = await Receiver.StartAsync();
        var endpoint = (string)(await service.Client.SubscribeAsync(receiver.Url))["id"]!;
        var note = string.Join(", ", Enumerable.Range(0, 9).Select(i => $"\"x{(char)('a' + i)}\": \"{new string('法', 9_000)}\""));
        (await service.SendAsync(
            HttpMethod.Post, "/instruments/cn-pipl/developments",
            RemoteSubscriber.News("cn-pipl", 1).Replace("\"en\":", $"{note}, \"en\":", StringComparison.Ordinal))).Status.ShouldBe(201);

        var delivered = (await receiver.UntilDeliveredAsync(1)).Single();

        delivered.Body.Length.ShouldBeLessThan(64 * 1024);
        delivered.Json.AsObject().ContainsKey("data").ShouldBeFalse();
        ((string)delivered.Json["id"]!, (string)delivered.Json["type"]!).ShouldBe((delivered.WebhookId, "instrument.guidance-issued"));
        var data = JsonNode.Parse(await service.Client.GetStringAsync((string)delivered.Json["dataref"]!, Cancel))!;
        ((string)data["development"]!["note"]!["xi"]!).Length.ShouldBe(9_000);
        ((string)(await service.GetAsync($"/webhooks/endpoints/{endpoint}/events?limit=1000"))["items"]!.AsArray()[^1]!["data"]!["development"]!["id"]!).ShouldBe("cn-pipl-news-1");
        foreach (var nowhere in new[] { "0", "-1", "x", "99999999999999999999", "9223372036854775807" })
        {
            (await service.SendAsync(HttpMethod.Get, $"/events/{nowhere}/data")).Status.ShouldBe(404, nowhere);
        }
    }

    private async Task<TestService> StartAsync(params string[] more) =>
        await TestService.StartAsync(await databases.CopySeededAsync(), settings: [..Fast, ..more]);
}
