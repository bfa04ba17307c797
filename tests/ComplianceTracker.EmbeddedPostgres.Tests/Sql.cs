using Npgsql;

namespace ComplianceTracker.EmbeddedPostgres.Tests;

/// <summary>One statement on a connection of its own.</summary>
internal static class Sql
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<object?> AskAsync(string connectionString, string sql, CancellationToken cancellationToken)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        await using var connection = new NpgsqlConnection(builder.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <summary>Asks until the server answers, at most as long as a recovery may take.</summary>
    public static async Task<object?> AskUntilAnsweredAsync(string connectionString, string sql, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        while (true)
        {
            try
            {
                return await AskAsync(connectionString, sql, limit.Token);
            }
            catch (NpgsqlException) when (!limit.IsCancellationRequested)
            {
                await Task.Delay(50, limit.Token);
            }
        }
    }
}
