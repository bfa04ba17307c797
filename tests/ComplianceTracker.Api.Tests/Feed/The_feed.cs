using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Feed;

public sealed class The_feed(Databases databases)
{
    [Fact]
    public async Task Pages_through_the_whole_log_once_and_in_order()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        var log = await Recomputed.FromAsync(service.Store());
        var items = new List<JsonNode>();
        for (var next = ""; next is not null;)
        {
            var page = await service.AskAsync($"/events?limit=400{(next.Length > 0 ? $"&cursor={next}" : "")}");
            items.AddRange(page["items"]!.AsArray().Select(i => i!.DeepClone()));
            next = page["next"]?.ToString();
        }

        items.Select(i => long.Parse(i["sequence"]!.ToString())).ShouldBe(log.Events.Select(e => e.Position));
        items.Select(i => i["id"]!.ToString()).ShouldBe(log.Events.Select(e => e.Id.ToString()));
        foreach (var item in items)
        {
            item.AsObject().Select(m => m.Key).ShouldAllBe(name => name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)));
            item["specversion"]!.ToString().ShouldBe("1.0");
            item["datacontenttype"]!.ToString().ShouldBe("application/json");
            Uri.IsWellFormedUriString(item["source"]!.ToString(), UriKind.RelativeOrAbsolute).ShouldBeTrue();
            item["type"]!.ToString().ShouldNotContain(".v");
            item["subject"]!.ToString().ShouldNotBeEmpty();
            DateTimeOffset.Parse(item["time"]!.ToString()).Offset.ShouldBe(TimeSpan.Zero);
        }

        var beyond = await service.AskAsync($"/events?after={log.Head + 1000}");
        beyond["items"]!.AsArray().ShouldBeEmpty();
        beyond["position"]!.GetValue<long>().ShouldBe(log.Head);
        (await service.AskAsync($"/events?after={log.Head - 3}"))["items"]!.AsArray().Count.ShouldBe(3);
        await service.AskAsync("/events?after=-1", 400);
    }

    [Fact]
    public async Task Follows_live_and_resumes_without_a_gap_or_a_repetition_while_many_write()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        var start = await service.Store().HeadAsync(TestContext.Current.CancellationToken);
        var writers = Task.WhenAll(Enumerable.Range(0, 4).Select(async writer =>
        {
            for (var i = 0; i < 25; i++)
            {
                await service.RegisterAsync($"w{writer}-{i}", new { });
            }
        }));
        var seen = new List<long>();

        // The line is cut after every seventeen events and taken up again where it was.
        while (seen.Count < 100)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/events?after={start}");
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
            if (seen.Count > 0)
            {
                request.Headers.Add("Last-Event-ID", $"{seen[^1]}");
            }

            using var response = await service.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
            for (var taken = 0; taken < 17 && seen.Count < 100;)
            {
                if (await lines.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && line.StartsWith("id: ", StringComparison.Ordinal))
                {
                    seen.Add(long.Parse(line[4..]));
                    taken++;
                }
            }
        }

        await writers;
        var log = await Recomputed.FromAsync(service.Store());
        seen.ShouldBe(log.Events.Select(e => e.Position).Where(p => p > start));
    }
}
