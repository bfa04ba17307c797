using Npgsql;

namespace ComplianceTracker.EventStore.Postgres;

public sealed partial class PostgresEventStore
{
    private static readonly TimeSpan FirstStallPause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestStallPause = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public Task<long> HeadAsync(CancellationToken cancellationToken = default) => settled.AdvanceAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<long> PositionAtAsync(DateTimeOffset recordedAt, CancellationToken cancellationToken = default)
    {
        var head = await settled.AdvanceAsync(cancellationToken);
        await using var command = DataSource.CreateCommand($"select {schema}.ct_position_at($1, $2)");
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = recordedAt.ToUniversalTime() });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = head });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> RecordedAtOfAsync(long position, CancellationToken cancellationToken = default)
    {
        await using var command = DataSource.CreateCommand(
            $"select timestamp from {schema}.mt_events where seq_id <= $1 order by seq_id desc limit 1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = position });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? reader.GetFieldValue<DateTimeOffset>(0) : null;
    }

    /// <inheritdoc/>
    public async Task<long> WaitForEventsAsync(long after, CancellationToken cancellationToken)
    {
        notifications.EnsureListening();
        var stallPause = FirstStallPause;
        while (true)
        {
            var appended = notifications.Appended.Next;
            var head = await settled.AdvanceAsync(cancellationToken);
            if (head > after)
            {
                return head;
            }

            // A rollback announces nothing, so a gap is looked at again and again, soon at first: most close within milliseconds.
            var pause = options.PollInterval;
            if (settled.Stall is not null)
            {
                pause = stallPause;
                stallPause = Min(stallPause * 2, LongestStallPause);
            }

            await Signal.WaitAsync(appended, pause, clock, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task<LogStall?> GetStallAsync(CancellationToken cancellationToken = default)
    {
        await settled.AdvanceAsync(cancellationToken);
        return settled.Stall;
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
