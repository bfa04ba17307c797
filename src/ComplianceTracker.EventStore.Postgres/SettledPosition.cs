using System.Collections.Immutable;
using Npgsql;

namespace ComplianceTracker.EventStore.Postgres;

/// <summary>
/// Knows up to which position the log is settled: complete for ever.
/// <para>
/// Positions come from a sequence, which hands them out before the commit and takes none back, so a reader may see N + 1 while N
/// is not there yet, or will never be. The criterion that tells the two apart is exact, and holds for whoever writes: <c>nextval</c>
/// takes a ROW EXCLUSIVE lock on the sequence before it draws a number, and PostgreSQL keeps that lock until the drawing
/// transaction has ended (prepared ones included), releasing it only after the transaction's rows became visible. So, having seen
/// position M, look in <c>pg_locks</c> who holds that lock: a transaction that drew a number up to M is among them, or has ended
/// and shows its rows to every later read. When all those holders are gone, what is still missing up to M stays missing.
/// (Transaction ids would not do: <c>nextval</c> gives its transaction one only now and then.) The one thing it cannot see is a
/// number drawn in one transaction and used in another, which neither engine does in its default mode.
/// </para>
/// </summary>
internal sealed class SettledPosition(NpgsqlDataSource dataSource, string schema, TimeProvider clock) : IDisposable
{
    private const int ScanSize = 4096;

    // One look at a time, for everybody: it must not hang where the network does. In seconds; a look takes milliseconds.
    private const int LongestLook = 10;

    private readonly SemaphoreSlim gate = new(1, 1);
    private long roundsBegun;
    private long lastGoodRound;
    private long settled;
    private bool started;
    private Pending? pending;

    /// <summary>What is settled as far as this process knows already; costs nothing.</summary>
    public long Known => Volatile.Read(ref settled);

    /// <summary>What the last <see cref="AdvanceAsync(CancellationToken)"/> could not pass, or null.</summary>
    public LogStall? Stall => Volatile.Read(ref pending) is { } p
        ? new LogStall(p.Missing, p.Since, [.. p.Holders.OrderBy(h => h.ProcessId)])
        : null;

    /// <summary>Asks the database what is settled by now. Callers that come while another asks share one later answer.</summary>
    public async Task<long> AdvanceAsync(CancellationToken cancellationToken)
    {
        var begunBefore = Volatile.Read(ref roundsBegun);
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (lastGoodRound <= begunBefore)
            {
                var round = ++roundsBegun;
                await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
                await AdvanceAsync(connection, cancellationToken);
                lastGoodRound = round;
            }

            return Known;
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private async Task AdvanceAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (!started)
        {
            await StartAsync(connection, cancellationToken);
            started = true;
        }

        while (true)
        {
            var (last, isGap, more) = await ScanAsync(connection, cancellationToken);
            Volatile.Write(ref settled, last);
            if (!isGap)
            {
                pending = null;
                if (!more)
                {
                    return;
                }
            }
            else if (!await PassGapAsync(connection, cancellationToken))
            {
                return;
            }
        }
    }

    // Every checkpoint was settled when it was written, so a restart need not judge old gaps again: while some transaction is
    // open it could not, and would stall far behind what was read before.
    private async Task StartAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var query = new NpgsqlCommand(
            $"select coalesce(max(last_seq_id), 0) from {schema}.mt_event_progression", connection) { CommandTimeout = LongestLook };
        settled = (long)(await query.ExecuteScalarAsync(cancellationToken))!;
        var (highest, holders) = await ProbeAsync(connection, cancellationToken);
        if (holders.IsEmpty)
        {
            settled = Math.Max(settled, highest);
        }
    }

    /// <summary>True when the gap after <see cref="settled"/> is final and was passed.</summary>
    private async Task<bool> PassGapAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var missing = settled + 1;
        if (pending is { } old && old.UpTo < missing)
        {
            pending = null;
        }

        var (highest, holders) = await ProbeAsync(connection, cancellationToken);
        var upTo = pending?.UpTo ?? highest;
        var left = pending is null ? holders : pending.Holders.Intersect(holders);
        if (!left.IsEmpty)
        {
            var since = pending?.Missing == missing ? pending.Since : clock.GetUtcNow();
            Volatile.Write(ref pending, new Pending(missing, upTo, left, since));
            return false;
        }

        pending = null;
        Volatile.Write(ref settled, Math.Max(settled, upTo));
        return true;
    }

    private async Task<(long Last, bool IsGap, bool More)> ScanAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var query = new NpgsqlCommand(
            $"select seq_id from {schema}.mt_events where seq_id > $1 order by seq_id limit {ScanSize}", connection)
        {
            CommandTimeout = LongestLook,
            Parameters = { new NpgsqlParameter<long> { TypedValue = settled } },
        };
        await using var reader = await query.ExecuteReaderAsync(cancellationToken);
        var (last, count) = (settled, 0);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.GetInt64(0) != last + 1)
            {
                return (last, true, true);
            }

            last++;
            count++;
        }

        return (last, false, count == ScanSize);
    }

    // The highest position is read before the locks, never after: the argument above needs that order.
    private async Task<(long Highest, ImmutableHashSet<LogStallHolder> Holders)> ProbeAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            Timeout = LongestLook,
            BatchCommands =
            {
                new($"select coalesce(max(seq_id), 0) from {schema}.mt_events"),
                new($"""
                    select pid, virtualtransaction from pg_locks
                    where locktype = 'relation' and relation = '{schema}.mt_events_sequence'::regclass
                        and database = (select oid from pg_database where datname = current_database())
                        and mode = 'RowExclusiveLock' and granted
                    """),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var highest = reader.GetInt64(0);
        await reader.NextResultAsync(cancellationToken);
        var holders = ImmutableHashSet.CreateBuilder<LogStallHolder>();
        while (await reader.ReadAsync(cancellationToken))
        {
            holders.Add(new LogStallHolder(reader.IsDBNull(0) ? null : reader.GetInt32(0), reader.GetString(1)));
        }

        return (highest, holders.ToImmutable());
    }

    /// <summary>A gap that is not final yet: the positions up to <see cref="UpTo"/> wait for those holders to end.</summary>
    private sealed record Pending(long Missing, long UpTo, ImmutableHashSet<LogStallHolder> Holders, DateTimeOffset Since);
}
