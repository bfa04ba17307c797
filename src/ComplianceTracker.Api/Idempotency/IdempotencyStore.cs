using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.Api.Idempotency;

/// <summary>Keeps keys with the requests they stand for and the answers these got, for 24 hours by the database's clock.</summary>
internal sealed class IdempotencyStore(NpgsqlDataSource database) : IDisposable
{
    /// <summary>The table of keys.</summary>
    public static readonly string Schema = $"""
        create table if not exists ct_idempotency (
            tenant text not null,
            key text not null,
            fingerprint bytea not null,
            nonce uuid not null,
            created_at timestamptz not null default now(),
            status int,
            media_type text,
            etag text,
            location text,
            body bytea,
            primary key (tenant, key));
        {Sql.Index("ct_idempotency_created_at", "ct_idempotency (created_at)")}
        """;

    private const string Expired = "created_at < now() - interval '24 hours'";
    private const string Columns = "fingerprint, nonce, status, media_type, etag, location, body";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    // Each key held takes a connection for as long as its request runs, and the request needs others: most of the pool is for those.
    private readonly SemaphoreSlim places = new(Math.Max(1, new NpgsqlConnectionStringBuilder(database.ConnectionString).MaxPoolSize / 4));

    /// <summary>Claims the key for the request, or finds what it stands for already.</summary>
    /// <param name="tenant">Whose key.</param>
    /// <param name="key">The key.</param>
    /// <param name="fingerprint">What tells the request from others.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ApiProblem">The key stands for another request.</exception>
    public async Task<ClaimedKey> ClaimAsync(string tenant, string key, byte[] fingerprint, CancellationToken cancellationToken)
    {
        // One round trip and one transaction; the few that expired elsewhere go along, so that the table stays a day long.
        await using var batch = database.CreateBatch();
        Sql.Add(batch, $"delete from ct_idempotency where tenant = $1 and key = $2 and {Expired}", tenant, key);
        Sql.Add(
            batch,
            $"""
            delete from ct_idempotency where (tenant, key) in
                (select tenant, key from ct_idempotency where {Expired} limit 100 for update skip locked)
            """);
        Sql.Add(
            batch, "insert into ct_idempotency (tenant, key, fingerprint, nonce) values ($1, $2, $3, $4) on conflict do nothing",
            tenant, key, fingerprint, Guid.NewGuid());
        Sql.Add(batch, $"select {Columns} from ct_idempotency where tenant = $1 and key = $2", tenant, key);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var claim = await ReadAsync(reader, cancellationToken) ?? throw InUse();
        return claim.Fingerprint.AsSpan().SequenceEqual(fingerprint)
            ? claim
            : throw new ApiProblem(
                ProblemTypes.IdempotencyKeyReused, "The key was sent before with another request: another method, path, query, media type or body.")
            {
                Parameter = IdempotencyKey.Name,
            };
    }

    /// <summary>Holds a claimed key until disposed, or until this process or its connection ends.</summary>
    /// <exception cref="ApiProblem">A request with the key is under way, or too many others are.</exception>
    public async Task<HeldKey> HoldAsync(string tenant, string key, ClaimedKey claim, CancellationToken cancellationToken)
    {
        if (!await places.WaitAsync(LongestWait, cancellationToken))
        {
            throw new ApiProblem(ProblemTypes.Overloaded, "Too many requests with a key are under way; send it again.") { RetryAfter = 1 };
        }

        var held = new HeldKey(tenant, key, claim.Nonce, places);
        try
        {
            await held.TakeAsync(database, cancellationToken);
            return held;
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => places.Dispose();

    /// <summary>The problem of a key whose request is under way.</summary>
    public static ApiProblem InUse() => new(ProblemTypes.IdempotencyKeyInUse, "A request with this key is under way; ask again for its answer.")
    {
        Parameter = IdempotencyKey.Name,
        RetryAfter = 1,
    };

    /// <summary>The lock that holds a key, for <c>pg_try_advisory_lock</c> and its like.</summary>
    public static string LockName(string tenant, string key) => $"ct_idempotency:{tenant}:{key}";

    /// <summary>Adds a statement that reads a key's row for <see cref="ReadAsync"/>.</summary>
    public static void AddRead(NpgsqlBatch batch, string tenant, string key) =>
        Sql.Add(batch, $"select {Columns} from ct_idempotency where tenant = $1 and key = $2", tenant, key);

    /// <summary>The key's row; null when it is gone.</summary>
    public static async Task<ClaimedKey?> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        var response = reader.IsDBNull(2) ? null : new StoredResponse(reader.GetInt32(2), Text(3), Text(4), Text(5), reader.GetFieldValue<byte[]>(6));
        return new ClaimedKey(reader.GetFieldValue<byte[]>(0), reader.GetGuid(1), response);
    }
}

/// <summary>A key that stands for a request.</summary>
/// <param name="Fingerprint">What tells the request from others.</param>
/// <param name="Nonce">Chosen with the claim: what is done under it can be found again by it.</param>
/// <param name="Response">The answer, or null: there is none yet.</param>
internal sealed record ClaimedKey(byte[] Fingerprint, Guid Nonce, StoredResponse? Response);

/// <summary>An answer as it was given.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="MediaType">The <c>Content-Type</c>, or null.</param>
/// <param name="ETag">The <c>ETag</c>, or null.</param>
/// <param name="Location">The <c>Location</c>, or null.</param>
/// <param name="Body">The body.</param>
internal sealed record StoredResponse(int Status, string? MediaType, string? ETag, string? Location, byte[] Body);
