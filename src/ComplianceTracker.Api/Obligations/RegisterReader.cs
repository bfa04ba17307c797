using System.Collections.Immutable;
using System.Data;
using ComplianceTracker.Domain.Obligations;
using Npgsql;

namespace ComplianceTracker.Api.Obligations;

/// <summary>Reads the register with the position that it reflects, of one moment.</summary>
internal sealed class RegisterReader(NpgsqlDataSource database)
{
    private static readonly string Sql = $"""
        select s.position, s.recorded_at, c.time_zone, c.archived, r.intervals
        from {RegisterTables.Live.State} s
        join {RegisterTables.Live.Company} c on c.tenant = $1 and c.id = $2
        left join {RegisterTables.Live.Register} r on r.tenant = c.tenant and r.company_id = c.id
        order by r.since
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
    /// <param name="take">Is handed each; false ends the reading.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The log position that they reflect; null: the reading was ended before all were read.</returns>
    public async Task<long?> ReadCompaniesAsync(Func<StoredCompany, bool> take, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var state = new NpgsqlCommand($"select position from {RegisterTables.Live.State}", connection);
        var position = (long)(await state.ExecuteScalarAsync(cancellationToken))!;
        for (var after = ("", ""); ;)
        {
            await using var command = new NpgsqlCommand(PageSql, connection);
            command.Parameters.Add(new() { Value = after.Item1 });
            command.Parameters.Add(new() { Value = after.Item2 });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var last = default(StoredCompany);
            while (await reader.ReadAsync(cancellationToken))
            {
                if (!take(last = RegisterTables.ReadCompany(reader)))
                {
                    return null;
                }
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
