using ComplianceTracker.EmbeddedPostgres;

namespace ComplianceTracker.Api.Hosting;

/// <summary>Runs the service until it is told to stop.</summary>
internal static class ServeCommand
{
    /// <summary>Serves on the database; 0 after an orderly stop, 1 when it could not start or lost its database.</summary>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> hostArguments, RunningPostgres database, Action<string> log, CancellationToken cancellationToken)
    {
        if (Create(database.ConnectionString, hostArguments, log) is not { } created)
        {
            return 1;
        }

        await using var app = created;
        if (Loopback.FirstOutside(app.Configuration) is { } outside)
        {
            log($"Refusing to bind to {outside}: the service has no access control, so it serves this machine alone. Use a loopback address such as {ServiceSettings.DefaultUrls}.");
            return 1;
        }

        var lost = database.Failed.ContinueWith(
            failed =>
            {
                log(failed.Result.Message);
                app.Lifetime.StopApplication();
            },
            TaskScheduler.Default);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e)
        {
            log($"The service cannot listen: {e.Message}");
            return 1;
        }

        Say(app);
        await app.WaitForShutdownAsync(cancellationToken);
        if (Failure(app) is { } failure)
        {
            log($"The service stopped: {failure.Message}");
            return 1;
        }

        return lost.IsCompleted ? 1 : 0;
    }

    private static WebApplication? Create(string connectionString, IReadOnlyList<string> hostArguments, Action<string> log)
    {
        try
        {
            return ServiceHost.Create(new ServiceSettings { ConnectionString = connectionString, HostArguments = hostArguments });
        }
        catch (InvalidOperationException mistake)
        {
            log($"The configuration cannot be: {mistake.Message}");
            return null;
        }
    }

    // The host stops when something that runs beside the requests fails, but does not say so to whoever started it.
    private static Exception? Failure(WebApplication app) => app.Services.GetServices<IHostedService>()
        .OfType<BackgroundService>()
        .Select(s => s.ExecuteTask?.Exception?.InnerException)
        .FirstOrDefault(e => e is not null);

    private static void Say(WebApplication app)
    {
        var url = app.Urls.FirstOrDefault() ?? ServiceSettings.DefaultUrls;
        Console.WriteLine($"""

            ComplianceTracker: what applies to this company on this date, as known then, and why. Facts, not legal advice.

              Swagger UI    {url}/swagger
              A question    {url}/api/v1/companies/sc01-foreign-carmaker/obligations?asOf=2021-10-31&knownOn=2021-10-31
              Ready?        {url}/health/ready

            """);
    }
}
