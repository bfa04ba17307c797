using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Consequences;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.EventStore;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceTracker.Api.Tests.Feed;

/// <summary>A service that records the passing of days, seen by somebody who reads its log over HTTP.</summary>
public sealed class The_feed_of_consequences(Databases databases)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tells_what_follows_by_type_in_pages_batches_and_live_and_a_rebuild_adds_nothing()
    {
        using var seeds = new SeedFolder();
        var time = new ManualTime(DateTimeOffset.Parse("2020-12-30T12:00:00Z"));
        await using var service = await TestService.StartAsync(await databases.CreateEmptyAsync(), time, seeds.Path, "--PublicUrl=https://compliance.example.com/");
        await EventsAsync(service, "clock.advanced", 1);

        // The first import is where one begins; what a request registers is told of.
        (await service.AskAsync("/events?types=obligation.*"))["items"]!.AsArray().ShouldBeEmpty();
        using var import = new HttpRequestMessage(HttpMethod.Post, "/api/v1/companies/import")
        {
            Content = new StringContent("""{"id":"imported","name":"Imported","facts":{"handles_data":true,"activities":["shop"]}}""", new MediaTypeHeaderValue("application/x-ndjson")),
        };
        (await service.Client.SendAsync(import, Token)).EnsureSuccessStatusCode();
        await service.RegisterAsync("told", new { handles_data = true, activities = new[] { "shop" } });
        var upcoming = (await EventsAsync(service, "obligation.*", 1)).ShouldHaveSingleItem()!;
        upcoming["type"]!.ToString().ShouldBe("obligation.upcoming");
        upcoming["subject"]!.ToString().ShouldBe("companies/told");
        upcoming["dataschema"]!.ToString().ShouldBe("https://compliance.example.com/api/v1/webhooks/event-types/obligation.upcoming/v1");
        upcoming["data"]!["companyId"]!.ToString().ShouldBe("told");
        upcoming["data"]!["after"]!["from"]!.ToString().ShouldBe("2021-01-01");

        // The year begins in Berlin an hour before it does in UTC.
        time.Set(DateTimeOffset.Parse("2020-12-31T23:00:00Z"));
        var applicable = await EventsAsync(service, "obligation.applicable", 3);
        applicable.Select(e => e!["subject"]!.ToString()).ShouldBe(["companies/acme", "companies/imported", "companies/told"], ignoreOrder: true);

        // Everything once more by type, in one page, in pages of one, as a batch, and live.
        var all = await service.AskAsync("/events?types=obligation.applicable,clock.*&types=instrument.passed");
        all["items"]!.AsArray().Select(e => e!["type"]!.ToString()).Distinct().ShouldBe(["instrument.passed", "clock.advanced", "obligation.applicable"], ignoreOrder: true);
        all["next"].ShouldBeNull();
        var sequences = all["items"]!.AsArray().Select(e => e!["sequence"]!.ToString()).ToList();
        (await BatchesAsync(service, "/events?types=obligation.applicable,clock.*,instrument.passed&limit=1")).ShouldBe(sequences);
        (await LiveAsync(service, "/events?types=obligation.applicable,clock.*,instrument.passed", sequences.Count)).ShouldBe(sequences);
        foreach (var e in (await service.AskAsync("/events"))["items"]!.AsArray())
        {
            e!.AsObject().ShouldAllBe(member => member.Value != null);
            (e["dataschema"] is not null).ShouldBe(e["type"]!.ToString() is "instrument.passed" or ['o', 'b', ..]);
        }

        var wrong = await service.AskAsync("/events?types=obligation.aplicable", 400);
        wrong["detail"]!.ToString().ShouldContain("Did you mean obligation.applicable");
        await service.AskAsync("/events?types=obligations.*", 400);
        await service.AskAsync("/events?types=", 400);

        // The register computed anew is the same register: nothing follows from it.
        var head = await service.Store().HeadAsync(Token);
        await service.Services.GetRequiredService<RegisterRebuild>().RunAsync(new Progress<RebuildProgress>(), Token);
        (await service.Store().HeadAsync(Token)).ShouldBe(head);
        (await service.Store().CheckpointAsync(ConsequenceSubscription.SubscriptionName, Token)).ShouldBeGreaterThanOrEqualTo(head - 3);
    }

    [Fact]
    public async Task Followers_that_do_not_read_hold_neither_memory_nor_connections()
    {
        using var seeds = new SeedFolder();
        await using var service = await TestService.StartAsync(await databases.CreateEmptyAsync(), seeds.Path, null, "--Kestrel:Limits:MinResponseDataRate=");
        const int Followers = 40;
        var text = new string('x', 100_000);
        await service.Store().AppendAsync(
            [new StreamAppend("big", ExpectedVersion.Any, [..Enumerable.Range(0, 200).Select(_ => new EventData(Guid.NewGuid(), "big.v1", Encoding.UTF8.GetBytes($"\"{text}\"")))])],
            AppendMetadata.None,
            Token);
        var head = await service.Store().HeadAsync(Token);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var sockets = new List<TcpClient>();
        try
        {
            for (var i = 0; i < Followers; i++)
            {
                var socket = new TcpClient { ReceiveBufferSize = 4096 };
                sockets.Add(socket);
                await socket.ConnectAsync("127.0.0.1", service.Client.BaseAddress!.Port, Token);
                await socket.GetStream().WriteAsync("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"u8.ToArray(), Token);
                var first = new byte[12];
                await socket.GetStream().ReadExactlyAsync(first, Token);
                Encoding.ASCII.GetString(first).ShouldBe("HTTP/1.1 200");
            }

            // 800 MB are on offer to clients that take nothing of it; the pool has 20 connections.
            await service.RegisterAsync("meanwhile", new { });
            (await service.AskAsync($"/events?after={head}&types=company.registered"))["items"]!.AsArray().Count.ShouldBe(1);
            (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(250_000_000);
        }
        finally
        {
            sockets.ForEach(s => s.Dispose());
        }
    }

    private static async Task<JsonArray> EventsAsync(TestService service, string types, int count)
    {
        using var response = await service.UntilAsync(
            $"/api/v1/events?types={types}", r => JsonNode.Parse(r.Content.ReadAsStream(Token))!["items"]!.AsArray().Count >= count);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!["items"]!.AsArray();
    }

    private static async Task<List<string>> BatchesAsync(TestService service, string path)
    {
        var sequences = new List<string>();
        for (var next = "/api/v1" + path; next is not null;)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, next);
            request.Headers.Accept.ParseAdd("application/cloudevents-batch+json");
            using var response = await service.Client.SendAsync(request, Token);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("application/cloudevents-batch+json");
            long.Parse(response.Headers.GetValues("Log-Position").Single()).ShouldBeGreaterThan(0);
            sequences.AddRange(JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!.AsArray().Select(e => e!["sequence"]!.ToString()));
            next = response.Headers.TryGetValues("Link", out var link) ? link.Single().Split('<', '>')[1] : null;
        }

        return sequences;
    }

    private static async Task<List<string>> LiveAsync(TestService service, string path, int count)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1" + path);
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await service.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        var sequences = new List<string>();
        while (sequences.Count < count)
        {
            if (await lines.ReadLineAsync(Token) is { } line && line.StartsWith("id: ", StringComparison.Ordinal))
            {
                sequences.Add(line[4..]);
            }
        }

        return sequences;
    }
}
