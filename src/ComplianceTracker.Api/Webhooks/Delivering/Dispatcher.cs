using System.Collections.Concurrent;
using ComplianceTracker.Api.Hosting;
using ComplianceTracker.Api.Webhooks.Endpoints;
using ComplianceTracker.EventStore.Postgres;
using ComplianceTracker.EventStore.Work;
using Npgsql;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>
/// Sees to it that what is due is delivered: the queue of the engine calls for an endpoint that has something due, and a pump delivers to
/// it. Any number of dispatchers work side by side.
/// </summary>
internal sealed partial class Dispatcher(ServiceSettings service, DeliveryParts parts, IWorkCalls calls, ILoggerFactory loggers) : IWorker
{
    // A service that stops waits no longer for a receiver that does not answer: what it was sent comes again.
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(5);

    // What was said while nobody listened is read by then.
    private static readonly TimeSpan BetweenReloads = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly ILogger logger = loggers.CreateLogger<Dispatcher>();
    private readonly ReportWriter reports = new(parts.Queue, loggers.CreateLogger<ReportWriter>());
    private readonly ConcurrentDictionary<string, EndpointPump> pumps = new(StringComparer.Ordinal);
    private CancellationToken abandoned;

    /// <summary>Delivers until cancelled; then what is under way is finished and given back.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var writing = reports.RunAsync();
        using var abandon = new CancellationTokenSource();
        abandoned = abandon.Token;
        await using (stop.Register(() => abandon.CancelAfter(LongestFarewell)))
        {
            await Task.WhenAll(calls.RunAsync(this, stop), FollowEndpointsAsync(stop));
        }

        reports.Complete();
        await writing;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, TimeSpan>> DueAsync(IReadOnlyCollection<string>? among, CancellationToken cancellationToken)
    {
        var asked = among is null ? parts.Endpoints.All : [..among.Select(parts.Endpoints.Find).OfType<WebhookEndpoint>()];
        return parts.Queue.DueAsync(
            [..asked.Where(e => e.State != EndpointState.Pending).Select(e => (e.Id, e.State is EndpointState.Disabled or EndpointState.Paused))],
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task WorkAsync(string key, CancellationToken stop)
    {
        var pump = pumps[key] = new EndpointPump(key, parts, reports);
        try
        {
            await pump.RunAsync(stop, abandoned);
        }
        finally
        {
            pumps.TryRemove(key, out _);
        }
    }

    /// <inheritdoc/>
    public void Wake(string key) => pumps.GetValueOrDefault(key)?.Wake();

    /// <inheritdoc/>
    public void Failed(string? key, Exception failure)
    {
        if (key is null)
        {
            LogFailure(logger, failure.Message);
        }
        else
        {
            // What it held comes free when the leases end.
            LogPump(logger, failure, key);
        }
    }

    // An endpoint that came, was enabled or is wanted otherwise may have something due that no call told of.
    private async Task FollowEndpointsAsync(CancellationToken stop)
    {
        await using var signal = new DatabaseSignal(service.ConnectionString, EndpointStore.Channel);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var word = signal.Next;
                await parts.Endpoints.ReloadAsync(stop);
                calls.Look();
                await DatabaseSignal.WaitAsync(word, BetweenReloads, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or InvalidOperationException or IOException)
            {
                LogFailure(logger, e.Message);
                await Task.Delay(AfterFailure, parts.Clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is due cannot be read: {Reason}")]
    private static partial void LogFailure(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Delivering to {Endpoint} was interrupted and goes on by itself")]
    private static partial void LogPump(ILogger logger, Exception e, string endpoint);
}
