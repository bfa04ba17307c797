using ComplianceTracker.Api.Storage;
using ComplianceTracker.EmbeddedPostgres;
using ComplianceTracker.EventStore;
using Npgsql;

namespace ComplianceTracker.Api.Hosting;

/// <summary>What a command works with: the service's parts on its database and its engine, not started.</summary>
internal static class CommandHost
{
    /// <summary>Puts the parts together and brings the database to this release.</summary>
    /// <param name="database">The database.</param>
    /// <param name="hostArguments">As for the service; <c>--engine</c> among them.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<WebApplication> OpenAsync(RunningPostgres database, IReadOnlyList<string> hostArguments, CancellationToken cancellationToken)
    {
        var app = ServiceHost.Create(new ServiceSettings
        {
            ConnectionString = database.ConnectionString,
            Seeds = null,
            HostArguments = hostArguments,
            IsNode = false,
        });
        await app.Services.GetRequiredService<IEventStore>().MigrateAsync(cancellationToken);
        await ReadModels.CreateAsync(app.Services.GetRequiredService<NpgsqlDataSource>(), cancellationToken);
        return app;
    }
}
