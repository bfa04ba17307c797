using System.Collections.Immutable;
using System.Text.Json;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Obligations;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.Api.Obligations;

/// <summary>
/// The register in SQL: for each company the intervals in which obligations apply or may apply to it. Legal windows are not in
/// here: they are the same for every company and come from the catalogue, so that a moved date touches no company's row.
/// </summary>
/// <remarks>
/// A company's intervals are one row (<see cref="StoredIntervals"/>), and a small one beside it for each change of law since that row was
/// written: a law that concerns everybody writes what it changed and not what it left alone, and a question reads a handful of rows. The
/// rows stay within the page, uncompressed, and so do the companies' facts (<see cref="StoredFacts"/>), all of which such a law reads.
/// </remarks>
/// <param name="suffix">What the names of the tables end with.</param>
internal sealed class RegisterTables(string suffix)
{
    /// <summary>What <see cref="ReadCompany"/> reads.</summary>
    public const string CompanyColumns = "tenant, id, name, time_zone, archived, version, position, facts";

    /// <summary>Those that answer questions.</summary>
    public static RegisterTables Live { get; } = new("");

    /// <summary>Those that a rebuild fills, and that then take the place of the live ones.</summary>
    public static RegisterTables Next { get; } = new("_next");

    /// <summary>The table of company profiles.</summary>
    public string Company => $"ct_company{suffix}";

    /// <summary>The table of intervals.</summary>
    public string Register => $"ct_register{suffix}";

    /// <summary>The table of one row that says how far the register is.</summary>
    public string State => $"ct_register_state{suffix}";

    /// <summary>
    /// What must exist before the projection runs. Repeating it changes nothing and waits for nobody: <c>on conflict do nothing</c> would
    /// wait for the open batch of another service, and so would <c>create index if not exists</c>, holding up the next batch as well.
    /// </summary>
    public string Schema => $"""
        create table if not exists {Company} (
            tenant text collate "C" not null,
            id text collate "C" not null,
            name text not null,
            time_zone text,
            archived boolean not null,
            version bigint not null,
            position bigint not null,
            facts bytea not null,
            primary key (tenant, id)) with (toast_tuple_target = 8160);
        create table if not exists {Register} (
            tenant text collate "C" not null,
            company_id text collate "C" not null,
            since bigint not null,
            packed bytea not null,
            primary key (tenant, company_id, since)) with (toast_tuple_target = 8160);
        create table if not exists {State} (
            one boolean primary key default true check (one),
            position bigint not null,
            recorded_at timestamptz);
        insert into {State} (position) select 0 where not exists (select from {State});
        """;

    /// <summary>
    /// Removes a register of a layout before this one, with how far it was and what it had set aside: it is computed anew from the log. Its
    /// checkpoint goes to the beginning rather than away, so that a process of an earlier release that still runs it is told that it moved;
    /// and as it does not find the column that it writes, it keeps trying and sets nothing aside.
    /// </summary>
    public static string Upgrade => $"""
        do $$ begin
            if to_regclass('{Live.Register}') is not null
                and not exists (select from pg_attribute where attrelid = to_regclass('{Live.Register}') and attname = 'packed' and not attisdropped) then
                {Live.Drop} {Next.Drop}
                drop table if exists ct_rebuild;
                update mt_event_progression set last_seq_id = 0 where name = '{RegisterProjection.LiveName}:All';
                delete from mt_event_progression where name = '{RegisterRebuild.NextName}:All';
                delete from ct_parked where subscription in ('{RegisterProjection.LiveName}', '{RegisterRebuild.NextName}');
            end if;
        end $$;
        """;

    /// <summary>Removes the tables, if they are there: locked in the order in which readers come to them, lest each waits for the other.</summary>
    public string Drop => $"drop table if exists {State}, {Company}, {Register};";

    /// <summary>Gives the tables the names of others, which must not exist.</summary>
    public string RenameTo(RegisterTables others) => $"""
        alter table {Company} rename to {others.Company};
        alter table {Register} rename to {others.Register};
        alter table {State} rename to {others.State};
        """;

    /// <summary>A company off a row of <see cref="CompanyColumns"/>.</summary>
    public static StoredCompany ReadCompany(NpgsqlDataReader reader)
    {
        var profile = new CompanyProfile(
            reader.GetString(1),
            reader.GetString(2),
            reader.IsDBNull(3) ? null : reader.GetString(3),
            StoredFacts.Read(reader.GetFieldValue<byte[]>(7)),
            reader.GetBoolean(4));
        return new StoredCompany(reader.GetString(0), profile, reader.GetInt64(5), reader.GetInt64(6));
    }

    /// <summary>Writes companies of which the tables hold nothing.</summary>
    public async Task AddCompaniesAsync(NpgsqlConnection connection, IEnumerable<StoredCompany> companies, CancellationToken cancellationToken)
    {
        await using var writer = await connection.BeginBinaryImportAsync(
            $"copy {Company} ({CompanyColumns}) from stdin (format binary)", cancellationToken);
        foreach (var (tenant, profile, version, position) in companies)
        {
            await writer.StartRowAsync(cancellationToken);
            await writer.WriteAsync(tenant, NpgsqlDbType.Text, cancellationToken);
            await writer.WriteAsync(profile.Id, NpgsqlDbType.Text, cancellationToken);
            await writer.WriteAsync(profile.Name, NpgsqlDbType.Text, cancellationToken);
            await writer.WriteAsync(profile.TimeZone, NpgsqlDbType.Text, cancellationToken);
            await writer.WriteAsync(profile.IsArchived, NpgsqlDbType.Boolean, cancellationToken);
            await writer.WriteAsync(version, NpgsqlDbType.Bigint, cancellationToken);
            await writer.WriteAsync(position, NpgsqlDbType.Bigint, cancellationToken);
            await writer.WriteAsync(StoredFacts.Write(profile.Facts), NpgsqlDbType.Bytea, cancellationToken);
        }

        await writer.CompleteAsync(cancellationToken);
    }

    /// <summary>Writes intervals beside those that the tables hold.</summary>
    public async Task AddIntervalsAsync(NpgsqlConnection connection, IReadOnlyCollection<CompanyIntervals> companies, CancellationToken cancellationToken)
    {
        if (companies.Count == 0)
        {
            return;
        }

        await using var writer = await connection.BeginBinaryImportAsync(
            $"copy {Register} (tenant, company_id, since, packed) from stdin (format binary)", cancellationToken);
        foreach (var company in companies)
        {
            await writer.StartRowAsync(cancellationToken);
            await writer.WriteAsync(company.Tenant, NpgsqlDbType.Text, cancellationToken);
            await writer.WriteAsync(company.CompanyId, NpgsqlDbType.Text, cancellationToken);
            await writer.WriteAsync(company.Since, NpgsqlDbType.Bigint, cancellationToken);
            await writer.WriteAsync(StoredIntervals.Encode(company.Intervals, company.Without), NpgsqlDbType.Bytea, cancellationToken);
        }

        await writer.CompleteAsync(cancellationToken);
    }

    /// <summary>Makes one row of the intervals and of those that the tables hold of the same companies.</summary>
    public async Task MergeIntervalsAsync(NpgsqlConnection connection, IReadOnlyList<CompanyIntervals> companies, CancellationToken cancellationToken)
    {
        if (companies.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            $"""
            select tenant, company_id, array_agg(packed order by since) from {Register}
            where (tenant, company_id) in (select * from unnest($1, $2)) group by tenant, company_id
            """,
            connection);
        AddKeys(command, companies);
        var earlier = new Dictionary<(string, string), byte[][]>(companies.Count);
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                earlier.Add((reader.GetString(0), reader.GetString(1)), reader.GetFieldValue<byte[][]>(2));
            }
        }

        await ReplaceIntervalsAsync(
            connection,
            [
                ..companies.Select(c => new CompanyIntervals(
                    c.Tenant, c.CompanyId, StoredIntervals.Decode([..earlier.GetValueOrDefault((c.Tenant, c.CompanyId), []), StoredIntervals.Encode(c.Intervals, c.Without)]))),
            ],
            cancellationToken);
    }

    /// <summary>Writes the intervals of companies in the place of those there are.</summary>
    public async Task ReplaceIntervalsAsync(NpgsqlConnection connection, IReadOnlyList<CompanyIntervals> companies, CancellationToken cancellationToken)
    {
        if (companies.Count == 0)
        {
            return;
        }

        await using (var delete = new NpgsqlCommand(
            $"delete from {Register} where (tenant, company_id) in (select * from unnest($1, $2))", connection))
        {
            AddKeys(delete, companies);
            await delete.ExecuteNonQueryAsync(cancellationToken);
        }

        await AddIntervalsAsync(connection, companies, cancellationToken);
    }

    private static void AddKeys(NpgsqlCommand command, IReadOnlyList<CompanyIntervals> companies)
    {
        command.Parameters.Add(new() { Value = companies.Select(c => c.Tenant).ToArray() });
        command.Parameters.Add(new() { Value = companies.Select(c => c.CompanyId).ToArray() });
    }
}

/// <summary>A company as the read model holds it.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Profile">The profile.</param>
/// <param name="Version">The version of its last event.</param>
/// <param name="Position">The log position of its last event.</param>
internal sealed record StoredCompany(string Tenant, CompanyProfile Profile, long Version, long Position);

/// <summary>A row of the register: when obligations apply or may apply to a company, all of them or those that a change of law touched.</summary>
/// <param name="Tenant">Whose company it is.</param>
/// <param name="CompanyId">The company.</param>
/// <param name="Intervals">The intervals, by obligation, ordinal, then by day.</param>
internal sealed record CompanyIntervals(
    string Tenant, string CompanyId, ImmutableArray<(string ObligationId, ApplicabilityInterval Interval)> Intervals)
{
    /// <summary>0: these are all. Otherwise the log position through which law was counted that brought these, beside rows of lower ones.</summary>
    public long Since { get; init; }

    /// <summary>The obligations that the same change left without intervals, ordinal.</summary>
    public ImmutableArray<string> Without { get; init; } = [];

    /// <summary>The company's intervals under the rules.</summary>
    public static CompanyIntervals Of(string tenant, CompanyFrames frames, IEnumerable<Rule> rules) => new(
        tenant,
        frames.Company.Id,
        [..CompanyRegister.Of(frames, rules).SelectMany(entry => entry.Intervals.Select(i => (entry.History.ObligationId, i)))]);
}
