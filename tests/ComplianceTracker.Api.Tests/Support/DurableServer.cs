using ComplianceTracker.EmbeddedPostgres;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Support;

/// <summary>A durable PostgreSQL server: the program as users start it refuses one that may lose what it acknowledged.</summary>
public sealed class DurableServer : IAsyncLifetime
{
    private readonly DataFolder folder = new();
    private RunningPostgres? server;

    public string DataDirectory => folder.Path;

    /// <summary>The server seen from outside.</summary>
    internal PrivateServer Server => new(folder.Path);

    public async ValueTask InitializeAsync() =>
        server = await PostgresServer.StartAsync(new PostgresServerOptions { DataDirectory = folder.Path });

    /// <summary>The connection string of a new, empty database.</summary>
    public async Task<string> CreateAsync()
    {
        var name = $"test_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(server!.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"create database {name} template template0", connection);
        await create.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name, MaxPoolSize = 20 }.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        folder.Dispose();
    }
}

/// <summary>A data directory that an unprivileged server can reach also when root runs the tests; deleted when disposed.</summary>
public sealed class DataFolder : IDisposable
{
    public string Path { get; } = Directory.CreateDirectory(
        System.IO.Path.Combine(System.IO.Path.GetTempPath(), "ct-data-" + System.IO.Path.GetRandomFileName())).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
