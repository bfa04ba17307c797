namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>
/// A database to work with. Disposing it stops the server if we started it (bounded: a fast shutdown, then harsher
/// ones) and gives the data directory free. Dispose it after everything that uses the database has ended.
/// </summary>
public sealed class RunningPostgres : IAsyncDisposable
{
    private static readonly Task<PostgresUnavailableException> Never = new TaskCompletionSource<PostgresUnavailableException>().Task;

    private readonly PrivateCluster? _cluster;

    internal RunningPostgres(string connectionString, Version version, bool isThrowaway, PrivateCluster? cluster)
    {
        ConnectionString = connectionString;
        Version = version;
        IsThrowaway = isThrowaway;
        _cluster = cluster;
    }

    /// <summary>For Npgsql; it stays valid across restarts of the server. It holds the password: do not log it.</summary>
    public string ConnectionString { get; }

    /// <summary>The server's version, major and minor.</summary>
    public Version Version { get; }

    /// <summary>True when the data may be lost: durability is switched off. Never true unless asked for.</summary>
    public bool IsThrowaway { get; }

    /// <summary>The loopback port of our own server; null when the connection string was configured.</summary>
    public int? Port => _cluster?.Port;

    /// <summary>
    /// The process id of our own server, another one after it was restarted; null when the connection string was
    /// configured.
    /// </summary>
    public int? ProcessId => _cluster?.ProcessId;

    /// <summary>Where our own server keeps its data; null when the connection string was configured.</summary>
    public string? DataDirectory => _cluster?.DataDirectory;

    /// <summary>
    /// Completes when our own server has died and cannot be brought back; the result says why. The service should stop
    /// then. It never faults, and never completes for a configured connection string or after disposal.
    /// </summary>
    public Task<PostgresUnavailableException> Failed => _cluster?.GaveUp ?? Never;

    /// <summary>Stops our own server and gives the data directory free; can be called more than once.</summary>
    /// <returns>Completes when the server has ended.</returns>
    public ValueTask DisposeAsync() => _cluster?.DisposeAsync() ?? ValueTask.CompletedTask;
}
