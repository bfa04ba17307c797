namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>
/// Keeps a server running: when it ends although nobody asked, it is started again on the same port, at once, then,
/// if that goes on, ever later, and in the end no more. What counts is the strain: see <see cref="Limit"/>.
/// </summary>
internal sealed class Supervisor : IAsyncDisposable
{
    /// <summary>
    /// The strain at which the supervisor gives up. A start that fails, or holds for less than <see cref="Quick"/>, adds
    /// <see cref="FailureStrain"/>; a server that ends sooner than <see cref="Steady"/> adds 1, so that somebody may
    /// kill it often; one that lasts takes all of it away.
    /// </summary>
    public const int Limit = 100;

    private const int FailureStrain = 10;

    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Steady = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly ClusterServer _server;
    private readonly int _port;
    private readonly bool _durable;
    private readonly Action<string> _log;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<PostgresUnavailableException> _gaveUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _watching;
    private volatile int _pid;

    public Supervisor(ClusterServer server, int pid, int port, bool durable, Action<string> log, TimeProvider time)
    {
        (_server, _pid, _port, _durable, _log, _time) = (server, pid, port, durable, log, time);
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>The server's process id; another one after a restart.</summary>
    public int ProcessId => _pid;

    /// <summary>Completes, never faults, when the supervisor has given up.</summary>
    public Task<PostgresUnavailableException> GaveUp => _gaveUp.Task;

    /// <summary>Ends the supervision and stops the server.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        // Whatever became of the watching, the server is stopped.
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _server.StopAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            var strain = 0;
            while (true)
            {
                var started = _time.GetTimestamp();
                await UntilGoneAsync().ConfigureAwait(false);
                var life = _time.GetElapsedTime(started);
                strain = life < Quick ? strain + FailureStrain : life < Steady ? strain + 1 : 0;
                _log($"PostgreSQL (process {_pid}) has ended although nobody stopped it; starting it again");
                strain = await RestartAsync(strain).ConfigureAwait(false);
                _log($"PostgreSQL runs again as process {_pid} on port {_port}");
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
        catch (Exception e)
        {
            // Whatever it was, nobody watches the server any more, and the service must hear of it.
            _gaveUp.TrySetResult(e as PostgresUnavailableException ?? new PostgresUnavailableException($"PostgreSQL is no longer supervised: {e.Message}", e));
            _log(_gaveUp.Task.Result.Message);
        }
    }

    private async Task UntilGoneAsync()
    {
        // The shell outlives a server of its own accord only when we die, so one per server.
        using var watch = DeathWatch.Over(_pid, _durable);
        while (_server.IsLiving(_pid))
        {
            _server.Log.KeepSmall();
            await Task.Delay(LookEvery, _time, _stop.Token).ConfigureAwait(false);
        }
    }

    private async Task<int> RestartAsync(int strain)
    {
        while (strain < Limit)
        {
            await Task.Delay(WaitBefore(strain / FailureStrain), _time, _stop.Token).ConfigureAwait(false);
            try
            {
                _pid = await _server.StartAsync(_port, _stop.Token).ConfigureAwait(false);
                return strain;
            }
            catch (ServerStartException e)
            {
                strain += FailureStrain;
                _log(e.Message);
            }
        }

        throw new PostgresUnavailableException(
            $"PostgreSQL failed too often in quick succession and is not started again. Its last words:\n{_server.Log.Tail()}");
    }

    private static TimeSpan WaitBefore(int failures) =>
        failures == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(0.25 * Math.Pow(2, failures - 1), LongestWait.TotalSeconds));
}
