namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>
/// Finds a PostgreSQL server or starts one: a configured connection string, else the programs on this machine, else
/// those of an npm package, else an error that names the three ways.
/// </summary>
public static class PostgresServer
{
    /// <summary>Returns once the database accepts connections.</summary>
    /// <param name="options">What decides which server is used.</param>
    /// <param name="cancellationToken">Gives up the start; whatever was started is stopped again.</param>
    /// <returns>The database; dispose it last.</returns>
    /// <exception cref="PostgresUnavailableException">
    /// There is no usable server, the data directory is taken by another service, or another major version made it.
    /// </exception>
    /// <exception cref="ArgumentException">Options that contradict each other.</exception>
    public static async Task<RunningPostgres> StartAsync(PostgresServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!string.IsNullOrWhiteSpace(options.ConnectionString))
        {
            return await ConfiguredServer.ConnectAsync(options.ConnectionString, options.Throwaway, options.Log, cancellationToken).ConfigureAwait(false);
        }

        if (!options.Throwaway)
        {
            return await PrivateCluster.StartAsync(options, options.DataDirectory ?? DefaultDirectories.Data, cancellationToken).ConfigureAwait(false);
        }

        if (options.DataDirectory is not null)
        {
            throw new ArgumentException("A throw-away cluster chooses its own directory.", nameof(options));
        }

        ThrowawayDirectory.Sweep(options.Time);
        var directory = ThrowawayDirectory.NewPath();
        try
        {
            return await PrivateCluster.StartAsync(options, directory, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            ThrowawayDirectory.Delete(directory);
            throw;
        }
    }

    /// <summary>
    /// The connection string of the private cluster whose server another process runs, or null: none runs there. It holds the password;
    /// whoever may read the data directory may know it.
    /// </summary>
    /// <param name="options">What decides where the cluster is.</param>
    /// <exception cref="PostgresUnavailableException">There is a cluster, but its password cannot be read.</exception>
    public static string? FindRunning(PostgresServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var directory = new ClusterDirectory(options.DataDirectory ?? DefaultDirectories.Data);
        if (directory.Existing is null)
        {
            return null;
        }

        var identity = directory.ReadIdentity();
        return ServerProcess.Find(directory.PidFile, identity) is not null && ServerProcess.ReadPort(directory.PidFile) is { } port
            ? Database.Reach(port, identity.Password, options.DatabaseName).ConnectionString
            : null;
    }
}
