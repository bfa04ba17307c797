using System.Collections.Immutable;
using System.Text.Json;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.Api.Obligations;

/// <summary>
/// Keeps the register of every company current. A company's event recomputes that company; an event of law or vocabulary
/// recomputes, for every company, the obligations whose condition it changed. Everything is computed by the same pure function
/// that answers what-if questions, with all that is recorded taken as known.
/// </summary>
/// <param name="catalogue">The law.</param>
/// <param name="types">Reads events.</param>
/// <param name="tables">The tables to keep.</param>
/// <param name="name">The subscription's name.</param>
internal sealed class RegisterProjection(InstrumentCatalogue catalogue, EventTypes types, RegisterTables tables, string name) : ISubscription
{
    /// <summary>The name of the projection that answers questions.</summary>
    public const string LiveName = "Register";

    private const int CompaniesAtOnce = 500;

    /// <summary>The projection that answers questions.</summary>
    public RegisterProjection(InstrumentCatalogue catalogue, EventTypes types)
        : this(catalogue, types, RegisterTables.Live, LiveName)
    {
    }

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public EventFilter? Filter => null;

    /// <inheritdoc/>
    public async Task HandleAsync(SubscriptionBatch batch, CancellationToken cancellationToken)
    {
        var transaction = (NpgsqlTransaction)batch.Transaction!;
        var connection = transaction.Connection!;
        var before = await PositionAsync(connection, cancellationToken);
        var log = await catalogue.ThroughAsync(batch.Through, cancellationToken);
        var view = catalogue.View(log, DateOnly.MaxValue, batch.Through);

        await RecomputeRulesAsync(connection, ChangedRules(catalogue.View(log, DateOnly.MaxValue, before), view), view, cancellationToken);
        await RecomputeCompaniesAsync(connection, batch.Events, view, cancellationToken);
        await MoveAsync(connection, batch, cancellationToken);
    }

    private static (ImmutableArray<RuleView> Changed, ImmutableArray<string> Gone) ChangedRules(CatalogueView before, CatalogueView now)
    {
        if (ReferenceEquals(before, now))
        {
            return ([], []);
        }

        return (
            [..now.Rules.Where(r => !before.RuleById.TryGetValue(r.History.ObligationId, out var old) || old.Signature != r.Signature)],
            [..before.Rules.Select(r => r.History.ObligationId).Where(id => !now.RuleById.ContainsKey(id))]);
    }

    // For update: a rebuild that is about to take these tables' place holds this row's table first, and a batch that waits for it
    // must not hold anything that the rebuild still needs.
    private async Task<long> PositionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select position from {tables.State} for update", connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task RecomputeRulesAsync(
        NpgsqlConnection connection,
        (ImmutableArray<RuleView> Changed, ImmutableArray<string> Gone) rules,
        CatalogueView view,
        CancellationToken cancellationToken)
    {
        if (rules.Changed.IsEmpty && rules.Gone.IsEmpty)
        {
            return;
        }

        var touched = rules.Changed.Select(r => r.History.ObligationId).Concat(rules.Gone).ToHashSet(StringComparer.Ordinal);
        var after = ("", "");
        while (await CompaniesAfterAsync(connection, after, cancellationToken) is { Count: > 0 } page)
        {
            var changed = page
                .Select(c => (c.Intervals, Now: Recomputed(c.Company, c.Intervals, touched, rules.Changed, view)))
                .Where(c => !c.Now.Intervals.SequenceEqual(c.Intervals))
                .Select(c => c.Now)
                .ToList();
            await tables.ReplaceIntervalsAsync(connection, changed, cancellationToken);
            after = (page[^1].Company.Tenant, page[^1].Company.Profile.Id);
        }
    }

    private static CompanyIntervals Recomputed(
        StoredCompany company,
        ImmutableArray<(string ObligationId, ApplicabilityInterval Interval)> intervals,
        HashSet<string> touched,
        ImmutableArray<RuleView> changed,
        CatalogueView view)
    {
        var now = CompanyIntervals.Of(company.Tenant, new CompanyFrames(company.Profile, view.Index), changed.Select(r => r.Rule));

        // Sorting is stable, so the days of an obligation stay in order.
        return now with { Intervals = [..intervals.Where(i => !touched.Contains(i.ObligationId)).Concat(now.Intervals).OrderBy(i => i.ObligationId, StringComparer.Ordinal)] };
    }

    private async Task RecomputeCompaniesAsync(
        NpgsqlConnection connection, IReadOnlyList<RecordedEvent> events, CatalogueView view, CancellationToken cancellationToken)
    {
        var streams = events
            .Where(e => e.StreamId.StartsWith(StreamIds.CompanyPrefix, StringComparison.Ordinal))
            .GroupBy(e => e.StreamId)
            .ToList();
        foreach (var some in streams.Chunk(CompaniesAtOnce))
        {
            var known = await CompaniesAsync(connection, some.Select(s => s.Key), cancellationToken);
            var changed = some
                .Select(s => new StoredCompany(
                    StreamIds.TenantOf(s.Key),
                    s.Aggregate(known.GetValueOrDefault(s.Key), (p, e) => CompanyDecider.Evolve(p, (CompanyEvent)types.Decode(e)))!,
                    s.Last().Version,
                    s.Last().Position))
                .ToList();
            await ReplaceCompaniesAsync(connection, changed, cancellationToken);
            await tables.ReplaceIntervalsAsync(connection, [..changed.Select(c => IntervalsOf(c, view))], cancellationToken);
        }
    }

    /// <summary>The company's intervals under all rules; none once it is archived.</summary>
    public static CompanyIntervals IntervalsOf(StoredCompany company, CatalogueView view) => CompanyIntervals.Of(
        company.Tenant,
        new CompanyFrames(company.Profile, view.Index),
        company.Profile.IsArchived ? [] : view.Rules.Select(r => r.Rule));

    private async Task<List<(StoredCompany Company, ImmutableArray<(string ObligationId, ApplicabilityInterval Interval)> Intervals)>> CompaniesAfterAsync(
        NpgsqlConnection connection, (string Tenant, string Id) after, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select c.tenant, c.id, c.name, c.time_zone, c.archived, c.version, c.position, c.facts, {RegisterTables.ColumnsOf("r")}
            from {tables.Company} c left join {tables.Register} r on r.tenant = c.tenant and r.company_id = c.id
            where (c.tenant, c.id) > ($1, $2) and not c.archived order by c.tenant, c.id limit $3
            """,
            connection);
        command.Parameters.Add(new() { Value = after.Tenant });
        command.Parameters.Add(new() { Value = after.Id });
        command.Parameters.Add(new() { Value = CompaniesAtOnce });
        return await ReadAsync(command, reader => (ReadCompany(reader), RegisterTables.ReadIntervals(reader, 8)), cancellationToken);
    }

    private async Task<Dictionary<string, CompanyProfile>> CompaniesAsync(
        NpgsqlConnection connection, IEnumerable<string> streams, CancellationToken cancellationToken)
    {
        var keys = streams.ToList();
        await using var command = new NpgsqlCommand(
            $"""
            select tenant, id, name, time_zone, archived, version, position, facts
            from {tables.Company} where (tenant, id) in (select * from unnest($1, $2))
            """,
            connection);
        command.Parameters.Add(new() { Value = keys.Select(StreamIds.TenantOf).ToArray() });
        command.Parameters.Add(new() { Value = keys.Select(StreamIds.IdOf).ToArray() });
        var companies = await ReadAsync(command, ReadCompany, cancellationToken);
        return companies.ToDictionary(c => StreamIds.Company(c.Tenant, c.Profile.Id), c => c.Profile, StringComparer.Ordinal);
    }

    private static async Task<List<T>> ReadAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static StoredCompany ReadCompany(NpgsqlDataReader reader)
    {
        var facts = JsonSerializer.Deserialize(reader.GetString(7), StoredJson.Of<ImmutableArray<FactDeclaration>>());
        var profile = new CompanyProfile(
            reader.GetString(1),
            reader.GetString(2),
            reader.IsDBNull(3) ? null : reader.GetString(3),
            CompanyProfile.Declare(CompanyProfile.NoFacts, facts),
            reader.GetBoolean(4));
        return new StoredCompany(reader.GetString(0), profile, reader.GetInt64(5), reader.GetInt64(6));
    }

    private async Task ReplaceCompaniesAsync(NpgsqlConnection connection, List<StoredCompany> companies, CancellationToken cancellationToken)
    {
        await using (var delete = new NpgsqlCommand($"delete from {tables.Company} where (tenant, id) in (select * from unnest($1, $2))", connection))
        {
            delete.Parameters.Add(new() { Value = companies.Select(c => c.Tenant).ToArray() });
            delete.Parameters.Add(new() { Value = companies.Select(c => c.Profile.Id).ToArray() });
            await delete.ExecuteNonQueryAsync(cancellationToken);
        }

        await tables.AddCompaniesAsync(connection, companies, cancellationToken);
    }

    private async Task MoveAsync(NpgsqlConnection connection, SubscriptionBatch batch, CancellationToken cancellationToken)
    {
        // An event that was parked comes later than newer ones: the register does not step back in time for it.
        await using var command = new NpgsqlCommand(
            $"update {tables.State} set position = $1, recorded_at = greatest(recorded_at, $2)", connection);
        command.Parameters.Add(new() { Value = batch.Through });
        command.Parameters.Add(new() { Value = batch.Events[^1].RecordedAt.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
