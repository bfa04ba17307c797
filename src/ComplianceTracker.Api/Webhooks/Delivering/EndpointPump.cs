using System.Globalization;
using ComplianceTracker.Api.Feed;
using ComplianceTracker.Api.Webhooks.Endpoints;
using ComplianceTracker.Api.Webhooks.Outbound;
using ComplianceTracker.EventStore.Work;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>
/// Delivers to one endpoint for as long as something is due: takes lanes as there are places, sends what they hold one after the other,
/// and gives them back. Of a failing endpoint one lane is tried at a time.
/// </summary>
internal sealed class EndpointPump(string id, DeliveryParts parts, ReportWriter reports)
{
    // Deliveries of one lane between two commits: what a crash sends again at most, lane by lane.
    private const int DeliveriesAtOnce = 16;

    // Characters of answers that one lane keeps until they are stored.
    private const int MostKept = 100_000;
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    // The endpoint is disabled long before that; if whoever was to do so died, one more attempt finds out the same.
    private static readonly TimeSpan AfterTheLast = TimeSpan.FromMinutes(1);

    private readonly EndpointDirectory endpoints = parts.Endpoints;
    private readonly WebhookSettings settings = parts.Settings;
    private readonly TimeProvider clock = parts.Clock;
    private readonly HashSet<Task> underWay = [];
    private TaskCompletionSource wake = NewWake();

    /// <summary>Something may have become due.</summary>
    public void Wake() => Volatile.Read(ref wake).TrySetResult();

    /// <summary>Delivers until nothing is due or under way.</summary>
    /// <param name="stop">Begin nothing more.</param>
    /// <param name="abandon">Give up what is under way: it is sent again later.</param>
    /// <exception cref="WorkFailedException">A delivery could not even be tried.</exception>
    public async Task RunAsync(CancellationToken stop, CancellationToken abandon)
    {
        try
        {
            while (!stop.IsCancellationRequested && endpoints.Find(id) is { } endpoint)
            {
                Volatile.Write(ref wake, NewWake());
                var woken = wake.Task;
                var (places, hold) = await PlacesAsync(endpoint, stop);
                var taken = places > 0 ? await TakeAsync(endpoint, places, OnlyAsked(endpoint) || hold > TimeSpan.Zero, stop) : [];
                foreach (var lane in taken)
                {
                    underWay.Add(Task.Run(() => DeliverAsync(endpoint, lane, stop, abandon), CancellationToken.None));
                }

                if (underWay.Count == 0)
                {
                    return;
                }

                // As many as were asked for: there may be more.
                if (taken.Count < places || places == 0)
                {
                    await Task.WhenAny([woken, ..underWay]);
                }

                await ReapAsync();
            }
        }
        finally
        {
            await Task.WhenAll(underWay).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static bool OnlyAsked(WebhookEndpoint endpoint) => endpoint.State is EndpointState.Disabled or EndpointState.Paused;

    private async Task ReapAsync()
    {
        foreach (var done in underWay.Where(t => t.IsCompleted).ToList())
        {
            underWay.Remove(done);
            await done;
        }
    }

    // What somebody asked for goes out though the endpoint is held: it is tried once, and somebody waits for the outcome.
    private async Task<(int Places, TimeSpan Hold)> PlacesAsync(WebhookEndpoint endpoint, CancellationToken stop)
    {
        if (endpoint.State == EndpointState.Pending)
        {
            return (0, TimeSpan.Zero);
        }

        var (failures, hold) = await parts.Health.ReadAsync(id, stop);
        var limit = failures >= settings.FailuresToTrip || endpoint.State == EndpointState.Failing ? 1 : settings.Concurrency;
        return (Math.Max(0, limit - underWay.Count), OnlyAsked(endpoint) ? TimeSpan.Zero : hold);
    }

    private Task<IReadOnlyList<TakenLane>> TakeAsync(WebhookEndpoint endpoint, int places, bool onlyAsked, CancellationToken stop) =>
        parts.Queue.TakeAsync(
            id, onlyAsked, places, endpoint.RateLimit is { } limit ? Math.Min(limit, DeliveriesAtOnce) : DeliveriesAtOnce, settings.Lease, stop);

    private async Task DeliverAsync(WebhookEndpoint endpoint, TakenLane lane, CancellationToken stop, CancellationToken abandon)
    {
        var attempts = new List<AttemptReport>(lane.Deliveries.Count);
        var pause = TimeSpan.Zero;
        var kept = 0;
        WorkFailedException? failure = null;
        var position = 0L;
        try
        {
            foreach (var delivery in lane.Deliveries)
            {
                position = delivery.Position;

                // The lease must outlast the attempt: whoever was held up for longer sends nothing that another may be sending.
                if (kept > MostKept || stop.IsCancellationRequested || !await MaySendAsync(endpoint, lane, stop))
                {
                    break;
                }

                var exchange = await SendAsync(endpoint, delivery, abandon);
                parts.Telemetry.Attempted(exchange);
                var report = Judge(delivery, exchange);
                attempts.Add(report.Attempt);
                kept += exchange.Headers.Length + exchange.Body.Length;
                if (report.Attempt.State == DeliveryState.Pending)
                {
                    pause = report.Pause;
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What was not sent goes out when the service is back, or from another one.
        }
        catch (Exception e)
        {
            // Ours, not the endpoint's: what was sent is reported all the same, and the rest is tried again soon.
            (failure, pause) = (new WorkFailedException(position, $"A delivery could not be made: {e.Message}", e), AfterFailure);
        }

        if (attempts.Count == 0 && pause == TimeSpan.Zero && !stop.IsCancellationRequested && endpoint.RateLimit is not null)
        {
            pause = AfterFailure;
        }

        // Refused by the database: the lane comes back by itself, and what was sent is sent again.
        var held = await reports.WriteAsync(new LaneReport(lane, attempts, pause, !endpoint.Ordered));
        if (held && attempts.Count > 0)
        {
            await parts.Judge.JudgeAsync(endpoint, attempts, stop);
        }

        if (failure is not null)
        {
            throw failure;
        }
    }

    private (AttemptReport Attempt, TimeSpan Pause) Judge(TakenDelivery delivery, Exchange exchange)
    {
        if (exchange.Succeeded)
        {
            return (new AttemptReport(delivery, exchange, DeliveryState.Delivered), TimeSpan.Zero);
        }

        if (delivery.Kind != DeliveryKind.Event)
        {
            return (new AttemptReport(delivery, exchange, DeliveryState.Failed), TimeSpan.Zero);
        }

        // After the last attempt it stays where it is: the endpoint is disabled, and whoever enables it again loses nothing.
        var pause = RetrySchedule.Next(settings, delivery.Attempts + 1, exchange, Random.Shared.NextDouble());
        return (new AttemptReport(delivery, exchange, DeliveryState.Pending), pause ?? AfterTheLast);
    }

    private async Task<bool> MaySendAsync(WebhookEndpoint endpoint, TakenLane lane, CancellationToken stop)
    {
        if (endpoint.RateLimit is { } limit)
        {
            var left = TimeSpan.FromSeconds((lane.Until - clock.GetTimestamp()) / (double)clock.TimestampFrequency) - settings.Deadline;
            if (left <= TimeSpan.Zero || await parts.Health.ReserveAsync(id, limit, left, stop) is not { } wait)
            {
                return false;
            }

            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, clock, stop);
            }
        }

        return clock.GetTimestamp() + (long)(settings.Deadline.TotalSeconds * clock.TimestampFrequency) <= lane.Until
            && endpoints.Find(id) is { } now
            && now.Version == endpoint.Version;
    }

    private async Task<Exchange> SendAsync(WebhookEndpoint endpoint, TakenDelivery delivery, CancellationToken abandon)
    {
        if (delivery.Body is { } body)
        {
            return await parts.Sender.SendAsync(endpoint, new WebhookMessage(delivery.EventId.ToString(), body, null), settings.Deadline, abandon);
        }

        var e = await parts.Events.AtAsync(delivery.Position, abandon);
        var rendered = parts.CloudEvents.RenderDelivered(e, delivery.Sequence?.ToString(CultureInfo.InvariantCulture) ?? "0");
        return await parts.Sender.SendAsync(endpoint, new WebhookMessage(e.Id.ToString(), rendered, CloudEvents.TraceParentOf(e)), settings.Deadline, abandon);
    }
}
