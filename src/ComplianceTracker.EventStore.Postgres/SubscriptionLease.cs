using Npgsql;

namespace ComplianceTracker.EventStore.Postgres;

/// <summary>
/// The right to run a subscription: an advisory lock of the session in which its batches are written. It ends with that session,
/// and the server may keep a session long after its client froze or became unreachable; so whoever holds the lease counts up a
/// beat, through another connection, and whoever wants it ends a session whose beat stands still. Nobody's wall clock is asked.
/// </summary>
internal sealed class SubscriptionLease(
    NpgsqlDataSource sessions, PostgresEventStoreOptions options, TimeProvider clock, string subscription)
{
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMilliseconds(500);

    private readonly string schema = options.Schema;
    private readonly string key = $"ct_subscription:{options.Schema}:{subscription}";
    private readonly TimeSpan poll = options.LeaseTimeout / 5 < LongestPoll ? options.LeaseTimeout / 5 : LongestPoll;

    /// <summary>Takes the lease for the connection's session, waiting for whoever holds it.</summary>
    public async Task TakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var (seen, since) = (default((int, long)?), clock.GetTimestamp());

        // Tried again and again rather than waited for: a blocked statement would keep an old snapshot and hold back vacuum.
        while (!await TryTakeAsync(connection, cancellationToken))
        {
            var holder = await HolderAsync(connection, cancellationToken);
            if (holder != seen)
            {
                (seen, since) = (holder, clock.GetTimestamp());
            }
            else if (holder is { ProcessId: var processId } && clock.GetElapsedTime(since) >= options.LeaseTimeout)
            {
                await EndAsync(connection, processId, cancellationToken);
            }

            await Task.Delay(poll, clock, cancellationToken);
        }
    }

    /// <summary>Shows that the process of the lease's session lives, until cancelled.</summary>
    public async Task BeatAsync(int processId, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await sessions.OpenConnectionAsync(cancellationToken);
                while (true)
                {
                    await Task.Delay(options.LeaseTimeout / 5, clock, cancellationToken);
                    await using var beat = Command(
                        connection, $"update {schema}.ct_leases set beat = beat + 1 where name = $1 and process_id = $2", subscription, processId);
                    await beat.ExecuteNonQueryAsync(cancellationToken);
                }
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                // Without beats somebody else may take over, which is right: this process cannot reach the database.
                await Task.Delay(poll, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    // Lock and row are one statement, so that no holder can freeze between them and be unknown.
    private async Task<bool> TryTakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, $"""
            with lease as materialized (select pg_try_advisory_lock(hashtextextended($1, 0)) as taken)
            insert into {schema}.ct_leases as l (name, process_id, beat) select $2, pg_backend_pid(), 0 from lease where taken
            on conflict (name) do update set process_id = excluded.process_id, beat = 0
            """, key, subscription);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private async Task<(int ProcessId, long Beat)?> HolderAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, $"select process_id, beat from {schema}.ct_leases where name = $1", subscription);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt32(0), reader.GetInt64(1)) : null;
    }

    // Only the session that holds the lock: its number may have been given to another one since.
    private async Task EndAsync(NpgsqlConnection connection, int processId, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, """
            select pg_terminate_backend(pid) from pg_locks
            where pid = $2 and locktype = 'advisory' and granted and objsubid = 1
                and database = (select oid from pg_database where datname = current_database())
                and (classid::bigint << 32) | objid::bigint = hashtextextended($1, 0)
            """, key, processId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // A connection that hangs must not hang whoever holds or wants the lease for longer than the lease may stand still.
    private NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = (int)Math.Ceiling(options.LeaseTimeout.TotalSeconds) };
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }
}
