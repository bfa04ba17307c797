using Npgsql;

namespace ComplianceTracker.EventStore.Postgres;

/// <summary>
/// The right to run a subscription: an advisory lock of the session in which its batches are written. It ends with that session,
/// and the server may keep a session long after its client froze or became unreachable; so whoever holds the lease counts up a
/// beat, through another connection, and whoever wants it ends a session whose beat stands still. Nobody's wall clock is asked.
/// <para>
/// Leases spread over the nodes: who waits for one leaves a wish beside it, with each try, that says how many its node holds. Who holds it
/// takes the wishes away between two batches and, where its own node holds at least two more than a wishing one, offers it to
/// that one and lets go. Each move makes the two more alike, so it comes to rest, and then nothing moves.
/// </para>
/// </summary>
internal sealed class SubscriptionLease(
    NpgsqlDataSource sessions, PostgresEventStoreOptions options, TimeProvider clock, LeaseNode node, string subscription)
{
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMilliseconds(500);

    private readonly string schema = options.Schema;
    private readonly string key = $"ct_subscription:{options.Schema}:{subscription}";
    private readonly TimeSpan poll = options.LeaseTimeout / 5 < LongestPoll ? options.LeaseTimeout / 5 : LongestPoll;
    private bool isHeld;

    /// <summary>How often whoever holds the lease shows a sign of life, and is to look whether another node wants it.</summary>
    public TimeSpan Beat { get; } = options.LeaseTimeout / 5;

    /// <summary>Takes the lease for the connection's session, waiting for whoever holds it.</summary>
    public async Task TakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var (seen, since) = (default((int, long)?), clock.GetTimestamp());
        var standsStill = false;

        // Tried again and again rather than waited for: a blocked statement would keep an old snapshot and hold back vacuum.
        while (!await TryTakeAsync(connection, standsStill, cancellationToken))
        {
            var holder = await HolderAsync(connection, cancellationToken);
            if (holder != seen)
            {
                (seen, since, standsStill) = (holder, clock.GetTimestamp(), false);
            }
            else if (holder is { ProcessId: var processId } && clock.GetElapsedTime(since) >= options.LeaseTimeout)
            {
                await EndAsync(connection, processId, cancellationToken);
                standsStill = true;
            }

            await Task.Delay(poll, clock, cancellationToken);
        }

        isHeld = true;
        node.Took();
    }

    /// <summary>The lease is held no more: its session has ended, or is about to.</summary>
    public void Let()
    {
        if (isHeld)
        {
            isHeld = false;
            node.Let();
        }
    }

    /// <summary>
    /// Offers the lease, held by the connection's session, to the node that wishes for it and holds the fewest, if that is at
    /// least two fewer than this one and nothing else is on offer to it. To be called between two batches only.
    /// </summary>
    /// <returns>True when the session is to be ended: the lease is another node's to take.</returns>
    public async Task<bool> TryOfferAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await node.Offering.WaitAsync(cancellationToken);
        try
        {
            await using var command = Command(connection, $"""
                with wishes as (delete from {schema}.ct_lease_wishes where name = $1 returning node, holds),
                fewest as (
                    select node from wishes
                    where node <> $2 and holds + 2 <= $3 and not exists (select from {schema}.ct_leases l where l.offered_to = wishes.node)
                    order by holds, node limit 1)
                update {schema}.ct_leases set offered_to = fewest.node from fewest where name = $1 and process_id = pg_backend_pid()
                """, subscription, node.Name, node.Held);
            var offered = await command.ExecuteNonQueryAsync(cancellationToken) == 1;
            if (offered)
            {
                Let();
            }

            return offered;
        }
        finally
        {
            node.Offering.Release();
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
                    await Task.Delay(Beat, clock, cancellationToken);
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

    // Lock and row are one statement, so that no holder can freeze between them and be unknown. What is on offer is the other node's,
    // unless nothing has happened for as long as a lease may stand still. The wishes found may be those of nodes that are gone.
    private async Task<bool> TryTakeAsync(NpgsqlConnection connection, bool standsStill, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, $"""
            with lease as materialized (
                select case when $4 or not exists (select from {schema}.ct_leases where name = $2 and offered_to <> $3)
                    then pg_try_advisory_lock(hashtextextended($1, 0)) else false end as taken),
            old as (delete from {schema}.ct_lease_wishes where name = $2 and (select taken from lease))
            insert into {schema}.ct_leases as l (name, process_id, beat, node) select $2, pg_backend_pid(), 0, $3 from lease where taken
            on conflict (name) do update set process_id = excluded.process_id, beat = 0, node = excluded.node, offered_to = null
            """, key, subscription, node.Name, standsStill);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private async Task<(int ProcessId, long Beat)?> HolderAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, $"""
            with wish as (
                insert into {schema}.ct_lease_wishes (name, node, holds) values ($1, $2, $3)
                on conflict (name, node) do update set holds = excluded.holds)
            select process_id, beat from {schema}.ct_leases where name = $1
            """, subscription, node.Name, node.Held);
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
