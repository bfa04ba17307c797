using ComplianceTracker.EmbeddedPostgres;
using Npgsql;

namespace ComplianceTracker.Testing;

/// <summary>
/// A PostgreSQL server of this test run's own, on loopback and a free port, that may lose everything, deleted when disposed;
/// found or installed as the product does it.
/// </summary>
public sealed class ThrowAwayPostgres : IAsyncDisposable
{
    private readonly RunningPostgres server;

    private ThrowAwayPostgres(RunningPostgres server) => this.server = server;

    /// <summary>Starts the server; it accepts connections when this returns.</summary>
    public static async Task<ThrowAwayPostgres> StartAsync() =>
        new(await PostgresServer.StartAsync(new PostgresServerOptions { Throwaway = true }));

    /// <summary>The connection string of a new database with a name of its own.</summary>
    /// <param name="template">The database to copy, which nobody may be connected to; null for an empty one.</param>
    public async Task<string> CreateDatabaseAsync(string? template = null)
    {
        var name = $"test_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"create database {name} template {template ?? "template0"} strategy file_copy", connection);
        await create.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>Stops the server and deletes its files.</summary>
    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await server.DisposeAsync();
    }
}
