using ComplianceTracker.EventStore.Postgres;
using JasperFx;
using JasperFx.CodeGeneration;
using JasperFx.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Wolverine;
using Wolverine.Postgresql;
using Wolverine.Postgresql.Transport;
using Wolverine.Runtime;
using Wolverine.Runtime.Agents;

namespace ComplianceTracker.EventStore.Marten.Messaging;

/// <summary>
/// This process among Wolverine's nodes: it keeps the queue of calls in the database of the log, and shares the subscriptions with the
/// other nodes. Its tables stand in a schema beside the log's, where the first engine does not look.
/// </summary>
internal sealed class MessagingNode : IAsyncDisposable
{
    /// <summary>How often a node says that it lives.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>After how long without that the others take what it ran.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(5);

    // What comes due waits for the next look at the queue, by every node; a look costs a few statements.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(5);

    // The worker's own farewell is over by then.
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BetweenTrims = TimeSpan.FromMinutes(1);

    private readonly PostgresEventStore tables;
    private readonly ILoggerFactory loggers;
    private readonly SemaphoreSlim starting = new(1);
    private readonly CancellationTokenSource stopping = new();
    private IHost? host;
    private Task watching = Task.CompletedTask;

    /// <summary>Makes the node; connects only when it is started.</summary>
    /// <param name="tables">The database.</param>
    /// <param name="loggers">Where Wolverine's warnings go.</param>
    public MessagingNode(PostgresEventStore tables, ILoggerFactory loggers)
    {
        (this.tables, this.loggers) = (tables, loggers);
        Schema = tables.Options.Schema == "public" ? "ct_wolverine" : $"{tables.Options.Schema}_wolverine";
        Queue = new CallQueue(tables, Schema);
        Handler = new CallHandler(this);
        Dead = new DeadCalls(this);
    }

    /// <summary>The schema of Wolverine's tables.</summary>
    public string Schema { get; }

    /// <summary>Where calls are written.</summary>
    public CallQueue Queue { get; }

    /// <summary>What calls are handed to.</summary>
    public CallHandler Handler { get; }

    /// <summary>The calls that were given up.</summary>
    public DeadCalls Dead { get; }

    /// <summary>Which node runs which subscription.</summary>
    public SubscriptionAgents Subscriptions { get; } = new();

    /// <summary>Wolverine at work.</summary>
    /// <exception cref="InvalidOperationException">It was not started.</exception>
    public IWolverineRuntime Runtime =>
        host?.Services.GetRequiredService<IWolverineRuntime>() ?? throw new InvalidOperationException("The node was not started: migrate the store first.");

    /// <summary>Creates Wolverine's tables where they are missing and joins the other nodes; once.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await starting.WaitAsync(cancellationToken);
        try
        {
            if (host is not null)
            {
                return;
            }

            // Nodes that start at once would create the same tables at once.
            await using var connection = await tables.Sessions.OpenConnectionAsync(cancellationToken);
            await using var hold = new NpgsqlCommand("select pg_advisory_lock(hashtextextended($1, 0))", connection) { Parameters = { new() { Value = $"ct_wolverine:{Schema}" } } };
            await hold.ExecuteNonQueryAsync(cancellationToken);
            var next = Build();
            try
            {
                await next.StartAsync(cancellationToken);
            }
            catch
            {
                next.Dispose();
                throw;
            }

            host = next;
            Subscriptions.Join(Runtime);
            watching = Task.Run(WatchAsync, CancellationToken.None);
        }
        finally
        {
            starting.Release();
        }
    }

    /// <summary>Begins to take calls off the queue.</summary>
    public Task ListenAsync(CancellationToken cancellationToken) => Runtime.Endpoints.StartListenerAsync(QueueEndpoint, cancellationToken);

    /// <summary>Takes no more calls, and ends when those it took have been handled.</summary>
    public Task StopListeningAsync() => Runtime.Endpoints.StopListenerAsync(QueueEndpoint, CancellationToken.None);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await watching;
        stopping.Dispose();
        if (host is not null)
        {
            using var patience = new CancellationTokenSource(LongestFarewell);
            try
            {
                await host.StopAsync(patience.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or NpgsqlException or IOException)
            {
                // The other nodes notice by themselves that this one is gone.
            }

            host.Dispose();
        }

        starting.Dispose();
    }

    private Wolverine.Configuration.Endpoint QueueEndpoint => Runtime.Options.Transports.GetOrCreate<PostgresqlTransport>().Queues[CallQueue.Name];

    // A leader whose process hangs keeps the lock that makes it the leader, for as long as its machine answers for it. It would use that session
    // every second: one that has not is ended, and the next node that asks for the lock gets it.
    private async Task WatchAsync()
    {
        var lockId = Schema.GetDeterministicHashCode();
        var trimmed = tables.Clock.GetTimestamp();
        using var timer = new PeriodicTimer(Beat);
        while (await timer.WaitForNextTickAsync(stopping.Token).AsTask().ContinueWith(t => t.IsCompletedSuccessfully && t.Result, TaskScheduler.Default))
        {
            try
            {
                await using var command = tables.DataSource.CreateCommand("""
                    select pg_terminate_backend(a.pid) from pg_stat_activity a join pg_locks l on l.pid = a.pid
                    where a.datname = current_database() and l.locktype = 'advisory' and l.granted and l.objsubid = 1
                        and l.classid::bigint = (($1 >> 32) & 4294967295) and l.objid::bigint = ($1 & 4294967295)
                        and a.state_change < clock_timestamp() - $2
                    """);
                command.Parameters.Add(new() { Value = (long)lockId });
                command.Parameters.Add(new() { Value = LongestSilence });
                await command.ExecuteNonQueryAsync(stopping.Token);
                if (tables.Clock.GetElapsedTime(trimmed) > BetweenTrims)
                {
                    await Queue.TrimAsync(stopping.Token);
                    trimmed = tables.Clock.GetTimestamp();
                }
            }
            catch (Exception e) when (e is NpgsqlException or OperationCanceledException or TimeoutException or InvalidOperationException)
            {
                // The database is away, or this node stops: there is no leader to watch.
            }
        }
    }

    private IHost Build() => new HostBuilder()
        .ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(new QuietLogs(loggers)))
        .ConfigureServices(services => services
            .AddSingleton<IAgentFamily>(Subscriptions)

            // The service decides when to stop.
            .AddSingleton<IHostLifetime, NoLifetime>())
        .UseWolverine(Configure, ExtensionDiscovery.ManualOnly)
        .Build();

    private void Configure(WolverineOptions options)
    {
        options.ServiceName = "ComplianceTracker";
        options.ApplicationAssembly = typeof(MessagingNode).Assembly;

        // The one handler is written out: nothing is looked for and nothing is compiled at run time.
        options.Discovery.DisableConventionalDiscovery();
        options.CodeGeneration.TypeLoadMode = TypeLoadMode.Static;
        options.AddMessageHandler(Handler);

        options.UsePostgresqlPersistenceAndTransport(ConnectionString, Schema, Schema).AutoProvision();
        options.AutoBuildMessageStorageOnStartup = AutoCreate.CreateOrUpdate;
        options.PublishMessage<Call>().ToPostgresqlQueue(CallQueue.Name);
        var queue = options.Transports.GetOrCreate<PostgresqlTransport>().Queues[CallQueue.Name];
        queue.PollingInterval = BetweenLooks;
        queue.MaximumMessagesToReceive = 200;

        // A call is held for as long as its endpoint has something due; it waits, and takes no thread. That many keys at once, and others wait.
        queue.MaxDegreeOfParallelism = 500;

        options.Durability.Mode = DurabilityMode.Balanced;
        options.Durability.ScheduledJobFirstExecution = BetweenLooks;
        options.Durability.ScheduledJobPollingTime = Beat;
        options.Durability.FirstHealthCheckExecution = TimeSpan.Zero;
        options.Durability.HealthCheckPollingTime = Beat;
        options.Durability.CheckAssignmentPeriod = Beat;
        options.Durability.StaleNodeTimeout = LongestSilence;
        options.Durability.NodeReassignmentPollingTime = Beat;
        options.Durability.OrphanedMessageSweepPollingTime = Beat;
        options.Durability.KeepAfterMessageHandling = TimeSpan.FromMinutes(1);
        options.Durability.DrainTimeout = LongestDrain;
        options.Durability.DurabilityMetricsEnabled = false;
    }

    // Wolverine compares times with and without zone: in UTC they are the same. With the service's own, all fit in a server's hundred.
    private string ConnectionString => new NpgsqlConnectionStringBuilder(tables.Options.ConnectionString)
    {
        ApplicationName = "ComplianceTracker calls",
        Timezone = "UTC",
        MaxPoolSize = 5,
        MinPoolSize = 0,
    }.ConnectionString;

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
