using Npgsql;

namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>A cluster of our own with its running server: the lock on the directory, the supervision, the end.</summary>
internal sealed class PrivateCluster : IAsyncDisposable
{
    private readonly ServiceLock _lock;
    private readonly Supervisor _supervisor;
    private readonly bool _deleteAtEnd;
    private int _disposed;

    private PrivateCluster(string dataDirectory, int port, ServiceLock taken, Supervisor supervisor, bool deleteAtEnd)
    {
        (DataDirectory, Port, _lock, _supervisor, _deleteAtEnd) = (dataDirectory, port, taken, supervisor, deleteAtEnd);
    }

    public string DataDirectory { get; }

    public int Port { get; }

    public int ProcessId => _supervisor.ProcessId;

    public Task<PostgresUnavailableException> GaveUp => _supervisor.GaveUp;

    /// <summary>Opens the cluster of a data directory, or makes it, and starts its server.</summary>
    public static async Task<RunningPostgres> StartAsync(PostgresServerOptions options, string dataDirectory, CancellationToken cancellationToken)
    {
        var directory = new ClusterDirectory(dataDirectory);
        var account = await ServerAccount.ChooseAsync(directory.Existing, cancellationToken).ConfigureAwait(false);
        ServiceLock taken;
        try
        {
            ServiceDirectory.Create(directory.Root);
            await account.RequireReachAsync(directory.Root, cancellationToken).ConfigureAwait(false);
            taken = ServiceLock.Take(directory.Root, options.Time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PostgresUnavailableException($"The data directory {directory.Root} cannot be used: {e.Message} Use --data with another directory.", e);
        }

        try
        {
            return await StartLockedAsync(options, directory, account, taken, cancellationToken).ConfigureAwait(false);
        }
        catch (ServerStartException e)
        {
            taken.Dispose();
            throw new PostgresUnavailableException(e.Message, e);
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _supervisor.DisposeAsync().ConfigureAwait(false);
        if (_deleteAtEnd)
        {
            ThrowawayDirectory.Delete(DataDirectory);
        }

        _lock.Dispose();
    }

    // A server killed between its start and our first connection is being restarted by the supervisor: that is worth half a minute.
    private static async Task<string> ConnectAsync(Func<Task<string>> connect, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var deadline = time.GetUtcNow().AddSeconds(30); ;)
        {
            try
            {
                return await connect().ConfigureAwait(false);
            }
            catch (NpgsqlException e) when (IsRestarting(e) && time.GetUtcNow() < deadline)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static bool IsRestarting(NpgsqlException e) =>
        e is PostgresException refused
            ? refused.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
            : e.IsTransient;

    private static async Task<RunningPostgres> StartLockedAsync(
        PostgresServerOptions options, ClusterDirectory directory, ServerAccount account, ServiceLock taken, CancellationToken cancellationToken)
    {
        var durable = !options.Throwaway;
        var searchPath = options.SearchPath ?? Environment.GetEnvironmentVariable("PATH");
        var npm = new NpmPostgres(options.PackageCache ?? DefaultDirectories.PackageCache, searchPath, options.Log, options.Time);
        var locator = new PostgresLocator(options.Places ?? BinaryPlace.Usual(searchPath), npm, account, options.Log);
        var binaries = await locator.LocateAsync(directory.ReadMajorVersion(), directory.Root, cancellationToken).ConfigureAwait(false);
        if (directory.Existing is null)
        {
            options.Log($"Making a new PostgreSQL cluster in {directory.Root}");
            await directory.CreateAsync(binaries, account, durable, cancellationToken).ConfigureAwait(false);
        }

        var identity = directory.ReadIdentity();
        var server = new ClusterServer(directory, identity, binaries, account, durable, options.Time);
        if (server.Find() is { } orphan)
        {
            // We hold the lock, so the service that started it is dead.
            options.Log($"A PostgreSQL server (process {orphan}) was left behind by a service that was killed; stopping it");
            await server.StopAsync().ConfigureAwait(false);
        }

        var (pid, port) = await server.StartOnFreePortAsync(cancellationToken).ConfigureAwait(false);
        var cluster = new PrivateCluster(
            directory.Root, port, taken, new Supervisor(server, pid, port, durable, options.Log, options.Time), deleteAtEnd: options.Throwaway);
        try
        {
            var connection = await ConnectAsync(() => Database.EnsureAsync(port, identity.Password, options.DatabaseName, cancellationToken), options.Time, cancellationToken)
                .ConfigureAwait(false);
            options.Log($"PostgreSQL {binaries.Version} runs as process {pid} on port {port}, data in {directory.Root}");
            return new RunningPostgres(connection, binaries.Version, options.Throwaway, cluster);
        }
        catch (NpgsqlException e)
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw new PostgresUnavailableException($"PostgreSQL started on {directory.Root} but could not be used: {e.Message}", e);
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
