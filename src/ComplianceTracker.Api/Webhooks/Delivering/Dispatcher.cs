using ComplianceTracker.Api.Hosting;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Webhooks.Endpoints;
using Npgsql;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>
/// Sees to it that what is due is delivered: looks for endpoints that have something due, when it hears of something new, when the next
/// retry is due and now and then anyway, and keeps a pump for each of them. Any number of dispatchers work side by side.
/// </summary>
internal sealed partial class Dispatcher(
    ServiceSettings service, DeliveryParts parts, ILoggerFactory loggers)
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(5);

    // A service that stops waits no longer for a receiver that does not answer: what it was sent comes again.
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(5);

    // What was said while nobody listened is read by then.
    private static readonly TimeSpan BetweenReloads = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly TimeProvider clock = parts.Clock;
    private readonly ILogger logger = loggers.CreateLogger<Dispatcher>();
    private readonly Dictionary<string, (EndpointPump Pump, Task Running)> pumps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> heldUntil = new(StringComparer.Ordinal);

    /// <summary>Delivers until cancelled; then what is under way is finished and given back.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await using var signal = new DatabaseSignal(service.ConnectionString, PostgresDeliveryQueue.Channel, EndpointStore.Channel);
        var reports = new ReportWriter(parts.Queue, loggers.CreateLogger<ReportWriter>());
        var writing = reports.RunAsync();
        using var abandon = new CancellationTokenSource();
        await using var stopping = stop.Register(() => abandon.CancelAfter(LongestFarewell));
        var (known, reloaded) = (-1L, clock.GetTimestamp());
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var word = signal.Next;
                if (signal.Heard(EndpointStore.Channel) is var heard && (heard != known || clock.GetElapsedTime(reloaded) > BetweenReloads))
                {
                    await parts.Endpoints.ReloadAsync(stop);
                    (known, reloaded) = (heard, clock.GetTimestamp());
                }

                var next = await StartAsync(reports, stop, abandon.Token);
                await Task.WhenAny([DatabaseSignal.WaitAsync(word, next < LongestSleep ? next : LongestSleep, stop), ..pumps.Values.Select(p => p.Running)]);
                await ReapAsync();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or InvalidOperationException or IOException)
            {
                LogFailure(logger, e.Message);
                await Task.Delay(AfterFailure, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await Task.WhenAll(pumps.Values.Select(p => p.Running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        reports.Complete();
        await writing;
    }

    // Starts or wakes a pump for every endpoint that has something due; until when nothing else will be.
    private async Task<TimeSpan> StartAsync(ReportWriter reports, CancellationToken stop, CancellationToken abandon)
    {
        var now = clock.GetTimestamp();
        var able = parts.Endpoints.All.Where(e => e.State != EndpointState.Pending).ToList();
        var due = await parts.Queue.DueAsync(
            [..able.Select(e => (e.Id, e.State is EndpointState.Disabled or EndpointState.Paused || heldUntil.GetValueOrDefault(e.Id) > now))], stop);
        var next = LongestSleep;
        foreach (var (id, wait) in due)
        {
            if (wait > TimeSpan.Zero)
            {
                next = wait < next ? wait : next;
            }
            else if (pumps.TryGetValue(id, out var running))
            {
                running.Pump.Wake();
            }
            else
            {
                var pump = new EndpointPump(id, parts, reports);
                pumps[id] = (pump, Task.Run(() => pump.RunAsync(stop, abandon), CancellationToken.None));
            }
        }

        foreach (var until in heldUntil.Values.Where(until => until > now))
        {
            var left = TimeSpan.FromSeconds((until - now) / (double)clock.TimestampFrequency);
            next = left < next ? left : next;
        }

        return next;
    }

    private async Task ReapAsync()
    {
        foreach (var (id, (_, running)) in pumps.Where(p => p.Value.Running.IsCompleted).ToList())
        {
            pumps.Remove(id);
            try
            {
                await running;
                heldUntil.Remove(id);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // What it held comes free when the leases end.
                LogPump(logger, e, id);
                heldUntil[id] = clock.GetTimestamp() + (long)(AfterFailure.TotalSeconds * clock.TimestampFrequency);
            }
            catch (OperationCanceledException)
            {
                // The service stops.
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is due cannot be read: {Reason}")]
    private static partial void LogFailure(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Delivering to {Endpoint} was interrupted and goes on by itself")]
    private static partial void LogPump(ILogger logger, Exception e, string endpoint);
}
