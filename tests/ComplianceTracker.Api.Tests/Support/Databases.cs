using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.EmbeddedPostgres;
using Npgsql;

[assembly: AssemblyFixture(typeof(Databases))]

namespace ComplianceTracker.Api.Tests.Support;

/// <summary>One throw-away PostgreSQL server for the run, with a database that holds the seeds, to be copied.</summary>
public sealed class Databases : IAsyncLifetime
{
    private readonly Lazy<Task<string>> seeded;
    private RunningPostgres? server;

    public Databases() => seeded = new(SeedAsync);

    public async ValueTask InitializeAsync() =>
        server = await PostgresServer.StartAsync(new PostgresServerOptions { Throwaway = true });

    /// <summary>The connection string of a new database that holds the seeds, projected.</summary>
    public async Task<string> CopySeededAsync() => await CreateAsync(await seeded.Value);

    /// <summary>The connection string of a new, empty database.</summary>
    public Task<string> CreateEmptyAsync() => CreateAsync("template0");

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }

    private async Task<string> SeedAsync()
    {
        var connectionString = await CreateEmptyAsync();
        await using (await TestService.StartAsync(connectionString))
        {
        }

        NpgsqlConnection.ClearAllPools();
        return new NpgsqlConnectionStringBuilder(connectionString).Database!;
    }

    private async Task<string> CreateAsync(string template)
    {
        var name = $"test_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(server!.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"create database {name} template {template} strategy file_copy", connection);
        await create.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name, MaxPoolSize = 20 }.ConnectionString;
    }
}
