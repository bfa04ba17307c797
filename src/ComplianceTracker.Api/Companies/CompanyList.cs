using ComplianceTracker.Api.Clocks;
using Npgsql;

namespace ComplianceTracker.Api.Companies;

/// <summary>Lists companies from the register's table.</summary>
internal sealed class CompanyList(NpgsqlDataSource database)
{
    private const string Sql = """
        select s.position, c.id, c.name, c.time_zone, c.version
        from ct_register_state s
        left join lateral (
            select id, name, time_zone, version from ct_company
            where tenant = $1 and id > $2 and not archived order by id limit $3) c on true
        order by c.id
        """;

    /// <summary>A page of the companies that are not archived.</summary>
    public async Task<CompanyPage> PageAsync(string tenant, Paging paging, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = paging.After ?? "" });
        command.Parameters.Add(new() { Value = paging.Limit + 1 });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = new List<CompanyItem>();
        var position = 0L;
        while (await reader.ReadAsync(cancellationToken))
        {
            position = reader.GetInt64(0);
            if (!reader.IsDBNull(1))
            {
                items.Add(new CompanyItem(reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetInt64(4)));
            }
        }

        var next = items.Count > paging.Limit ? paging.Cursor(items[paging.Limit - 1].Id, "") : null;
        return new CompanyPage([..items.Take(paging.Limit)], next, position);
    }
}
