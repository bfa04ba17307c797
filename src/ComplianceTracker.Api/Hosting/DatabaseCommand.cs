using ComplianceTracker.EmbeddedPostgres;
using Npgsql;

namespace ComplianceTracker.Api.Hosting;

/// <summary>
/// Tells PostgreSQL's own programs where the database is, as a URI on standard output and nothing else. A private cluster that no
/// service runs is run for as long as the command runs, so that a backup can be restored into it.
/// </summary>
internal static class DatabaseCommand
{
    /// <summary>Prints where the database is; keeps a server that was started for this until told to stop, 1 when it was lost before.</summary>
    public static async Task<int> RunAsync(RunningPostgres database, Action<string> log, CancellationToken cancellationToken)
    {
        Console.WriteLine(UriOf(database.ConnectionString));
        if (database.ProcessId is null)
        {
            return 0;
        }

        log("The database runs without the service until this command is stopped (Ctrl+C).");
        await Task.WhenAny(database.Failed, Task.Delay(Timeout.Infinite, cancellationToken));
        return database.Failed.IsCompleted ? 1 : 0;
    }

    /// <summary>The connection string as the URI that PostgreSQL's programs take; settings that only Npgsql knows are left out.</summary>
    public static string UriOf(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        var password = builder.Password is { } secret ? ":" + Uri.EscapeDataString(secret) : "";
        var database = Uri.EscapeDataString(builder.Database ?? builder.Username ?? "");
        return $"postgresql://{Uri.EscapeDataString(builder.Username ?? "")}{password}@{Uri.EscapeDataString(builder.Host ?? "")}:{builder.Port}/{database}";
    }
}
