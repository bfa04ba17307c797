using System.Text.Json.Nodes;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Api.Tests.Webhooks.Support;
using ComplianceTracker.Api.Webhooks.EventCatalogue;
using ComplianceTracker.EventStore;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceTracker.Api.Tests.Webhooks.Clients;

/// <summary>What subscribers use off the shelf verifies what is delivered: every type, and while a secret is being replaced.</summary>
public sealed class Published_clients(Databases databases)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verify_every_type_of_event()
    {
        await using var subscriber = await NodeSubscriber.StartAsync();
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync(), settings: [Receiver.Allowed]);
        var endpoint = await service.Client.SubscribeAsync(subscriber.Url, """, "leadTimes": ["P30D"]""");
        await subscriber.TellAsync((string)endpoint["secret"]!);
        await AppendExamplesAsync(service);
        (await service.SendAsync(HttpMethod.Post, $"/webhooks/endpoints/{endpoint["id"]}/test")).Status.ShouldBe(202);

        // A challenge is sent where OPTIONS brings no consent.
        var expected = EventNames.All.Except([EventNames.Challenge]).ToHashSet();
        var heard = new HashSet<string>();
        while (!heard.SetEquals(expected))
        {
            var report = await subscriber.HearAsync();
            Check(report, 1);
            heard.Add((string)report["type"]!);
            heard.Except(expected).ShouldBeEmpty();
        }

        await subscriber.WithdrawConsentAsync();
        var (status, verified, _) = await service.SendAsync(HttpMethod.Post, $"/webhooks/endpoints/{endpoint["id"]}/verify");
        (status, (bool)verified!["verified"]!).ShouldBe((200, true), verified.ToJsonString());
        var challenge = await subscriber.HearAsync();
        ((string)challenge["type"]!).ShouldBe(EventNames.Challenge);
        Check(challenge, 1);
    }

    [Fact]
    public async Task Verify_with_the_old_secret_and_the_new_for_as_long_as_both_sign_and_then_with_the_new_alone()
    {
        await using var subscriber = await NodeSubscriber.StartAsync();
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync(), settings: [Receiver.Allowed]);
        var endpoint = await service.Client.SubscribeAsync(subscriber.Url);
        var old = (string)endpoint["secret"]!;
        await subscriber.TellAsync(old);
        await service.RecordAsync("cn-pipl", 1);
        Check(await subscriber.HearAsync(), 1);

        var next = await RotateAsync(service, endpoint, "PT24H");
        await subscriber.TellAsync(old, next);
        await service.RecordAsync("cn-pipl", 2);
        Check(await subscriber.HearAsync(), 2);

        var last = await RotateAsync(service, endpoint, "PT0S");
        await subscriber.TellAsync(old, next, last);
        await service.RecordAsync("cn-pipl", 3);
        var report = await subscriber.HearAsync();

        report["standard"]!.AsArray().Select(v => v!.GetValueKind() == System.Text.Json.JsonValueKind.True).ShouldBe([false, false, true], report.ToJsonString());
        report["svix"]!.AsArray().Select(v => v!.GetValueKind() == System.Text.Json.JsonValueKind.True).ShouldBe([false, false, true], report.ToJsonString());
    }

    private static void Check(JsonNode report, int secrets)
    {
        report["errors"]!.AsArray().ShouldBeEmpty(report.ToJsonString());
        foreach (var client in new[] { "standard", "svix" })
        {
            report[client]!.AsArray().Count.ShouldBe(secrets);
            report[client]!.AsArray().ShouldAllBe(v => v!.GetValueKind() == System.Text.Json.JsonValueKind.True, $"{client}: {report.ToJsonString()}");
        }
    }

    private static async Task<string> RotateAsync(TestService service, JsonNode endpoint, string grace)
    {
        var (status, body, _) = await service.SendAsync(
            HttpMethod.Post, $"/webhooks/endpoints/{endpoint["id"]}/rotate-secret", $$"""{ "gracePeriod": "{{grace}}" }""");
        status.ShouldBe(200, body!.ToJsonString());
        return (string)body["secret"]!;
    }

    // What happens seldom, or only on a certain day, is put into the log as it would be there.
    private static async Task AppendExamplesAsync(TestService service)
    {
        var types = service.Services.GetRequiredService<EventTypes>();
        var streams = EventNames.All
            .Except([EventNames.Test, EventNames.Challenge])
            .Select(type => EventExamples.RecordedOf(type, types))
            .GroupBy(e => e.StreamId)
            .Select(g => new StreamAppend(g.Key, ExpectedVersion.Any, [..g.Select(e => new EventData(e.Id, e.Type, e.Data))]))
            .ToList();
        var registered = types.Encode(Guid.NewGuid(), Register());
        await service.Store().AppendAsync([new StreamAppend(StreamIds.Instrument("example-act"), ExpectedVersion.NoStream, [registered])], AppendMetadata.None, Cancel);
        (await service.Store().AppendAsync(streams, AppendMetadata.None, Cancel)).ShouldBeOfType<AppendResult.Appended>();
    }

    private static Domain.Instruments.InstrumentRegistered Register() => new(new Domain.Instruments.InstrumentIdentity(
        "example-act", "GB", "law", Domain.Common.LangText.English("Example Act"), null, [], null,
        System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty, ["personal-data"], [], null, null, null, null, [], [], null));
}
