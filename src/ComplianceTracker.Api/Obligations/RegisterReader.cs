using System.Collections.Immutable;
using System.Data;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.EventStore.Parking;
using Npgsql;

namespace ComplianceTracker.Api.Obligations;

/// <summary>Reads the register with the position that it reflects, of one moment.</summary>
internal sealed class RegisterReader(NpgsqlDataSource database)
{
    private static readonly string Sql = $"""
        select s.position, s.recorded_at, c.time_zone, c.archived, r.packed
        from {RegisterTables.Live.State} s
        join {RegisterTables.Live.Company} c on c.tenant = $1 and c.id = $2
        left join {RegisterTables.Live.Register} r on r.tenant = c.tenant and r.company_id = c.id
        order by r.since
        """;

    private static readonly string StateSql = $"""
        select position from {RegisterTables.Live.State}
        where not exists (select from ct_parked where subscription = $1)
        and not exists (select from ct_parked_log where subscription = $1 and action = $2)
        """;

    private static readonly string PageSql = $"""
        select {RegisterTables.CompanyColumns} from {RegisterTables.Live.Company}
        where (tenant, id) > ($1, $2) order by tenant, id limit 1000
        """;

    /// <summary>The company's register, or null: the projection has not seen the company.</summary>
    public async Task<RegisterRow?> FindAsync(string tenant, string companyId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = companyId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var (position, timeZone, archived) = (reader.GetInt64(0), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetBoolean(3));
        var recordedAt = reader.IsDBNull(1) ? (DateTimeOffset?)null : new DateTimeOffset(reader.GetDateTime(1), TimeSpan.Zero);
        var rows = new List<byte[]>();
        do
        {
            if (!reader.IsDBNull(4))
            {
                rows.Add(reader.GetFieldValue<byte[]>(4));
            }
        }
        while (await reader.ReadAsync(cancellationToken));

        var intervals = new Dictionary<string, ImmutableArray<ApplicabilityInterval>>(StringComparer.Ordinal);
        foreach (var (obligation, interval) in StoredIntervals.Decode(rows))
        {
            intervals[obligation] = intervals.TryGetValue(obligation, out var earlier) ? earlier.Add(interval) : [interval];
        }

        return new RegisterRow(companyId, timeZone, archived, position, recordedAt, intervals);
    }

    /// <summary>Reads all companies, the archived ones too, as of one moment.</summary>
    /// <param name="from">The log position that the register must have reached to be worth reading.</param>
    /// <param name="take">Is handed each.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>
    /// The log position that they reflect; null: nothing was read, because the register is far behind, or has set events of companies aside that the log has.
    /// </returns>
    public async Task<long?> ReadCompaniesAsync(long from, Action<StoredCompany> take, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var state = new NpgsqlCommand(StateSql, connection);
        state.Parameters.Add(new() { Value = RegisterProjection.LiveName });
        state.Parameters.Add(new() { Value = nameof(ParkedAction.Skipped) });
        if (await state.ExecuteScalarAsync(cancellationToken) is not long position || position < from)
        {
            return null;
        }

        for (var after = ("", ""); ;)
        {
            await using var command = new NpgsqlCommand(PageSql, connection);
            command.Parameters.Add(new() { Value = after.Item1 });
            command.Parameters.Add(new() { Value = after.Item2 });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var last = default(StoredCompany);
            while (await reader.ReadAsync(cancellationToken))
            {
                take(last = RegisterTables.ReadCompany(reader));
            }

            if (last is null)
            {
                return position;
            }

            after = (last.Tenant, last.Profile.Id);
        }
    }
}

/// <summary>One company in the register.</summary>
/// <param name="CompanyId">The company.</param>
/// <param name="TimeZone">Its time zone, or null.</param>
/// <param name="IsArchived">True once it is archived.</param>
/// <param name="Position">The log position that the register reflects.</param>
/// <param name="RecordedAt">When that position was recorded.</param>
/// <param name="Intervals">When obligations apply or may apply, by obligation id.</param>
internal sealed record RegisterRow(
    string CompanyId,
    string? TimeZone,
    bool IsArchived,
    long Position,
    DateTimeOffset? RecordedAt,
    IReadOnlyDictionary<string, ImmutableArray<ApplicabilityInterval>> Intervals);
