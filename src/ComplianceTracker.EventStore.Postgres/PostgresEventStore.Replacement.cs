using System.Data.Common;
using Npgsql;

namespace ComplianceTracker.EventStore.Postgres;

public sealed partial class PostgresEventStore
{
    /// <inheritdoc/>
    public async Task<long> BeginReplacementAsync(string subscription, string by, CancellationToken cancellationToken = default)
    {
        await using var connection = await DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Under this lock the subscription's checkpoint and its parked events belong together.
        await new ParkedEvents(schema, subscription).LockAsync(connection, cancellationToken);
        await new ParkedEvents(schema, by).LockAsync(connection, cancellationToken);
        await ForgetAsync(connection, by, cancellationToken);
        await ExecuteAsync(
            connection,
            $"""
            insert into {schema}.mt_event_progression (name, last_seq_id)
            select $1, coalesce((select last_seq_id from {schema}.mt_event_progression where name = $2), 0)
            """,
            [SubscriptionRunner.RowName(by), SubscriptionRunner.RowName(subscription)],
            cancellationToken);
        await ExecuteAsync(
            connection,
            $"""
            insert into {schema}.ct_parked
                (subscription, position, stream_id, event_id, type, state, reason, attempts, first_failed_at, last_failed_at)
            select $1, position, stream_id, event_id, type, state, reason, attempts, first_failed_at, last_failed_at
            from {schema}.ct_parked where subscription = $2
            """,
            [by, subscription],
            cancellationToken);
        var begin = await CheckpointAsync(connection, by, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return begin;
    }

    /// <inheritdoc/>
    public async Task<bool> TryReplaceAsync(
        string subscription, string by, Func<DbTransaction?, CancellationToken, Task> swap, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(swap);
        await using var connection = await DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Before the swap takes locks of its own: a batch, and whoever releases parked events, takes this one first too.
        await new ParkedEvents(schema, subscription).LockAsync(connection, cancellationToken);
        await swap(transaction, cancellationToken);
        await new ParkedEvents(schema, by).LockAsync(connection, cancellationToken);
        if (await FindCheckpointAsync(connection, by, cancellationToken) is not { } reached
            || reached < await FindCheckpointAsync(connection, subscription, cancellationToken))
        {
            return false;
        }

        await ForgetAsync(connection, subscription, cancellationToken);
        await ExecuteAsync(
            connection,
            $"update {schema}.mt_event_progression set name = $1 where name = $2",
            [SubscriptionRunner.RowName(subscription), SubscriptionRunner.RowName(by)],
            cancellationToken);
        await ExecuteAsync(connection, $"update {schema}.ct_parked set subscription = $1 where subscription = $2", [subscription, by], cancellationToken);
        await ExecuteAsync(connection, $"update {schema}.ct_parked_log set subscription = $1 where subscription = $2", [subscription, by], cancellationToken);
        await ForgetAsync(connection, by, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        checkpointMoved.Pulse();
        return true;
    }

    // For update: whoever moves it at this moment is waited for.
    private async Task<long?> FindCheckpointAsync(NpgsqlConnection connection, string subscription, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection, $"select last_seq_id from {schema}.mt_event_progression where name = $1 for update", [SubscriptionRunner.RowName(subscription)]);
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }

    private async Task ForgetAsync(NpgsqlConnection connection, string subscription, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            connection, $"delete from {schema}.mt_event_progression where name = $1", [SubscriptionRunner.RowName(subscription)], cancellationToken);
        await ExecuteAsync(connection, $"delete from {schema}.ct_subscription_failures where name = $1", [subscription], cancellationToken);
        await ExecuteAsync(connection, $"delete from {schema}.ct_parked where subscription = $1", [subscription], cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, string[] values, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql, values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, string[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(values.Select(v => new NpgsqlParameter<string> { TypedValue = v }).ToArray());
        return command;
    }
}
