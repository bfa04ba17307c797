using ComplianceTracker.Api.Hosting;
using ComplianceTracker.Api.Idempotency;
using ComplianceTracker.Api.Problems;
using Npgsql;

namespace ComplianceTracker.Api.BulkImport;

/// <summary>Opens imports that have a key.</summary>
internal sealed class ImportSessions(IdempotencyStore keys, ServiceSettings settings)
{
    /// <summary>The tables of how far imports are; a row goes when its key does.</summary>
    public const string Schema = """
        create table if not exists ct_company_import (
            tenant text not null,
            key text not null,
            passed bigint not null,
            chain bytea not null,
            registered bigint not null,
            replaced bigint not null,
            unchanged bigint not null,
            refused bigint not null,
            position bigint not null,
            done boolean not null,
            primary key (tenant, key),
            foreign key (tenant, key) references ct_idempotency on delete cascade);
        create table if not exists ct_company_import_problem (
            tenant text not null,
            key text not null,
            line bigint not null,
            problem json not null,
            primary key (tenant, key, line),
            foreign key (tenant, key) references ct_company_import on delete cascade);
        """;

    // As long as an import takes, its key is held by a session of its own, which the server gives up soon after the client vanished.
    private readonly string connectionString = new NpgsqlConnectionStringBuilder(settings.ConnectionString)
    {
        Pooling = false,
        ApplicationName = "ComplianceTracker import",
        KeepAlive = 15,
        Options = $"{new NpgsqlConnectionStringBuilder(settings.ConnectionString).Options} -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3".Trim(),
    }.ConnectionString;

    /// <summary>Claims and holds the key, and finds how far the import is.</summary>
    /// <exception cref="ApiProblem">The key stands for another request, or an import with it is under way.</exception>
    public async Task<ImportSession> OpenAsync(string tenant, string key, ImportOrder order, CancellationToken cancellationToken)
    {
        var fingerprint = IdempotencyKey.Fingerprint("POST", ImportEndpoints.Path, $"{order.Format} {order.Replaces}", []);
        var claim = await keys.ClaimAsync(tenant, key, fingerprint, cancellationToken);
        var connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return await ImportSession.TakeAsync(connection, tenant, key, claim.Nonce, cancellationToken);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The problem of a key under which something else was imported.</summary>
    public static ApiProblem Reused() => new(ProblemTypes.IdempotencyKeyReused, "The key was sent before with other lines; what was imported under it stays.")
    {
        Parameter = IdempotencyKey.Name,
    };
}
