using ComplianceTracker.EventStore.Postgres.Schema;
using Npgsql;

namespace ComplianceTracker.EventStore.Postgres;

/// <summary>
/// The sessions in which single events are appended, kept between appends with their statement prepared and its parameters made:
/// taking a connection from the pool and finding the statement again would cost the commonest append a twentieth. At most a quarter
/// of the pool is kept, so that larger appends find a connection, and after a minute without an append all go back: the pool closes what
/// nobody needs.
/// </summary>
internal sealed class AppendSessions : IDisposable
{
    private static readonly TimeSpan KeptUnused = TimeSpan.FromMinutes(1);

    private readonly NpgsqlDataSource appends;
    private readonly string sql;
    private readonly int mostKept;
    private readonly Stack<AppendSession> kept = [];
    private readonly ITimer looks;
    private bool used;
    private bool disposed;

    /// <summary>Keeps none until the first append.</summary>
    /// <param name="appends">The pool they are taken from.</param>
    /// <param name="schema">The schema of the tables.</param>
    /// <param name="mostKept">How many are kept at most; beyond, each is given back after its append.</param>
    /// <param name="clock">Measures how long they were not used.</param>
    public AppendSessions(NpgsqlDataSource appends, string schema, int mostKept, TimeProvider clock)
    {
        (this.appends, this.mostKept) = (appends, mostKept);
        sql = $"select {schema}.ct_append_one($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        looks = clock.CreateTimer(_ => ReleaseUnused(), null, KeptUnused, KeptUnused);
    }

    /// <summary>Appends the one event of the stream; what the function drew.</summary>
    public async Task<long[]> AppendAsync(StreamAppend stream, AppendMetadata metadata, CancellationToken cancellationToken)
    {
        var session = Take() ?? await AppendSession.OpenAsync(appends, sql, cancellationToken);
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
            if (!whole || !Keep(session))
            {
                session.Dispose();
            }

            // What broke one has probably broken all: a server that went away took every session with it.
            if (!whole)
            {
                Release();
            }
        }
    }

    public void Dispose()
    {
        lock (kept)
        {
            disposed = true;
        }

        looks.Dispose();
        Release();
    }

    // Of a conflict and of a repetition the session knows nothing any more.
    private static bool IsOrdinary(PostgresException refusal) =>
        refusal.SqlState is AppendFunction.VersionMismatch or PostgresErrorCodes.UniqueViolation;

    private AppendSession? Take()
    {
        lock (kept)
        {
            used = true;
            return kept.TryPop(out var session) ? session : null;
        }
    }

    private bool Keep(AppendSession session)
    {
        lock (kept)
        {
            if (disposed || kept.Count >= mostKept)
            {
                return false;
            }

            kept.Push(session);
            return true;
        }
    }

    private void ReleaseUnused()
    {
        bool unused;
        lock (kept)
        {
            (unused, used) = (!used, false);
        }

        if (unused)
        {
            Release();
        }
    }

    private void Release()
    {
        AppendSession[] released;
        lock (kept)
        {
            released = [.. kept];
            kept.Clear();
        }

        foreach (var session in released)
        {
            session.Dispose();
        }
    }
}
