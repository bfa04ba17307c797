using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Vocabulary;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.Api.Consequences;

/// <summary>
/// Which companies have days of their own, on which an answer may change for them and not for others: the bounds of what they declared,
/// and the values of dates from which starts are counted. Kept so that the passing of a day need not look at every company.
/// </summary>
internal static class CompanyDays
{
    // The bounds of windows stand under no fact.
    private const string Bound = "";

    // Months are clamped on the way there and on the way back.
    private const int Slack = 4;

    /// <summary>The table.</summary>
    public const string Schema = """
        create table if not exists ct_company_day (
            fact text collate "C" not null,
            day date not null,
            tenant text collate "C" not null,
            company_id text collate "C" not null,
            primary key (fact, day, tenant, company_id),
            unique (tenant, company_id, fact, day));
        """;

    /// <summary>The streams of the companies for which something may happen between two instants because of days of their own; perhaps of some more.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="world">The law at the end.</param>
    /// <param name="after">The earlier instant.</param>
    /// <param name="upTo">The later instant.</param>
    /// <param name="leadTimes">How long before a day somebody wants to be told.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public static async Task<HashSet<string>> CompaniesAsync(
        NpgsqlConnection connection, World world, DateTimeOffset after, DateTimeOffset upTo, IReadOnlyCollection<CalendarOffset> leadTimes, CancellationToken cancellationToken)
    {
        // Some date on earth is a day behind or ahead of that of UTC.
        var (first, last) = (DateOnly.FromDateTime(after.UtcDateTime).AddDays(-1), DateOnly.FromDateTime(upTo.UtcDateTime).AddDays(1));
        var ranges = new List<(string Fact, DateOnly First, DateOnly Last)> { (Bound, first, last) };
        var starts = world.Rules.SelectMany(r => r.Value.Rule.History.Contents).Select(c => c.Content.RelativeStart).OfType<RelativeStart>().Distinct();
        foreach (var start in starts)
        {
            foreach (var lead in leadTimes.Append(default))
            {
                ranges.Add((start.Fact, start.Offset.Before(lead.After(first)).Earlier(Slack), start.Offset.Before(lead.After(last)).Later(Slack)));
            }
        }

        await using var command = new NpgsqlCommand(
            """
            select distinct d.tenant, d.company_id
            from unnest($1, $2, $3) r(fact, first, last) join ct_company_day d on d.fact = r.fact and d.day between r.first and r.last
            """,
            connection);
        command.Parameters.Add(new() { Value = ranges.Select(r => r.Fact).ToArray() });
        command.Parameters.Add(new() { Value = ranges.Select(r => r.First).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date });
        command.Parameters.Add(new() { Value = ranges.Select(r => r.Last).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var companies = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            companies.Add(StreamIds.Company(reader.GetString(0), reader.GetString(1)));
        }

        return companies;
    }

    /// <summary>Writes down the days of the companies in the place of what stood there of them.</summary>
    public static async Task ReplaceAsync(NpgsqlConnection connection, IReadOnlyDictionary<string, CompanyProfile> companies, CancellationToken cancellationToken)
    {
        if (companies.Count == 0)
        {
            return;
        }

        await using (var delete = new NpgsqlCommand("delete from ct_company_day where (tenant, company_id) in (select * from unnest($1, $2))", connection))
        {
            delete.Parameters.Add(new() { Value = companies.Keys.Select(StreamIds.TenantOf).ToArray() });
            delete.Parameters.Add(new() { Value = companies.Keys.Select(StreamIds.IdOf).ToArray() });
            await delete.ExecuteNonQueryAsync(cancellationToken);
        }

        var days = companies.Where(c => !c.Value.IsArchived).SelectMany(c => DaysOf(c.Value).Distinct().Select(d => (Stream: c.Key, d.Fact, d.Day))).ToList();
        if (days.Count == 0)
        {
            return;
        }

        await using var insert = new NpgsqlCommand("insert into ct_company_day (fact, day, tenant, company_id) select * from unnest($1, $2, $3, $4)", connection);
        insert.Parameters.Add(new() { Value = days.Select(d => d.Fact).ToArray() });
        insert.Parameters.Add(new() { Value = days.Select(d => d.Day).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date });
        insert.Parameters.Add(new() { Value = days.Select(d => StreamIds.TenantOf(d.Stream)).ToArray() });
        insert.Parameters.Add(new() { Value = days.Select(d => StreamIds.IdOf(d.Stream)).ToArray() });
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }

    private static IEnumerable<(string Fact, DateOnly Day)> DaysOf(CompanyProfile company)
    {
        foreach (var (fact, timeline) in company.Facts)
        {
            foreach (var piece in timeline.Pieces)
            {
                foreach (var bound in new[] { piece.Days.From, piece.Days.To }.OfType<DateOnly>())
                {
                    yield return (Bound, bound);
                }

                if (piece.Value is DateValue value)
                {
                    yield return (fact, value.Value);
                }
            }
        }
    }

    private static DateOnly Earlier(this DateOnly day, int days) => day.AddDays(-Math.Min(days, day.DayNumber));

    private static DateOnly Later(this DateOnly day, int days) => day.AddDays(Math.Min(days, DateOnly.MaxValue.DayNumber - day.DayNumber));
}
