using ComplianceTracker.Api.Consequences;
using ComplianceTracker.Api.Health;
using ComplianceTracker.Api.Importing;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.EventStore;
using Npgsql;

namespace ComplianceTracker.Api.Hosting;

/// <summary>
/// What runs beside the requests, in order: migrations, then the projections, and the first import while they run; then the clock. The service
/// answers meanwhile; <c>/health/ready</c> says how far it is.
/// </summary>
internal sealed partial class StartUp(
    IEventStore store,
    NpgsqlDataSource database,
    IEnumerable<ISubscription> subscriptions,
    FirstImport firstImport,
    DurableClock clock,
    Readiness readiness,
    ILogger<StartUp> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await RetryAsync(
            async () =>
            {
                await store.MigrateAsync(stoppingToken);
                await ReadModels.CreateAsync(database, stoppingToken);
            },
            stoppingToken);
        readiness.Migrated();
        var running = subscriptions.Select(s => store.RunSubscriptionAsync(s, stoppingToken)).ToList();
        await RetryAsync(
            async () =>
            {
                // Ready is who tells what follows, and that is counted from the clock's first event on.
                var through = await firstImport.RunAsync(stoppingToken);
                await clock.BeginAsync(stoppingToken);
                readiness.Imported(through);
            },
            stoppingToken);
        running.Add(clock.RunAsync(stoppingToken));
        LogReady(logger);
        await Task.WhenAll(running);
    }

    // The database may be restarting. What cannot be mended by waiting (a newer schema) ends the service.
    private async Task RetryAsync(Func<Task> step, CancellationToken stoppingToken)
    {
        for (var pause = TimeSpan.FromMilliseconds(200); ; pause = TimeSpan.FromSeconds(Math.Min(pause.TotalSeconds * 2, 5)))
        {
            try
            {
                await step();
                return;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException && !stoppingToken.IsCancellationRequested)
            {
                LogRetry(logger, e.Message);
                await Task.Delay(pause, stoppingToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Ready")]
    private static partial void LogReady(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database does not answer yet: {Reason}")]
    private static partial void LogRetry(ILogger logger, string reason);
}
