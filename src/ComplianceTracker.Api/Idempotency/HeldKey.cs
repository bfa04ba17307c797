using ComplianceTracker.Api.Storage;
using Npgsql;

namespace ComplianceTracker.Api.Idempotency;

/// <summary>
/// A key while its request runs: an advisory lock of a transaction, so that whatever ends the process or the connection frees it. A
/// request that outlives the time a session may idle in a transaction loses it; two of the same request may then run at once, which
/// the ids of what they append keep from taking effect twice.
/// </summary>
internal sealed class HeldKey(string tenant, string key, Guid nonce, SemaphoreSlim place) : IAsyncDisposable
{
    private NpgsqlConnection? connection;
    private NpgsqlTransaction? transaction;

    /// <summary>The answer that another request with the key got just before; or null.</summary>
    public StoredResponse? Response { get; private set; }

    /// <summary>Takes the lock.</summary>
    /// <exception cref="Problems.ApiProblem">Another has it.</exception>
    public async Task TakeAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        connection = await database.OpenConnectionAsync(cancellationToken);
        transaction = await connection.BeginTransactionAsync(cancellationToken);

        // The row is read by a statement of its own, behind the lock: whoever had the lock before has stored its answer by then.
        await using var batch = new NpgsqlBatch(connection, transaction);
        Sql.Add(batch, "select pg_try_advisory_xact_lock(hashtextextended($1, 0))", IdempotencyStore.LockName(tenant, key));
        IdempotencyStore.AddRead(batch, tenant, key);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var taken = reader.GetBoolean(0);
        await reader.NextResultAsync(cancellationToken);
        var claim = await IdempotencyStore.ReadAsync(reader, cancellationToken);
        if (!taken || claim?.Nonce != nonce)
        {
            throw IdempotencyStore.InUse();
        }

        Response = claim.Response;
    }

    /// <summary>Stores the answer and lets go of the key, both or neither.</summary>
    public async Task StoreAsync(StoredResponse response, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "update ct_idempotency set status = $4, media_type = $5, etag = $6, location = $7, body = $8 where tenant = $1 and key = $2 and nonce = $3",
            connection, transaction);
        foreach (var value in (object?[])[tenant, key, nonce, response.Status, response.MediaType, response.ETag, response.Location, response.Body])
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction!.CommitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (transaction is not null)
        {
            await transaction.DisposeAsync();
        }

        if (connection is not null)
        {
            await connection.DisposeAsync();
        }

        place.Release();
    }
}
