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
internal sealed class RegisterProjection(InstrumentCatalogue catalogue, EventTypes types) : ISubscription
{
    private const int CompaniesAtOnce = 500;

    /// <inheritdoc/>
    public string Name => "Register";

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

    private static async Task<long> PositionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select position from ct_register_state", connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task RecomputeRulesAsync(
        NpgsqlConnection connection,
        (ImmutableArray<RuleView> Changed, ImmutableArray<string> Gone) rules,
        CatalogueView view,
        CancellationToken cancellationToken)
    {
        if (rules.Changed.IsEmpty && rules.Gone.IsEmpty)
        {
            return;
        }

        await using (var delete = new NpgsqlCommand("delete from ct_register where obligation_id = any($1)", connection))
        {
            delete.Parameters.Add(new() { Value = rules.Changed.Select(r => r.History.ObligationId).Concat(rules.Gone).ToArray() });
            await delete.ExecuteNonQueryAsync(cancellationToken);
        }

        var after = ("", "");
        while (await CompaniesAfterAsync(connection, after, cancellationToken) is { Count: > 0 } page)
        {
            await RegisterTables.WriteAsync(connection, page.SelectMany(c => Rows(c.Tenant, c.Profile, rules.Changed, view)), cancellationToken);
            after = (page[^1].Tenant, page[^1].Profile.Id);
        }
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
                .Select(s => (
                    Tenant: StreamIds.TenantOf(s.Key),
                    Profile: s.Aggregate(known.GetValueOrDefault(s.Key), (p, e) => CompanyDecider.Evolve(p, (CompanyEvent)types.Decode(e)))!,
                    Last: s.Last()))
                .ToList();
            await WriteCompaniesAsync(connection, changed, cancellationToken);
            await RegisterTables.WriteAsync(
                connection,
                changed.Where(c => !c.Profile.IsArchived).SelectMany(c => Rows(c.Tenant, c.Profile, view.Rules, view)),
                cancellationToken);
        }
    }

    private static IEnumerable<(string Tenant, string CompanyId, string ObligationId, ApplicabilityInterval Interval)> Rows(
        string tenant, CompanyProfile profile, IEnumerable<RuleView> rules, CatalogueView view)
    {
        var frames = new CompanyFrames(profile, view.Index);
        return CompanyRegister.Of(frames, rules.Select(r => r.Rule))
            .SelectMany(entry => entry.Intervals.Select(i => (tenant, profile.Id, entry.History.ObligationId, i)));
    }

    private static async Task<List<(string Tenant, CompanyProfile Profile)>> CompaniesAfterAsync(
        NpgsqlConnection connection, (string Tenant, string Id) after, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select tenant, id, name, time_zone, archived, facts from ct_company where (tenant, id) > ($1, $2) and not archived order by tenant, id limit $3",
            connection);
        command.Parameters.Add(new() { Value = after.Tenant });
        command.Parameters.Add(new() { Value = after.Id });
        command.Parameters.Add(new() { Value = CompaniesAtOnce });
        return await ReadCompaniesAsync(command, cancellationToken);
    }

    private static async Task<Dictionary<string, CompanyProfile>> CompaniesAsync(
        NpgsqlConnection connection, IEnumerable<string> streams, CancellationToken cancellationToken)
    {
        var keys = streams.ToList();
        await using var command = new NpgsqlCommand(
            "select tenant, id, name, time_zone, archived, facts from ct_company where (tenant, id) in (select * from unnest($1, $2))", connection);
        command.Parameters.Add(new() { Value = keys.Select(StreamIds.TenantOf).ToArray() });
        command.Parameters.Add(new() { Value = keys.Select(StreamIds.IdOf).ToArray() });
        var companies = await ReadCompaniesAsync(command, cancellationToken);
        return companies.ToDictionary(c => StreamIds.Company(c.Tenant, c.Profile.Id), c => c.Profile, StringComparer.Ordinal);
    }

    private static async Task<List<(string Tenant, CompanyProfile Profile)>> ReadCompaniesAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var companies = new List<(string, CompanyProfile)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var facts = JsonSerializer.Deserialize(reader.GetString(5), StoredJson.Of<ImmutableArray<FactDeclaration>>());
            companies.Add((reader.GetString(0), new CompanyProfile(
                reader.GetString(1),
                reader.GetString(2),
                reader.IsDBNull(3) ? null : reader.GetString(3),
                CompanyProfile.Declare(CompanyProfile.NoFacts, facts),
                reader.GetBoolean(4))));
        }

        return companies;
    }

    private static async Task WriteCompaniesAsync(
        NpgsqlConnection connection, List<(string Tenant, CompanyProfile Profile, RecordedEvent Last)> companies, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (tenant, profile, last) in companies)
        {
            var facts = profile.Facts.SelectMany(f => f.Value.Pieces.Select(p => new FactDeclaration(f.Key, p.Value, p.Days))).ToImmutableArray();
            var upsert = new NpgsqlBatchCommand("""
                insert into ct_company (tenant, id, name, time_zone, archived, version, position, facts) values ($1, $2, $3, $4, $5, $6, $7, $8)
                on conflict (tenant, id) do update set name = excluded.name, time_zone = excluded.time_zone, archived = excluded.archived,
                    version = excluded.version, position = excluded.position, facts = excluded.facts
                """);
            upsert.Parameters.Add(new() { Value = tenant });
            upsert.Parameters.Add(new() { Value = profile.Id });
            upsert.Parameters.Add(new() { Value = profile.Name });
            upsert.Parameters.Add(new() { Value = (object?)profile.TimeZone ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            upsert.Parameters.Add(new() { Value = profile.IsArchived });
            upsert.Parameters.Add(new() { Value = last.Version });
            upsert.Parameters.Add(new() { Value = last.Position });
            upsert.Parameters.Add(new() { Value = JsonSerializer.Serialize(facts, StoredJson.Of<ImmutableArray<FactDeclaration>>()), NpgsqlDbType = NpgsqlDbType.Jsonb });
            batch.BatchCommands.Add(upsert);
            var delete = new NpgsqlBatchCommand("delete from ct_register where tenant = $1 and company_id = $2");
            delete.Parameters.Add(new() { Value = tenant });
            delete.Parameters.Add(new() { Value = profile.Id });
            batch.BatchCommands.Add(delete);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task MoveAsync(NpgsqlConnection connection, SubscriptionBatch batch, CancellationToken cancellationToken)
    {
        // An event that was parked comes later than newer ones: the register does not step back in time for it.
        await using var command = new NpgsqlCommand(
            "update ct_register_state set position = $1, recorded_at = greatest(recorded_at, $2)", connection);
        command.Parameters.Add(new() { Value = batch.Through });
        command.Parameters.Add(new() { Value = batch.Events[^1].RecordedAt.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
