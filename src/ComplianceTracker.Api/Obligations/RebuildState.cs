using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.Api.Obligations;

/// <summary>Where a rebuild of the register stands; saved with every chunk, so that a rebuild that was interrupted goes on.</summary>
/// <param name="Target">The log position up to which companies are folded.</param>
/// <param name="After">The stream of the last company done, or null.</param>
/// <param name="Companies">How many companies are done.</param>
/// <param name="OfCompanies">How many there were when it began.</param>
/// <param name="IsFolded">True once all are done.</param>
/// <param name="StartedAt">When it began.</param>
internal sealed record RebuildState(long Target, string? After, long Companies, long OfCompanies, bool IsFolded, DateTimeOffset StartedAt)
{
    /// <summary>The table that holds it while a rebuild is under way.</summary>
    public const string Schema = """
        create table if not exists ct_rebuild (
            one boolean primary key default true check (one),
            target bigint not null,
            after_stream text,
            companies bigint not null,
            of_companies bigint not null,
            is_folded boolean not null,
            started_at timestamptz not null default now());
        """;

    /// <summary>Ends the rebuild.</summary>
    public const string Forget = "delete from ct_rebuild;";

    /// <summary>The rebuild that is under way, or was interrupted; null: none.</summary>
    public static async Task<RebuildState?> FindAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select target, after_stream, companies, of_companies, is_folded, started_at from ct_rebuild", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new RebuildState(
                reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetBoolean(4),
                reader.GetFieldValue<DateTimeOffset>(5))
            : null;
    }

    /// <summary>Takes the right to rebuild, which one session at a time has.</summary>
    /// <exception cref="RebuildException">Another one has it.</exception>
    public static async Task<RebuildRight> TakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var right = new RebuildRight(connection);
        return await right.TakeAsync(cancellationToken)
            ? right
            : throw new RebuildException("The register is being rebuilt by another process already. Where it died, its right to ends with its database session.");
    }
}

/// <summary>The right to rebuild the register: a lock of the session in which the rebuild writes, so that both end together.</summary>
internal sealed class RebuildRight(NpgsqlConnection connection) : IAsyncDisposable
{
    private const long Lock = 0x43545F5242; // "CT_RB"

    /// <summary>The session.</summary>
    public NpgsqlConnection Connection => connection;

    /// <summary>Tries to take it.</summary>
    public async Task<bool> TakeAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select pg_try_advisory_lock({Lock})", connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The rebuild that was interrupted, or null.</summary>
    public Task<RebuildState?> FindAsync(CancellationToken cancellationToken) => RebuildState.FindAsync(connection, cancellationToken);

    /// <summary>Notes that a rebuild begins.</summary>
    public async Task<RebuildState> BeginAsync(long target, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            insert into ct_rebuild (target, companies, of_companies, is_folded) values ($1, 0, (select count(*) from {RegisterTables.Live.Company}), false)
            """,
            connection);
        command.Parameters.Add(new() { Value = target });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return (await FindAsync(cancellationToken))!;
    }

    /// <summary>Saves how far it is, in the transaction of the chunk.</summary>
    public async Task SaveAsync(RebuildState state, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("update ct_rebuild set after_stream = $1, companies = $2, is_folded = $3", connection);
        command.Parameters.Add(new() { Value = (object?)state.After ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = state.Companies });
        command.Parameters.Add(new() { Value = state.IsFolded });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The connection goes back to its pool, and the lock would stay with it.
        try
        {
            await using var command = new NpgsqlCommand($"select pg_advisory_unlock({Lock})", connection);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // The session is gone, and the lock with it.
        }
    }
}
