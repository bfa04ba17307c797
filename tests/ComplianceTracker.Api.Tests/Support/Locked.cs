using Npgsql;

namespace ComplianceTracker.Api.Tests.Support;

/// <summary>A table that nobody else can read or write until this is disposed, and the service's statements that wait for it.</summary>
internal sealed class Locked : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;

    // A transaction sees the server's activity as it was when it first looked: whoever watches needs another session.
    private readonly NpgsqlConnection watcher;

    private Locked(NpgsqlConnection connection, NpgsqlConnection watcher) => (this.connection, this.watcher) = (connection, watcher);

    /// <summary>Locks the table.</summary>
    public static async Task<Locked> TableAsync(string connectionString, string table)
    {
        var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"begin; lock table {table} in access exclusive mode", connection);
        await command.ExecuteNonQueryAsync();
        var watcher = new NpgsqlConnection(connectionString + ";Pooling=false");
        await watcher.OpenAsync();
        return new Locked(connection, watcher);
    }

    /// <summary>Returns once this many statements of the service wait for a lock.</summary>
    public async Task UntilWaitingAsync(int statements)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await WaitingAsync(limit.Token) != statements)
        {
            await Task.Delay(10, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        await watcher.DisposeAsync();
    }

    private async Task<long> WaitingAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'ComplianceTracker' and wait_event_type = 'Lock'",
            watcher);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
