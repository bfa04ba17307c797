using System.Text.Json.Nodes;
using ComplianceTracker.Api.Storage;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.Api.Webhooks.Endpoints;

/// <summary>What was done to endpoints, when and by whom; never a secret or a header's value. It outlives the endpoint.</summary>
internal sealed class EndpointLog(NpgsqlDataSource database)
{
    /// <summary>The table of entries.</summary>
    public static readonly string Schema = $"""
        create table if not exists ct_webhook_log (
            entry bigint generated always as identity primary key,
            tenant text not null,
            endpoint text not null,
            at timestamptz not null,
            what text not null,
            actor text not null,
            detail jsonb);
        {Sql.Index("ct_webhook_log_endpoint", "ct_webhook_log (tenant, endpoint, entry)")}
        """;

    /// <summary>Adds an entry on the connection, within its transaction if it has one.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="tenant">Whose endpoint.</param>
    /// <param name="endpoint">Which endpoint.</param>
    /// <param name="at">When, UTC.</param>
    /// <param name="what">What was done, a kebab-case word.</param>
    /// <param name="actor">Who did it: <c>api</c>, or <c>delivery</c> for what deliveries led to.</param>
    /// <param name="detail">More, or null.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task AddAsync(
        NpgsqlConnection connection, string tenant, string endpoint, DateTimeOffset at, string what, string actor, JsonObject? detail, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "insert into ct_webhook_log (tenant, endpoint, at, what, actor, detail) values ($1, $2, $3, $4, $5, $6)", connection);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = endpoint });
        command.Parameters.Add(new() { Value = at });
        command.Parameters.Add(new() { Value = what });
        command.Parameters.Add(new() { Value = actor });
        command.Parameters.Add(new() { Value = (object?)detail?.ToJsonString() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The entries of an endpoint, the newest first.</summary>
    /// <param name="tenant">Whose endpoint.</param>
    /// <param name="endpoint">Which endpoint; a deleted one has its entries still.</param>
    /// <param name="before">The number of the last entry of the page before, or null: the first page.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<IReadOnlyList<EndpointLogEntry>> PageAsync(
        string tenant, string endpoint, long? before, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select entry, at, what, actor, detail from ct_webhook_log
            where tenant = $1 and endpoint = $2 and ($3::bigint is null or entry < $3) order by entry desc limit $4
            """);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = endpoint });
        command.Parameters.Add(new() { Value = (object?)before ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = limit });
        var found = new List<EndpointLogEntry>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new EndpointLogEntry(
                reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2), reader.GetString(3),
                reader.IsDBNull(4) ? null : JsonNode.Parse(reader.GetString(4))));
        }

        return found;
    }
}

/// <summary>Something that was done to an endpoint.</summary>
/// <param name="Entry">Its number, which rises.</param>
/// <param name="At">When, UTC.</param>
/// <param name="What">What was done.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="Detail">More, or null.</param>
internal sealed record EndpointLogEntry(long Entry, DateTimeOffset At, string What, string Actor, JsonNode? Detail);
