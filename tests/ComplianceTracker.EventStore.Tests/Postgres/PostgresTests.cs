using ComplianceTracker.EventStore.Postgres;
using Npgsql;

namespace ComplianceTracker.EventStore.Tests.Postgres;

/// <summary>A migrated database and a store on it, for what only PostgreSQL has.</summary>
public abstract class PostgresTests(PostgresServer server) : IAsyncLifetime
{
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected static TimeSpan Patience { get; } = TimeSpan.FromSeconds(10);

    protected PostgresServer Server { get; } = server;

    protected string ConnectionString { get; private set; } = "";

    protected PostgresEventStore Store { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        ConnectionString = await Server.CreateMigratedAsync();
        Store = PostgresServer.Open(ConnectionString);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Store.DisposeAsync();
    }

    protected async Task<AppendResult.Appended> AppendAsync(string stream, ExpectedVersion? expected = null) =>
        (await Store.AppendAsync(
            [new StreamAppend(stream, expected ?? ExpectedVersion.Any, [new EventData(Guid.NewGuid(), "thing.happened.v1", "{}"u8.ToArray())])],
            AppendMetadata.None,
            Cancel)).ShouldBeOfType<AppendResult.Appended>();

    protected async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        return connection;
    }

    protected static async Task<T?> ScalarAsync<T>(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancel) is T value ? value : default;
    }
}
