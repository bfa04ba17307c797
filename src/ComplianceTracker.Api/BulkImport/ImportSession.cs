using System.Text.Json;
using ComplianceTracker.Api.Idempotency;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Storage;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.Api.BulkImport;

/// <summary>An import under its key, which it holds as long as its session lasts.</summary>
internal sealed class ImportSession : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly string tenant;
    private readonly string key;

    private ImportSession(NpgsqlConnection connection, string tenant, string key, Guid nonce) =>
        (this.connection, this.tenant, this.key, Nonce) = (connection, tenant, key, nonce);

    /// <summary>What the ids of the import's events are made of.</summary>
    public Guid Nonce { get; }

    /// <summary>How far earlier attempts came, or null: this is the first.</summary>
    public ImportTally? Saved { get; private set; }

    /// <summary>The problems of earlier attempts, in order.</summary>
    public IReadOnlyList<LineProblem> Problems { get; private set; } = [];

    /// <summary>Takes the key and reads how far the import is.</summary>
    /// <exception cref="Problems.ApiProblem">Another has it.</exception>
    public static async Task<ImportSession> TakeAsync(NpgsqlConnection connection, string tenant, string key, Guid nonce, CancellationToken cancellationToken)
    {
        await using var take = Lock("select pg_try_advisory_lock(hashtextextended($1, 0))", connection, tenant, key);
        if (await take.ExecuteScalarAsync(cancellationToken) is not true)
        {
            throw IdempotencyStore.InUse();
        }

        var session = new ImportSession(connection, tenant, key, nonce);
        await session.LoadAsync(cancellationToken);
        return session;
    }

    /// <summary>Keeps how far the import is, with the problems that came since.</summary>
    public async Task SaveAsync(ImportTally tally, IReadOnlyList<LineProblem> problems, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        Sql.Add(
            batch,
            """
            insert into ct_company_import (tenant, key, passed, chain, registered, replaced, unchanged, refused, position, done)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            on conflict (tenant, key) do update set passed = $3, chain = $4, registered = $5, replaced = $6, unchanged = $7, refused = $8,
                position = $9, done = $10
            """,
            tenant, key, tally.Passed, tally.Chain, tally.Registered, tally.Replaced, tally.Unchanged, tally.Refused, tally.Position, tally.IsDone);
        Sql.Add(
            batch,
            "insert into ct_company_import_problem (tenant, key, line, problem) select $1, $2, unnest($3), unnest($4)",
            tenant, key, problems.Select(p => p.Line).ToArray());
        batch.BatchCommands[^1].Parameters.Add(new NpgsqlParameter
        {
            Value = problems.Select(p => JsonSerializer.Serialize(p, ApiJson.Types.LineProblem)).ToArray(),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Json,
        });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            // The server notices the end of a session a little later; whoever was answered may send again at once.
            await using var free = Lock("select pg_advisory_unlock(hashtextextended($1, 0))", connection, tenant, key);
            await free.ExecuteNonQueryAsync();
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or TimeoutException)
        {
            // The session is broken, and its locks with it.
        }

        await connection.DisposeAsync();
    }

    private static NpgsqlCommand Lock(string sql, NpgsqlConnection connection, string tenant, string key) =>
        new(sql, connection) { Parameters = { new() { Value = IdempotencyStore.LockName(tenant, key) } } };

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        Sql.Add(
            batch,
            "select passed, chain, registered, replaced, unchanged, refused, position, done from ct_company_import where tenant = $1 and key = $2",
            tenant, key);
        Sql.Add(batch, "select problem from ct_company_import_problem where tenant = $1 and key = $2 order by line", tenant, key);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (await reader.ReadAsync(cancellationToken))
        {
            Saved = new ImportTally(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1))
            {
                Registered = reader.GetInt64(2),
                Replaced = reader.GetInt64(3),
                Unchanged = reader.GetInt64(4),
                Refused = reader.GetInt64(5),
                Position = reader.GetInt64(6),
                IsDone = reader.GetBoolean(7),
            };
        }

        await reader.NextResultAsync(cancellationToken);
        var problems = new List<LineProblem>();
        while (await reader.ReadAsync(cancellationToken))
        {
            problems.Add(JsonSerializer.Deserialize(reader.GetString(0), ApiJson.Types.LineProblem)!);
        }

        Problems = problems;
    }
}
