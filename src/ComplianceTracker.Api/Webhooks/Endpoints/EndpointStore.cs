using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Api.Webhooks.Delivering;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.Api.Webhooks.Endpoints;

/// <summary>
/// Endpoints in the database. Whatever changes one raises its version, is written to <see cref="EndpointLog"/> and announced on
/// <see cref="Channel"/> with its id, in one transaction.
/// </summary>
internal sealed class EndpointStore(NpgsqlDataSource database, IDeliveryQueue queue, TimeProvider time)
{
    /// <summary>Where changes are announced (LISTEN); the payload is the endpoint's id.</summary>
    public const string Channel = "ct_webhook";

    /// <summary>The most endpoints of one tenant.</summary>
    public const int MostOfATenant = 1_000;

    /// <summary>The table of endpoints.</summary>
    public const string Schema = """
        create table if not exists ct_webhook_endpoint (
            tenant text not null,
            id text not null,
            url text not null,
            description text,
            event_types text[] not null,
            companies text[] not null,
            jurisdictions text[] not null,
            topics text[] not null,
            instruments text[] not null,
            categories text[] not null,
            condition text,
            lead_times text[] not null,
            rate_limit int,
            ordered boolean not null,
            state text not null,
            state_since timestamptz not null,
            state_reason text,
            since_position bigint,
            version bigint not null,
            created_at timestamptz not null,
            verified_at timestamptz,
            secrets bytea not null,
            headers bytea,
            header_names text[] not null,
            deleted boolean not null default false,
            primary key (tenant, id));
        """;

    private const string Columns = """
        tenant, id, url, description, event_types, companies, jurisdictions, topics, instruments, categories, condition, lead_times, rate_limit,
        ordered, state, state_since, state_reason, since_position, version, created_at, verified_at, secrets, headers, header_names
        """;

    /// <summary>The endpoint, or null: there is none, or it was deleted.</summary>
    public async Task<WebhookEndpoint?> FindAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"select {Columns} from ct_webhook_endpoint where tenant = $1 and id = $2 and not deleted");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = id });
        return (await ReadAsync(command, cancellationToken)).SingleOrDefault();
    }

    /// <summary>A tenant's endpoints by id, which is the order of their registration.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="after">The last id of the page before, or null: the first page.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<IReadOnlyList<WebhookEndpoint>> PageAsync(string tenant, string? after, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"select {Columns} from ct_webhook_endpoint where tenant = $1 and id collate \"C\" > $2 and not deleted order by id collate \"C\" limit $3");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = after ?? "" });
        command.Parameters.Add(new() { Value = limit });
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Every tenant's endpoints that are not deleted.</summary>
    /// <param name="within">The connection (with its transaction) to read on, or null: one of its own.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<IReadOnlyList<WebhookEndpoint>> AllAsync(NpgsqlConnection? within, CancellationToken cancellationToken)
    {
        const string Sql = $"select {Columns} from ct_webhook_endpoint where not deleted order by tenant, id";
        await using var command = within is null ? database.CreateCommand(Sql) : new NpgsqlCommand(Sql, within);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Registers an endpoint.</summary>
    /// <returns>Whether it did, or one of that id was there, or the tenant has as many as it may have.</returns>
    public async Task<Registration> InsertAsync(WebhookEndpoint endpoint, string actor, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // One after the other, so that two do not both find the last place free.
        await using (var count = new NpgsqlCommand(
            """
            select pg_advisory_xact_lock(hashtextextended('ct_webhook_endpoint:' || $1, 0));
            """,
            connection))
        {
            count.Parameters.Add(new() { Value = endpoint.Tenant });
            await count.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var count = new NpgsqlCommand(
            "select count(*) filter (where not deleted), count(*) filter (where id = $2) from ct_webhook_endpoint where tenant = $1", connection))
        {
            count.Parameters.Add(new() { Value = endpoint.Tenant });
            count.Parameters.Add(new() { Value = endpoint.Id });
            await using var reader = await count.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            if (reader.GetInt64(1) > 0)
            {
                return Registration.AlreadyThere;
            }

            if (reader.GetInt64(0) >= MostOfATenant)
            {
                return Registration.TooMany;
            }
        }

        await using (var insert = new NpgsqlCommand(
            $"""
            insert into ct_webhook_endpoint ({Columns})
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
            """,
            connection))
        {
            AddAll(insert, endpoint, endpoint.Version);
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }

        await AnnounceAsync(connection, endpoint.Tenant, endpoint.Id, "created", actor, new JsonObject { ["url"] = endpoint.Url.AbsoluteUri }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Registration.Done;
    }

    /// <summary>Writes a changed endpoint if it still has the version.</summary>
    /// <param name="changed">The endpoint as it is to be; its version is set to one more than the expected.</param>
    /// <param name="expectedVersion">The version that was changed.</param>
    /// <param name="what">What was done, for the log: <c>changed</c>, <c>verified</c>, <c>secret-rotated</c>, …</param>
    /// <param name="actor">Who did it, for the log.</param>
    /// <param name="detail">More for the log, no secret and no header's value; or null.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="say">Says to others what happens, while the change is held open; null: there is nothing to say.</param>
    /// <returns>The endpoint as it is now, or null: somebody else was quicker, or it is gone.</returns>
    public async Task<WebhookEndpoint?> UpdateAsync(
        WebhookEndpoint changed, long expectedVersion, string what, string actor, JsonObject? detail, CancellationToken cancellationToken, Func<Task>? say = null)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var revived = false;
        if (changed.State == EndpointState.Active)
        {
            await using var before = new NpgsqlCommand(
                "select state <> 'active' or url <> $3 from ct_webhook_endpoint where tenant = $1 and id = $2 for update", connection);
            before.Parameters.Add(new() { Value = changed.Tenant });
            before.Parameters.Add(new() { Value = changed.Id });
            before.Parameters.Add(new() { Value = changed.Url.AbsoluteUri });
            revived = await before.ExecuteScalarAsync(cancellationToken) is true;
        }

        await using (var update = new NpgsqlCommand(
            $"""
            update ct_webhook_endpoint set ({Columns}) =
                ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
            where tenant = $1 and id = $2 and version = $25 and not deleted
            """,
            connection))
        {
            AddAll(update, changed, expectedVersion + 1);
            update.Parameters.Add(new() { Value = expectedVersion });
            if (await update.ExecuteNonQueryAsync(cancellationToken) == 0)
            {
                return null;
            }
        }

        if (revived)
        {
            // Whoever enables an endpoint, or gives it another address, wants what waits for another attempt now, and its attempts counted anew.
            await EndpointHealth.ForgetAsync(transaction, changed.Id, cancellationToken);
            await queue.ReleaseAsync(transaction, changed.Id, countAnew: true, cancellationToken);
        }

        await AnnounceAsync(connection, changed.Tenant, changed.Id, what, actor, detail, cancellationToken);
        if (say is not null)
        {
            await say();
        }

        await transaction.CommitAsync(cancellationToken);
        return changed with { Version = expectedVersion + 1 };
    }

    /// <summary>Moves an endpoint to another state; where it stands there already, its reason is set anew.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="id">Which.</param>
    /// <param name="to">Where to.</param>
    /// <param name="reason">Why, in words, or null.</param>
    /// <param name="expectedVersion">Only if it still has this version; null: whatever its version.</param>
    /// <param name="within">The connection (with its transaction) to write on, or null: one of its own.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>False when it is gone or has another version.</returns>
    public async Task<bool> MoveAsync(
        string tenant, string id, EndpointState to, string? reason, long? expectedVersion, NpgsqlConnection? within, CancellationToken cancellationToken)
    {
        if (within is not null)
        {
            return await MoveOnAsync(within, tenant, id, to, reason, expectedVersion, cancellationToken);
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var moved = await MoveOnAsync(connection, tenant, id, to, reason, expectedVersion, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return moved;
    }

    /// <summary>Deletes an endpoint, its secrets and headers at once, and what waits to be delivered to it; the log of it stays.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="id">Which.</param>
    /// <param name="expectedVersion">Only if it still has this version; null: whatever its version.</param>
    /// <param name="actor">Who did it, for the log.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>False when it is gone or has another version.</returns>
    public async Task<bool> DeleteAsync(string tenant, string id, long? expectedVersion, string actor, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var delete = new NpgsqlCommand(
            """
            update ct_webhook_endpoint set deleted = true, version = version + 1, secrets = '', headers = null
            where tenant = $1 and id = $2 and ($3::bigint is null or version = $3) and not deleted
            """,
            connection))
        {
            delete.Parameters.Add(new() { Value = tenant });
            delete.Parameters.Add(new() { Value = id });
            delete.Parameters.Add(new() { Value = (object?)expectedVersion ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
            if (await delete.ExecuteNonQueryAsync(cancellationToken) == 0)
            {
                return false;
            }
        }

        await EndpointHealth.ForgetAsync(transaction, id, cancellationToken);
        await queue.DropAsync(transaction, id, cancellationToken);
        await AnnounceAsync(connection, tenant, id, "deleted", actor, null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<bool> MoveOnAsync(
        NpgsqlConnection connection, string tenant, string id, EndpointState to, string? reason, long? expectedVersion, CancellationToken cancellationToken)
    {
        await using (var move = new NpgsqlCommand(
            """
            update ct_webhook_endpoint
            set state_since = case when state = $3 then state_since else $5 end, state = $3, state_reason = $4, version = version + 1
            where tenant = $1 and id = $2 and ($6::bigint is null or version = $6) and not deleted
            """,
            connection))
        {
            move.Parameters.Add(new() { Value = tenant });
            move.Parameters.Add(new() { Value = id });
            move.Parameters.Add(new() { Value = Words.Of(to) });
            move.Parameters.Add(Text(reason));
            move.Parameters.Add(new() { Value = time.GetUtcNow() });
            move.Parameters.Add(new() { Value = (object?)expectedVersion ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
            if (await move.ExecuteNonQueryAsync(cancellationToken) == 0)
            {
                return false;
            }
        }

        await AnnounceAsync(
            connection, tenant, id, "moved", "delivery", new JsonObject { ["state"] = Words.Of(to), ["reason"] = reason }, cancellationToken);
        return true;
    }

    private async Task AnnounceAsync(
        NpgsqlConnection connection, string tenant, string id, string what, string actor, JsonObject? detail, CancellationToken cancellationToken)
    {
        await EndpointLog.AddAsync(connection, tenant, id, time.GetUtcNow(), what, actor, detail, cancellationToken);
        await using var notify = new NpgsqlCommand("select pg_notify($1, $2)", connection);
        notify.Parameters.Add(new() { Value = Channel });
        notify.Parameters.Add(new() { Value = id });
        await notify.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void AddAll(NpgsqlCommand command, WebhookEndpoint e, long version)
    {
        var parameters = command.Parameters;
        parameters.Add(new() { Value = e.Tenant });
        parameters.Add(new() { Value = e.Id });
        parameters.Add(new() { Value = e.Url.AbsoluteUri });
        parameters.Add(Text(e.Description));
        parameters.Add(Texts(e.Filter.EventTypes));
        parameters.Add(Texts(e.Filter.Companies));
        parameters.Add(Texts(e.Filter.Jurisdictions));
        parameters.Add(Texts(e.Filter.Topics));
        parameters.Add(Texts(e.Filter.Instruments));
        parameters.Add(Texts(e.Filter.Categories));
        parameters.Add(Text(e.Filter.Condition));
        parameters.Add(Texts(e.Filter.LeadTimes));
        parameters.Add(new() { Value = (object?)e.RateLimit ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        parameters.Add(new() { Value = e.Ordered });
        parameters.Add(new() { Value = Words.Of(e.State) });
        parameters.Add(new() { Value = e.StateSince });
        parameters.Add(Text(e.StateReason));
        parameters.Add(new() { Value = (object?)e.Since ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        parameters.Add(new() { Value = version });
        parameters.Add(new() { Value = e.CreatedAt });
        parameters.Add(new() { Value = (object?)e.VerifiedAt ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        parameters.Add(new() { Value = e.ProtectedSecrets });
        parameters.Add(new() { Value = (object?)e.ProtectedHeaders ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea });
        parameters.Add(Texts(e.HeaderNames));
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Texts(ImmutableArray<string> texts) =>
        new() { Value = texts.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static async Task<List<WebhookEndpoint>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var found = new List<WebhookEndpoint>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(Read(reader));
        }

        return found;
    }

    private static WebhookEndpoint Read(NpgsqlDataReader row)
    {
        ImmutableArray<string> Texts(int column) => [..row.GetFieldValue<string[]>(column)];
        string? MaybeText(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        return new WebhookEndpoint
        {
            Tenant = row.GetString(0),
            Id = row.GetString(1),
            Url = new Uri(row.GetString(2)),
            Description = MaybeText(3),
            Filter = new EndpointFilter(Texts(4), Texts(5), Texts(6), Texts(7), Texts(8), Texts(9), MaybeText(10), Texts(11)),
            RateLimit = row.IsDBNull(12) ? null : row.GetInt32(12),
            Ordered = row.GetBoolean(13),
            State = Words.TryParse<EndpointState>(row.GetString(14), out var state)
                ? state
                : throw new InvalidOperationException($"'{row.GetString(14)}' is no state of an endpoint."),
            StateSince = row.GetFieldValue<DateTimeOffset>(15),
            StateReason = MaybeText(16),
            Since = row.IsDBNull(17) ? null : row.GetInt64(17),
            Version = row.GetInt64(18),
            CreatedAt = row.GetFieldValue<DateTimeOffset>(19),
            VerifiedAt = row.IsDBNull(20) ? null : row.GetFieldValue<DateTimeOffset>(20),
            ProtectedSecrets = row.GetFieldValue<byte[]>(21),
            ProtectedHeaders = row.IsDBNull(22) ? null : row.GetFieldValue<byte[]>(22),
            HeaderNames = Texts(23),
        };
    }
}

/// <summary>What became of a registration.</summary>
internal enum Registration
{
    /// <summary>The endpoint is registered.</summary>
    Done,

    /// <summary>An endpoint of that id is there, or was.</summary>
    AlreadyThere,

    /// <summary>The tenant has as many as it may have.</summary>
    TooMany,
}
