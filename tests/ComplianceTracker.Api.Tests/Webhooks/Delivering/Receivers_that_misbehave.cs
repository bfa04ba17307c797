using System.Globalization;
using System.Text;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Api.Tests.Webhooks.Support;
using ComplianceTracker.Api.Webhooks.Delivering;
using ComplianceTracker.Api.Webhooks.Outbound;

namespace ComplianceTracker.Api.Tests.Webhooks.Delivering;

public sealed class Receivers_that_misbehave(Databases databases)
{
    [Fact]
    public async Task Are_cut_at_the_deadline_while_others_get_theirs()
    {
        await using var service = await StartAsync("--Webhooks:Deadline=00:00:00.500", "--Webhooks:Lease=00:00:02", "--Webhooks:Schedule:1=00:10:00");
        await using var good = await Receiver.StartAsync();
        await using var silent = await Receiver.StartAsync();
        await using var dripping = await Receiver.StartAsync();
        await using var endless = await Receiver.StartAsync();
        silent.Handles = (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        dripping.Handles = (context, _) => WriteAsync(context, 1, TimeSpan.FromMilliseconds(100));
        endless.Handles = (context, _) => WriteAsync(context, 64 * 1024, TimeSpan.Zero);
        var ids = new Dictionary<string, string>();
        foreach (var (name, receiver) in new[] { ("silent", silent), ("dripping", dripping), ("endless", endless), ("good", good) })
        {
            ids[name] = await service.AddEndpointAsync(receiver.Url);
        }

        await service.RecordAsync("cn-pipl", 1, 2, 3);

        (await good.UntilDeliveredAsync(3)).Numbers().ShouldBe([1, 2, 3]);
        foreach (var name in new[] { "silent", "dripping" })
        {
            var first = (await service.DeliveriesAsync(ids[name], items => items[^1]!["lastAttempt"] is not null))[^1]!;
            ((string)first["state"]!).ShouldBe("pending");
            ((string)first["lastAttempt"]!["error"]!).ShouldContain("within 0.5 s");
            first["lastAttempt"]!["durationMs"]!.GetValue<double>().ShouldBeInRange(450, 5000);
        }

        var read = (await service.DeliveriesAsync(ids["endless"], items => items.All(i => (string)i!["state"]! == "delivered")))[0]!["lastAttempt"]!;
        ((string)read["body"]!).Length.ShouldBeLessThanOrEqualTo(20_480);
    }

    [Theory]
    [InlineData(429, null, 5)]
    [InlineData(502, null, 5)]
    [InlineData(504, 0, 5)]
    [InlineData(504, 60, 60)]
    [InlineData(503, 60, 60)]
    [InlineData(500, null, null)]
    [InlineData(400, 60, null)]
    [InlineData(null, null, null)]
    public void Rest_as_a_whole_where_their_answer_says_that_they_have_too_much_to_do(int? status, int? retryAfter, int? rest)
    {
        var exchange = new Exchange(DateTimeOffset.UnixEpoch, TimeSpan.Zero, status, "", "", null, retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null);

        RetrySchedule.Asked(new WebhookSettings(), exchange).ShouldBe(rest is { } expected ? TimeSpan.FromSeconds(expected) : (TimeSpan?)null);
    }

    [Theory]
    [InlineData(410, 1)]
    [InlineData(500, 4)]
    public void Are_not_tried_again_when_they_are_gone_or_after_the_last_attempt(int status, int attempts)
    {
        var settings = new WebhookSettings { Schedule = [.. Enumerable.Repeat(TimeSpan.FromSeconds(1), 4)] };
        var exchange = new Exchange(DateTimeOffset.UnixEpoch, TimeSpan.Zero, status, "", "", null, TimeSpan.FromSeconds(60));

        RetrySchedule.Next(settings, attempts, exchange, 0.5).ShouldBeNull();
    }

    [Fact]
    public async Task Are_left_alone_for_as_long_as_they_ask_within_reason()
    {
        await using var service = await StartAsync("--Webhooks:Schedule:1=00:00:00.050", "--Webhooks:LongestRetryAfter=00:00:02");
        var date = DateTime.UtcNow.AddSeconds(3).ToString("R", CultureInfo.InvariantCulture);
        (string Asked, double Least, double Most)[] cases =
        [
            ("1", 1, 2), (date, 0, 2), ("-5", 0, 1), ("soon", 0, 1), ("99999999999999999999", 0, 2), ("86400", 2, 2), ("Fri, 31 Dec 9999 23:59:59 GMT", 2, 2),
        ];
        var asking = new List<(Receiver Receiver, string Endpoint)>();
        foreach (var (asked, _, _) in cases)
        {
            var receiver = await Receiver.StartAsync();
            receiver.Answers = _ => receiver.Deliveries.Count == 1 ? new ReceiverAnswer(429, "", ("Retry-After", asked)) : new ReceiverAnswer(200);
            asking.Add((receiver, await service.AddEndpointAsync(receiver.Url)));
        }

        await service.RecordAsync("cn-pipl", 1);

        foreach (var ((asked, least, most), (receiver, endpoint)) in cases.Zip(asking))
        {
            await receiver.UntilDeliveredAsync(2);

            // As the log has it: by the clock of the one that waits, not of the one that watches.
            var id = (string)(await service.DeliveriesAsync(endpoint, items => items.All(d => (string)d!["state"]! == "delivered"))).Single()!["id"]!;
            var attempts = (await service.GetAsync($"/webhooks/endpoints/{endpoint}/deliveries/{id}"))["attemptLog"]!.AsArray();
            var pause = (attempts[0]!["at"]!.GetValue<DateTimeOffset>() - attempts[1]!["at"]!.GetValue<DateTimeOffset>()).TotalSeconds;
            pause.ShouldBeGreaterThanOrEqualTo(least, asked);
            pause.ShouldBeLessThan(most + 10, $"{asked}: a slow machine adds seconds, an unheeded cap would add years");
            await receiver.DisposeAsync();
        }
    }

    [Fact]
    public async Task Are_sent_again_at_once_what_met_a_connection_that_they_had_closed()
    {
        await using var service = await StartAsync("--Webhooks:Schedule:1=00:10:00");
        await using var receiver = await Receiver.StartAsync();
        receiver.Handles = async (context, request) =>
        {
            context.Response.StatusCode = 204;
            if (request.IsDelivery && request.Number() == 2 && receiver.Deliveries.Count(d => d.Number() == 2) == 1)
            {
                context.Abort();
                return;
            }

            await context.Response.CompleteAsync();
        };
        var endpoint = await service.AddEndpointAsync(receiver.Url);
        await service.RecordAsync("cn-pipl", 1, 2, 3);

        (await receiver.UntilDeliveredAsync(4)).Numbers().ShouldBe([1, 2, 2, 3]);
        (await service.DeliveriesAsync(endpoint, items => items.All(d => (string)d!["state"]! == "delivered")))
            .ShouldAllBe(d => d!["attempts"]!.GetValue<int>() == 1);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Are_not_followed_elsewhere(int status)
    {
        await using var service = await StartAsync("--Webhooks:Schedule:1=00:00:00.050");
        await using var receiver = await Receiver.StartAsync();
        await using var elsewhere = await Receiver.StartAsync();
        receiver.Answers = _ => new ReceiverAnswer(receiver.Deliveries.Count == 1 ? status : 200, "", ("Location", elsewhere.Url.ToString()));
        await service.AddEndpointAsync(receiver.Url);
        await service.RecordAsync("cn-pipl", 1);

        (await receiver.UntilDeliveredAsync(2)).Numbers().ShouldBe([1, 1]);
        elsewhere.Connections.ShouldBe(0);
    }

    private static async Task WriteAsync(Microsoft.AspNetCore.Http.HttpContext context, int bytes, TimeSpan pause)
    {
        var some = Encoding.ASCII.GetBytes(new string('x', bytes));
        try
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(some, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(pause, context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // It was cut.
        }
    }

    private async Task<TestService> StartAsync(params string[] settings) => await TestService.StartAsync(
        await databases.CopySeededAsync(), settings: [Receiver.Allowed, "--Webhooks:Schedule:0=00:00:00", "--Webhooks:Schedule:2=00:10:00", "--Webhooks:FailuresToTrip=100", .. settings]);
}
