using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Obligations;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.Api.Obligations;

/// <summary>
/// The register in SQL: for each company and obligation the intervals in which it applies or may apply. Legal windows are not
/// in here: they are the same for every company and come from the catalogue, so that a moved date touches no company's rows.
/// An open end of an interval is stored as infinity.
/// </summary>
internal static class RegisterTables
{
    /// <summary>What must exist before the projection runs. Repeating it changes nothing.</summary>
    public const string Schema = """
        create table if not exists ct_company (
            tenant text collate "C" not null,
            id text collate "C" not null,
            name text not null,
            time_zone text,
            archived boolean not null,
            version bigint not null,
            position bigint not null,
            facts jsonb not null,
            primary key (tenant, id));
        create table if not exists ct_register (
            tenant text collate "C" not null,
            company_id text collate "C" not null,
            obligation_id text collate "C" not null,
            from_day date not null,
            to_day date not null,
            applies boolean not null,
            missing_facts text[] not null,
            earliest_start date,
            primary key (tenant, company_id, obligation_id, from_day));
        create index if not exists ct_register_obligation on ct_register (obligation_id);
        create table if not exists ct_register_state (
            one boolean primary key default true check (one),
            position bigint not null,
            recorded_at timestamptz);
        insert into ct_register_state (position) values (0) on conflict do nothing;
        """;

    /// <summary>Writes the intervals of a company's obligations, which must have none there.</summary>
    public static async Task WriteAsync(
        NpgsqlConnection connection,
        IEnumerable<(string Tenant, string CompanyId, string ObligationId, ApplicabilityInterval Interval)> rows,
        CancellationToken cancellationToken)
    {
        await using var writer = await connection.BeginBinaryImportAsync(
            "copy ct_register (tenant, company_id, obligation_id, from_day, to_day, applies, missing_facts, earliest_start) from stdin (format binary)",
            cancellationToken);
        foreach (var (tenant, company, obligation, interval) in rows)
        {
            await writer.StartRowAsync(cancellationToken);
            await writer.WriteAsync(tenant, NpgsqlDbType.Text, cancellationToken);
            await writer.WriteAsync(company, NpgsqlDbType.Text, cancellationToken);
            await writer.WriteAsync(obligation, NpgsqlDbType.Text, cancellationToken);
            await writer.WriteAsync(interval.Days.From ?? DateOnly.MinValue, NpgsqlDbType.Date, cancellationToken);
            await writer.WriteAsync(interval.Days.To ?? DateOnly.MaxValue, NpgsqlDbType.Date, cancellationToken);
            await writer.WriteAsync(interval.Applies == Truth.Yes, NpgsqlDbType.Boolean, cancellationToken);
            await writer.WriteAsync(interval.MissingFacts.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text, cancellationToken);
            if (interval.EarliestStart is { } start)
            {
                await writer.WriteAsync(start, NpgsqlDbType.Date, cancellationToken);
            }
            else
            {
                await writer.WriteNullAsync(cancellationToken);
            }
        }

        await writer.CompleteAsync(cancellationToken);
    }

    /// <summary>An interval as a row holds it.</summary>
    public static ApplicabilityInterval Read(NpgsqlDataReader reader, int first)
    {
        var from = reader.GetFieldValue<DateOnly>(first);
        var to = reader.GetFieldValue<DateOnly>(first + 1);
        return new ApplicabilityInterval(
            new Days(from == DateOnly.MinValue ? null : from, to == DateOnly.MaxValue ? null : to),
            reader.GetBoolean(first + 2) ? Truth.Yes : Truth.Unknown,
            [..reader.GetFieldValue<string[]>(first + 3)],
            reader.IsDBNull(first + 4) ? null : reader.GetFieldValue<DateOnly>(first + 4));
    }
}
