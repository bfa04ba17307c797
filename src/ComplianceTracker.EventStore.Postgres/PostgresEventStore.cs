using System.Diagnostics;
using System.Text.RegularExpressions;
using ComplianceTracker.EventStore.Postgres.Schema;
using Npgsql;

namespace ComplianceTracker.EventStore.Postgres;

/// <summary>The event store on PostgreSQL 15 or later, through Npgsql alone, in Marten's table layout.</summary>
public sealed partial class PostgresEventStore : IEventStore, IAsyncDisposable
{
    private readonly PostgresEventStoreOptions options;
    private readonly TimeProvider clock;
    private readonly string schema;
    private readonly NpgsqlDataSource sessions;
    private readonly NpgsqlDataSource appends;
    private readonly AppendSessions single;
    private readonly string appendMany;
    private readonly string beginAppend;
    private readonly SettledPosition settled;
    private readonly CommitNotifications notifications;
    private readonly Signal checkpointMoved = new();
    private readonly LeaseNode node = new();
    private readonly StoreTelemetry telemetry;
    private int disposed;

    /// <summary>Makes the store; connects only when it is used.</summary>
    /// <param name="options">The database and how to use it.</param>
    /// <param name="clock">Measures pauses and waits; never stamps events.</param>
    /// <exception cref="ArgumentException">The schema's name is not a lower-case identifier.</exception>
    public PostgresEventStore(PostgresEventStoreOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!SchemaName().IsMatch(options.Schema))
        {
            throw new ArgumentException($"'{options.Schema}' is not a lower-case SQL identifier.", nameof(options));
        }

        this.options = options;
        this.clock = clock;
        schema = options.Schema;
        var connectionString = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        telemetry = new StoreTelemetry(connectionString.Database ?? connectionString.Username ?? "");
        DataSource = Build("reads", Pooled(options.ConnectionString));
        var forAppends = ForAppends(options.ConnectionString);
        appends = Build("appends", forAppends);
        single = new AppendSessions(appends, schema, forAppends.MaxPoolSize / 4, clock);
        appendMany = $"select {schema}.ct_append_many($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
        beginAppend = $"select {schema}.ct_append_begin($1, $2, $3, $4)";
        sessions = Build("sessions", new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            Pooling = false,
            ApplicationName = "ComplianceTracker session",
            KeepAlive = 15,
            Timeout = ConnectTimeout(options.ConnectionString),
            Options = $"{new NpgsqlConnectionStringBuilder(options.ConnectionString).Options} {SessionOptions}".Trim(),
        });
        settled = new SettledPosition(DataSource, schema, clock);
        notifications = new CommitNotifications(sessions, schema, clock);
    }

    // The server gives up a client that vanished without a word after about ten seconds, and with it the leases and locks it held.
    private const string SessionOptions = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3";

    /// <summary>The pool the store works with; read models share it. Disposed with the store.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>How the store was opened.</summary>
    internal PostgresEventStoreOptions Options => options;

    /// <summary>Sessions that are not pooled, for who keeps one or leaves state in it.</summary>
    internal NpgsqlDataSource Sessions => sessions;

    /// <summary>The pool of the appends.</summary>
    internal NpgsqlDataSource Appends => appends;

    /// <summary>Tells readers of appends.</summary>
    internal CommitNotifications Notifications => notifications;

    /// <summary>Pulsed when a subscription of this process has moved its checkpoint.</summary>
    internal Signal CheckpointMoved => checkpointMoved;

    /// <summary>This process among those that share the leases.</summary>
    internal LeaseNode Node => node;

    /// <summary>What the store tells of its work.</summary>
    internal StoreTelemetry Telemetry => telemetry;

    /// <summary>Measures pauses and waits.</summary>
    internal TimeProvider Clock => clock;

    /// <inheritdoc/>
    public Task MigrateAsync(CancellationToken cancellationToken = default) =>
        new Migrator(DataSource, options).MigrateAsync(cancellationToken);

    /// <summary>Ends the background work and closes the pool. Disposing again does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        await notifications.DisposeAsync();
        settled.Dispose();
        node.Dispose();
        await sessions.DisposeAsync();
        single.Dispose();
        await appends.DisposeAsync();
        await DataSource.DisposeAsync();
    }

    // A name of its own, because the driver's metrics would show the connection string for one. Statements that belong to no request,
    // append or batch are the looks of those who wait for events, many times a second: they make no trace.
    private static NpgsqlDataSource Build(string name, NpgsqlConnectionStringBuilder connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString.ConnectionString) { Name = name };
        return builder.ConfigureTracing(tracing => tracing
            .ConfigureCommandFilter(_ => Activity.Current is not null)
            .ConfigureBatchFilter(_ => Activity.Current is not null)).Build();
    }

    // A pooled connection is handed on without DISCARD ALL, and statements stay prepared: both about double small appends. Nothing
    // here leaves state in a pooled session; what needs a session of its own takes one from the unpooled source.
    private static NpgsqlConnectionStringBuilder Pooled(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            NoResetOnClose = true,
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
            ApplicationName = "ComplianceTracker",
            Timeout = ConnectTimeout(connectionString),
        };

        // Both pools and the sessions beside them stay below the hundred connections that PostgreSQL allows by default.
        if (!builder.ContainsKey("Maximum Pool Size"))
        {
            builder.MaxPoolSize = 50;
        }

        // A session that some caller leaves idle inside a transaction would hold positions or row locks for ever. Compiling plans
        // never pays for statements as short as these.
        builder.Options = $"{builder.Options} -c idle_in_transaction_session_timeout=60000 -c jit=off".Trim();
        return builder;
    }

    // How long to wait for the server to let a connection in, or for one of the pool to become free. It also bounds how long a
    // statement takes to be given up when the server has fallen silent: the message that cancels it needs a connection.
    private static int ConnectTimeout(string connectionString)
    {
        const int Seconds = 5;
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        return builder.ContainsKey("Timeout") ? builder.Timeout : Seconds;
    }

    // Appends have sessions of their own in which nothing is read from end to end. A session keeps its plans, the check of the
    // foreign key's too: one made while the tables held a page or two would go on scanning them long after they have grown. (As a
    // setting of the function this would cost every append a tenth.) Beyond this many at once they only wait for each other. Some are
    // kept (AppendSessions): none may be drawn into a transaction of whoever happens to append, nor be found broken by the driver's own
    // question while nobody uses it.
    private static NpgsqlConnectionStringBuilder ForAppends(string connectionString)
    {
        var builder = Pooled(connectionString);
        builder.Options += " -c enable_seqscan=off";
        (builder.Enlist, builder.KeepAlive) = (false, 0);
        builder.MaxPoolSize = Math.Min(builder.MaxPoolSize, 32);
        return builder;
    }

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,40}$")]
    private static partial Regex SchemaName();
}
