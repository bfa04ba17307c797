using ComplianceTracker.EmbeddedPostgres;
using ComplianceTracker.EventStore.Postgres;
using Npgsql;

namespace ComplianceTracker.Benchmarks;

/// <summary>
/// A PostgreSQL cluster of the run's own, in a temporary directory and as durable as a real one (throw-away clusters leave out
/// the flush that every commit waits for), removed at the end.
/// </summary>
internal sealed class DurableDatabase : IAsyncDisposable
{
    private static readonly string[] Settings =
    [
        "server_version", "fsync", "synchronous_commit", "full_page_writes", "wal_sync_method", "wal_level", "shared_buffers", "max_wal_size",
    ];

    private readonly string directory;
    private readonly RunningPostgres server;

    private DurableDatabase(string directory, RunningPostgres server) => (this.directory, this.server) = (directory, server);

    public string ConnectionString => server.ConnectionString;

    public static async Task<DurableDatabase> StartAsync()
    {
        var directory = Path.Combine(Path.GetTempPath(), $"ct-benchmark-{Guid.NewGuid():N}");
        try
        {
            var server = await PostgresServer.StartAsync(new PostgresServerOptions { DataDirectory = directory });
            return new DurableDatabase(directory, server);
        }
        catch
        {
            Remove(directory);
            throw;
        }
    }

    /// <summary>A migrated store in a schema of its own.</summary>
    public async Task<PostgresEventStore> OpenStoreAsync(string schema)
    {
        var store = new PostgresEventStore(
            new PostgresEventStoreOptions { ConnectionString = ConnectionString, Schema = schema }, TimeProvider.System);
        await store.MigrateAsync();
        return store;
    }

    /// <summary>The connection string of a new, empty database.</summary>
    public async Task<string> CreateAsync()
    {
        var name = $"benchmark_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"create database {name}", connection);
        await create.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ConnectionString;
    }

    public async Task PrintSettingsAsync()
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        var values = new List<string>();
        foreach (var setting in Settings)
        {
            await using var show = new NpgsqlCommand($"show {setting}", connection);
            values.Add($"{setting} {await show.ExecuteScalarAsync()}");
        }

        Console.WriteLine($"PostgreSQL: {string.Join(", ", values)}");
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await server.DisposeAsync();
        Remove(directory);
    }

    private static void Remove(string directory)
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
