using ComplianceTracker.EventStore.Postgres;
using ComplianceTracker.EventStore.Tests;
using ComplianceTracker.Testing;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace ComplianceTracker.EventStore.Tests;

/// <summary>One server for the run, with a migrated database to copy.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private ThrowAwayPostgres? server;
    private string? template;

    public async ValueTask InitializeAsync()
    {
        server = await ThrowAwayPostgres.StartAsync();
        var connectionString = await server.CreateDatabaseAsync();
        await using var store = Open(connectionString);
        await store.MigrateAsync();
        template = new NpgsqlConnectionStringBuilder(connectionString).Database;
    }

    /// <summary>A database of the test's own that is migrated already.</summary>
    public Task<string> CreateMigratedAsync() => server!.CreateDatabaseAsync(template);

    public Task<string> CreateEmptyAsync() => server!.CreateDatabaseAsync();

    public static PostgresEventStore Open(
        string connectionString, string schema = "public", TimeSpan? pollInterval = null, TimeSpan? leaseTimeout = null,
        TimeProvider? clock = null) =>
        new(
            new PostgresEventStoreOptions
            {
                ConnectionString = connectionString,
                Schema = schema,
                ThrowAwayDatabase = true,
                PollInterval = pollInterval ?? TimeSpan.FromMilliseconds(500),
                LeaseTimeout = leaseTimeout ?? TimeSpan.FromSeconds(1),
                Retries = new() { FirstPause = TimeSpan.FromMilliseconds(10) },
            },
            clock ?? TimeProvider.System);

    public ValueTask DisposeAsync() => server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
