using System.Net.Sockets;
using Npgsql;

namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>A server that somebody else runs: it only has to be there, recent enough and durable.</summary>
internal static class ConfiguredServer
{
    private const string Setting = "ConnectionStrings:ComplianceTracker";

    /// <summary>Checks the server behind a connection string and describes it.</summary>
    /// <exception cref="PostgresUnavailableException">It cannot be used; the message never holds the password.</exception>
    public static async Task<RunningPostgres> ConnectAsync(
        string connectionString, bool lossAccepted, Action<string> log, CancellationToken cancellationToken)
    {
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException)
        {
            // Not e.Message: it can quote a part of the string, and a misplaced quote makes that a part of the password.
            throw new PostgresUnavailableException(
                $"The connection string {Setting} is not one that Npgsql understands. It looks like: Host=db.example;Port=5432;Database=compliance_tracker;Username=me;Password=...");
        }

        var where = $"{builder.Host}:{builder.Port}, database '{builder.Database ?? builder.Username}', user '{builder.Username}'";
        try
        {
            var probe = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
            await using var connection = new NpgsqlConnection(probe.ConnectionString);
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            var version = new Version(connection.PostgreSqlVersion.Major, Math.Max(connection.PostgreSqlVersion.Minor, 0));
            if (version.Major < PostgresBinaries.OldestMajor)
            {
                throw new PostgresUnavailableException(
                    $"The server that {Setting} names ({where}) is PostgreSQL {version}; this service needs {PostgresBinaries.OldestMajor} or later.");
            }

            var weak = await WeakSettingsAsync(connection, cancellationToken).ConfigureAwait(false);
            if (weak.Count > 0 && !lossAccepted)
            {
                throw new PostgresUnavailableException(
                    $"The server that {Setting} names ({where}) may lose what it acknowledged: {string.Join(", ", weak)} is off. Switch it on.");
            }

            log($"Using the configured server: PostgreSQL {version} at {where}");
            return new RunningPostgres(connectionString, version, isThrowaway: lossAccepted, cluster: null);
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or TimeoutException or ArgumentException)
        {
            throw new PostgresUnavailableException(
                $"The server that {Setting} names ({where}) cannot be used: {e.Message} Correct the connection string, or remove it to let the service start its own PostgreSQL.", e);
        }
    }

    private static async Task<List<string>> WeakSettingsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string sql = "SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' ORDER BY name";
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var weak = new List<string>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            weak.Add(reader.GetString(0));
        }

        return weak;
    }
}
