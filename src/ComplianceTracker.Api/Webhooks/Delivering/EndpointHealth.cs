using System.Data.Common;
using Npgsql;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>How deliveries to endpoints fared lately, in a table: several processes deliver to one endpoint and judge it together.</summary>
internal sealed class EndpointHealth(NpgsqlDataSource database)
{
    /// <summary>The table.</summary>
    public const string Schema = """
        create table if not exists ct_webhook_health (
            endpoint text collate "C" primary key,
            failures int not null default 0,
            failing_since timestamptz,
            hold_until timestamptz not null default 'epoch',
            asked_until timestamptz not null default 'epoch',
            next_slot timestamptz not null default 'epoch');
        """;

    /// <summary>Counts attempts in the order in which they ended.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="failures">How many failed since the last success; all of them where none succeeded.</param>
    /// <param name="succeeded">True when one succeeded: what failed before it no longer counts.</param>
    /// <param name="hold">How long the endpoint is to be left alone unless it succeeds meanwhile, or null.</param>
    /// <param name="asked">How long the endpoint asked to be left alone, or null.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>How many failed in a row by now.</returns>
    public async Task<int> CountAsync(string endpoint, int failures, bool succeeded, TimeSpan? hold, TimeSpan? asked, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            insert into ct_webhook_health as h (endpoint, failures, failing_since, hold_until, asked_until)
            values ($1, $2, case when $2 > 0 then now() end, coalesce(now() + $4, 'epoch'), coalesce(now() + $5, 'epoch'))
            on conflict (endpoint) do update set
                failures = case when $3 then $2 else h.failures + $2 end,
                failing_since = case when $3 or h.failures = 0 then excluded.failing_since else h.failing_since end,
                hold_until = case when $3 and $2 = 0 then 'epoch' else greatest(h.hold_until, excluded.hold_until) end,
                asked_until = greatest(h.asked_until, excluded.asked_until)
            returning failures
            """);
        command.Parameters.Add(new() { Value = endpoint });
        command.Parameters.Add(new() { Value = failures });
        command.Parameters.Add(new() { Value = succeeded });
        command.Parameters.Add(new() { Value = (object?)hold ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Interval });
        command.Parameters.Add(new() { Value = (object?)asked ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Interval });
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>How many failed in a row, and how long the endpoint is still to be left alone; zero or less: not at all.</summary>
    public async Task<(int Failures, TimeSpan Hold)> ReadAsync(string endpoint, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select failures, greatest(-1, extract(epoch from greatest(hold_until, asked_until) - now()))::double precision from ct_webhook_health where endpoint = $1");
        command.Parameters.Add(new() { Value = endpoint });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt32(0), TimeSpan.FromSeconds(reader.GetDouble(1))) : (0, TimeSpan.Zero);
    }

    /// <summary>Begins anew: somebody enabled the endpoint.</summary>
    public static async Task ForgetAsync(DbTransaction transaction, string endpoint, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("delete from ct_webhook_health where endpoint = $1", (NpgsqlConnection)transaction.Connection!);
        command.Parameters.Add(new() { Value = endpoint });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Reserves the next place among the deliveries of a second, for all processes together.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="perSecond">Its limit.</param>
    /// <param name="longest">How long a place may be waited for; a later one is not reserved.</param>
    /// <param name="cancellationToken">Ends the attempt; the place may be lost.</param>
    /// <returns>How long until the place, zero or less: now; null: too long.</returns>
    public async Task<TimeSpan?> ReserveAsync(string endpoint, int perSecond, TimeSpan longest, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            insert into ct_webhook_health as h (endpoint, next_slot) values ($1, now() + $2)
            on conflict (endpoint) do update set next_slot = greatest(h.next_slot, now()) + $2 where h.next_slot - now() <= $3
            returning extract(epoch from next_slot - $2 - now())::double precision
            """);
        command.Parameters.Add(new() { Value = endpoint });
        command.Parameters.Add(new() { Value = TimeSpan.FromSeconds(1) / perSecond });
        command.Parameters.Add(new() { Value = longest });
        return await command.ExecuteScalarAsync(cancellationToken) is double seconds ? TimeSpan.FromSeconds(seconds) : null;
    }
}
