using ComplianceTracker.EventStore.Parking;
using Npgsql;

namespace ComplianceTracker.EventStore.Postgres;

/// <summary>The row that shows a subscription's failing batch to operators; gone with the batch's success.</summary>
internal sealed class SubscriptionFailures(NpgsqlDataSource dataSource, string schema, string name)
{
    private bool shown;

    /// <summary>Finds out whether an earlier runner left a failure.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"select 1 from {schema}.ct_subscription_failures where name = $1");
        command.Parameters.Add(new() { Value = name });
        shown = await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    /// <summary>Shows the failure, in a transaction of its own, because the batch's was rolled back.</summary>
    public async Task AddAsync(long after, SubscriptionFailureKind kind, Exception failure, CancellationToken cancellationToken)
    {
        shown = true;
        await using var command = dataSource.CreateCommand($"""
            insert into {schema}.ct_subscription_failures as f (name, after_position, attempts, error, at, kind)
            values ($1, $2, 1, $3, now(), $4)
            on conflict (name) do update set after_position = excluded.after_position, error = excluded.error, at = excluded.at,
                kind = excluded.kind,
                attempts = case when f.after_position = excluded.after_position then f.attempts + 1 else 1 end
            """);
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = HandlerFailures.Describe(failure) });
        command.Parameters.Add(new() { Value = kind.ToString() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes the failure away in the transaction of the batch that succeeded.</summary>
    public async Task ClearAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (shown)
        {
            await using var command = new NpgsqlCommand($"delete from {schema}.ct_subscription_failures where name = $1", connection)
            {
                Parameters = { new() { Value = name } },
            };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Takes away what is shown, whoever showed it, and finds out whether the connection still works.</summary>
    public async Task ClearLeftAsync(NpgsqlConnection connection, TimeSpan timeout, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"delete from {schema}.ct_subscription_failures where name = $1", connection)
        {
            CommandTimeout = (int)timeout.TotalSeconds,
            Parameters = { new() { Value = name } },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
        shown = false;
    }

    /// <summary>Notes that the clearing was committed.</summary>
    public void Forget() => shown = false;
}
