using Npgsql;

namespace ComplianceTracker.EventStore.Postgres;

public sealed partial class PostgresEventStore
{
    private static readonly TimeSpan CheckpointPoll = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    public Task RunSubscriptionAsync(ISubscription subscription, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        notifications.EnsureListening();
        return new SubscriptionRunner(this, subscription, sessions, options, clock, node, checkpointMoved, telemetry).RunAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<long> CheckpointAsync(string subscription, CancellationToken cancellationToken = default)
    {
        await using var connection = await DataSource.OpenConnectionAsync(cancellationToken);
        return await CheckpointAsync(connection, subscription, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> WaitForCheckpointAsync(
        string subscription, long position, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var begun = clock.GetTimestamp();
        while (true)
        {
            var moved = checkpointMoved.Next;
            if (await CheckpointAsync(subscription, cancellationToken) >= position)
            {
                return true;
            }

            var left = timeout - clock.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            // The pulse is this process's; a subscription that runs in another one is noticed by polling.
            await Signal.WaitAsync(moved, Min(left, CheckpointPoll), clock, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SubscriptionState>> GetSubscriptionStatesAsync(CancellationToken cancellationToken = default)
    {
        var head = await settled.AdvanceAsync(cancellationToken);
        await using var command = DataSource.CreateCommand($"""
            select coalesce(f.name, left(p.name, -{SubscriptionRunner.RowSuffix.Length})) as subscription,
                coalesce(p.last_seq_id, 0), f.after_position, f.attempts, f.error, f.at, f.kind,
                (select count(*) from {schema}.ct_parked k
                    where k.subscription = coalesce(f.name, left(p.name, -{SubscriptionRunner.RowSuffix.Length})))
            from (select * from {schema}.mt_event_progression where right(name, {SubscriptionRunner.RowSuffix.Length}) = $1) p
            full join {schema}.ct_subscription_failures f on f.name || $1 = p.name
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = SubscriptionRunner.RowSuffix });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var states = new List<SubscriptionState>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var failure = reader.IsDBNull(2)
                ? null
                : new SubscriptionFailure(
                    reader.GetInt64(2),
                    reader.GetInt32(3),
                    reader.GetString(4),
                    reader.GetFieldValue<DateTimeOffset>(5),
                    Enum.Parse<SubscriptionFailureKind>(reader.GetString(6)));
            states.Add(new SubscriptionState(reader.GetString(0), reader.GetInt64(1), head, failure, reader.GetInt64(7)));
        }

        return [.. states.OrderBy(s => s.Name, StringComparer.Ordinal)];
    }

    /// <summary>The checkpoint, read in somebody's transaction.</summary>
    internal async Task<long> CheckpointAsync(NpgsqlConnection connection, string subscription, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select last_seq_id from {schema}.mt_event_progression where name = $1", connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = SubscriptionRunner.RowName(subscription) } },
        };
        return await command.ExecuteScalarAsync(cancellationToken) as long? ?? 0;
    }
}
