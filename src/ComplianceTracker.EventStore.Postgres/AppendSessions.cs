using ComplianceTracker.EventStore.Postgres.Schema;
using Npgsql;

namespace ComplianceTracker.EventStore.Postgres;

/// <summary>
/// The sessions in which single events are appended, kept between appends with their statement prepared and its parameters made:
/// taking a connection from the pool and finding the statement again would cost the commonest append a twentieth. Never more than a
/// quarter of the pool belongs here, idle or in use: the rest goes round through the pool, where whoever waits gets his turn. Each
/// minute those that are idle go back, so that the pool closes what is too old or needed by nobody.
/// </summary>
internal sealed class AppendSessions : IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private readonly NpgsqlDataSource appends;
    private readonly string sql;
    private readonly int most;
    private readonly Stack<AppendSession> idle = [];
    private readonly ITimer releases;
    private int owned;
    private bool disposed;

    /// <summary>Has none until the first append.</summary>
    /// <param name="appends">The pool they are taken from.</param>
    /// <param name="schema">The schema of the tables.</param>
    /// <param name="most">How many are kept at most; what is taken beyond is given back after its append.</param>
    /// <param name="clock">Measures how long idle ones are kept.</param>
    public AppendSessions(NpgsqlDataSource appends, string schema, int most, TimeProvider clock)
    {
        (this.appends, this.most) = (appends, most);
        sql = $"select {schema}.ct_append_one($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        releases = clock.CreateTimer(_ => Release(), null, Kept, Kept);
    }

    /// <summary>Appends the one event of the stream; what the function drew.</summary>
    public async Task<long[]> AppendAsync(StreamAppend stream, AppendMetadata metadata, CancellationToken cancellationToken)
    {
        var (session, ours) = await TakeAsync(cancellationToken);
        var whole = false;
        try
        {
            var drawn = await session.AppendAsync(stream, metadata, cancellationToken);
            whole = true;
            return drawn;
        }
        catch (PostgresException refusal) when (IsOrdinary(refusal))
        {
            whole = true;
            throw;
        }
        finally
        {
            GiveBack(session, ours, whole);
        }
    }

    public void Dispose()
    {
        lock (idle)
        {
            disposed = true;
        }

        releases.Dispose();
        Release();
    }

    // Of a conflict and of a repetition the session knows nothing any more.
    private static bool IsOrdinary(PostgresException refusal) =>
        refusal.SqlState is AppendFunction.VersionMismatch or PostgresErrorCodes.UniqueViolation;

    /// <summary>A session, and whether it belongs here or is the pool's.</summary>
    private async ValueTask<(AppendSession Session, bool Ours)> TakeAsync(CancellationToken cancellationToken)
    {
        bool ours;
        lock (idle)
        {
            if (idle.TryPop(out var session))
            {
                return (session, true);
            }

            ours = owned < most && !disposed;
            owned += ours ? 1 : 0;
        }

        try
        {
            return (await AppendSession.OpenAsync(appends, sql, cancellationToken), ours);
        }
        catch when (ours)
        {
            lock (idle)
            {
                owned--;
            }

            throw;
        }
    }

    private void GiveBack(AppendSession session, bool ours, bool whole)
    {
        lock (idle)
        {
            if (ours && whole && !disposed)
            {
                idle.Push(session);
                return;
            }

            owned -= ours ? 1 : 0;
        }

        session.Dispose();
        if (!whole)
        {
            // What broke one has probably broken all: a server that went away took every session with it.
            Release();
        }
    }

    private void Release()
    {
        AppendSession[] released;
        lock (idle)
        {
            released = [.. idle];
            idle.Clear();
            owned -= released.Length;
        }

        foreach (var session in released)
        {
            session.Dispose();
        }
    }
}
