using System.Collections.Immutable;
using ComplianceTracker.Domain.Obligations;
using Npgsql;

namespace ComplianceTracker.Api.Obligations;

/// <summary>Reads one company's register with the position that it reflects, in one statement and so of one moment.</summary>
internal sealed class RegisterReader(NpgsqlDataSource database)
{
    private static readonly string Sql = $"""
        select s.position, s.recorded_at, c.time_zone, c.archived, r.intervals
        from {RegisterTables.Live.State} s
        join {RegisterTables.Live.Company} c on c.tenant = $1 and c.id = $2
        left join {RegisterTables.Live.Register} r on r.tenant = c.tenant and r.company_id = c.id
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

        var intervals = new Dictionary<string, ImmutableArray<ApplicabilityInterval>>(StringComparer.Ordinal);
        foreach (var (obligation, interval) in RegisterTables.ReadIntervals(reader, 4))
        {
            intervals[obligation] = intervals.TryGetValue(obligation, out var earlier) ? earlier.Add(interval) : [interval];
        }

        return new RegisterRow(
            companyId,
            reader.IsDBNull(2) ? null : reader.GetString(2),
            reader.GetBoolean(3),
            reader.GetInt64(0),
            reader.IsDBNull(1) ? null : new DateTimeOffset(reader.GetDateTime(1), TimeSpan.Zero),
            intervals);
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
