using ComplianceTracker.EventStore.Parking;

namespace ComplianceTracker.EventStore.Postgres;

/// <summary>How the PostgreSQL engine runs.</summary>
public sealed record PostgresEventStoreOptions
{
    /// <summary>The Npgsql connection string of the database; settings the engine needs are added to it.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>The schema of the tables: a lower-case SQL identifier. Marten's default is <c>public</c>.</summary>
    public string Schema { get; init; } = "public";

    /// <summary>True when the database may lose acknowledged events: the start then does not insist on durable settings.</summary>
    public bool ThrowAwayDatabase { get; init; }

    /// <summary>How often waiting readers look for themselves, should a notification be lost.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How many events a subscription is handed at once, at most.</summary>
    public int SubscriptionPageSize { get; init; } = 1000;

    /// <summary>How subscriptions go about failures.</summary>
    public RetryPolicy Retries { get; init; } = new();

    /// <summary>
    /// How long the process that runs a subscription may show no sign of life before another one takes it over. It is not about
    /// how long a batch may take.
    /// </summary>
    public TimeSpan LeaseTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
