using Npgsql;

namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>The database in a cluster of our own.</summary>
internal static class Database
{
    /// <summary>Creates the database when it is absent and returns the connection string to it.</summary>
    public static async Task<string> EnsureAsync(int port, string password, string name, CancellationToken cancellationToken)
    {
        var builder = Reach(port, password, "postgres");
        builder.Pooling = false;
        await using (var connection = new NpgsqlConnection(builder.ConnectionString))
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection);
            exists.Parameters.Add(new NpgsqlParameter { Value = name });
            if (await exists.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is null)
            {
                var quoted = "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
#pragma warning disable CA2100 // A database name cannot be a parameter; it is quoted.
                await using var create = new NpgsqlCommand("CREATE DATABASE " + quoted, connection);
#pragma warning restore CA2100
                await create.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        return Reach(port, password, name).ConnectionString;
    }

    /// <summary>How to reach a database of a private cluster.</summary>
    public static NpgsqlConnectionStringBuilder Reach(int port, string password, string name) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        Username = ClusterIdentity.UserName,
        Password = password,
        Database = name,
        // On loopback with a server that has neither: asking for them costs round trips.
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    };
}
