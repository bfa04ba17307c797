using ComplianceTracker.Api.Health;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>Delivers for as long as the service runs, and trims what is old.</summary>
internal sealed partial class DispatcherService(
    Dispatcher dispatcher, DeliveryLog log, Readiness readiness, WebhookSettings settings, TimeProvider clock, ILogger<DispatcherService> logger) : BackgroundService
{
    private static readonly TimeSpan BetweenTrims = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.Dispatch)
        {
            return;
        }

        await readiness.WaitMigratedAsync(stoppingToken);
        await Task.WhenAll(dispatcher.RunAsync(stoppingToken), TrimAsync(stoppingToken));
    }

    private async Task TrimAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(BetweenTrims, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TrimOnceAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private async Task TrimOnceAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await log.TrimAsync(settings.AttemptRetention, stoppingToken) > 0)
            {
            }
        }
        catch (Exception e) when (e is Npgsql.NpgsqlException or TimeoutException)
        {
            LogFailure(logger, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old deliveries could not be trimmed; it is tried again in an hour: {Reason}")]
    private static partial void LogFailure(ILogger logger, string reason);
}
