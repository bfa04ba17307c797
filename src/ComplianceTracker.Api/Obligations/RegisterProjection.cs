using System.Collections.Frozen;
using System.Collections.Immutable;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Matching;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.Api.Obligations;

/// <summary>
/// Keeps the register of every company current. A company's event recomputes that company; an event of law or vocabulary
/// recomputes, for all companies at once, the obligations whose condition it changed. Everything is computed by the same pure function
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

    // With only those facts that changed conditions read.
    private const int MatchedAtOnce = 5000;

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
        var asked = rules.Changed.SelectMany(r => r.Rule.FactNames).ToFrozenSet(StringComparer.Ordinal);
        var after = ("", "");
        while (await CompaniesAfterAsync(connection, after, asked, cancellationToken) is { Count: > 0 } page)
        {
            var population = new Population(view.Index);
            foreach (var (tenant, profile, _) in page)
            {
                population.Put(StreamIds.Company(tenant, profile.Id), profile);
            }

            var now = PopulationRegister.Of(population, rules.Changed.Select(r => r.Rule), cancellationToken);
            await tables.ReplaceIntervalsAsync(
                connection,
                [
                    ..page
                        .Select(c => (c.Intervals, Now: new CompanyIntervals(
                            c.Tenant, c.Profile.Id, Merged(c.Intervals, touched, now.Of(population.Find(StreamIds.Company(c.Tenant, c.Profile.Id))!.Value)))))
                        .Where(c => !c.Now.Intervals.SequenceEqual(c.Intervals))
                        .Select(c => c.Now),
                ],
                cancellationToken);
            after = (page[^1].Tenant, page[^1].Profile.Id);
        }
    }

    // Sorting is stable, so the days of an obligation stay in order.
    private static ImmutableArray<(string ObligationId, ApplicabilityInterval Interval)> Merged(
        ImmutableArray<(string ObligationId, ApplicabilityInterval Interval)> before, HashSet<string> touched, IEnumerable<(string ObligationId, ApplicabilityInterval Interval)> now) =>
        [..before.Where(i => !touched.Contains(i.ObligationId)).Concat(now).OrderBy(i => i.ObligationId, StringComparer.Ordinal)];

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

    private async Task<List<(string Tenant, CompanyProfile Profile, ImmutableArray<(string ObligationId, ApplicabilityInterval Interval)> Intervals)>> CompaniesAfterAsync(
        NpgsqlConnection connection, (string Tenant, string Id) after, FrozenSet<string> facts, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select c.tenant, c.id, c.name, c.facts, r.intervals
            from {tables.Company} c left join {tables.Register} r on r.tenant = c.tenant and r.company_id = c.id
            where (c.tenant, c.id) > ($1, $2) and not c.archived order by c.tenant, c.id limit $3
            """,
            connection);
        command.Parameters.Add(new() { Value = after.Tenant });
        command.Parameters.Add(new() { Value = after.Id });
        command.Parameters.Add(new() { Value = MatchedAtOnce });
        return await ReadAsync(
            command,
            reader => (
                reader.GetString(0),
                new CompanyProfile(reader.GetString(1), reader.GetString(2), null, StoredFacts.Read(reader.GetFieldValue<byte[]>(3), facts), false),
                RegisterTables.ReadIntervals(reader, 4)),
            cancellationToken);
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
        var profile = new CompanyProfile(
            reader.GetString(1),
            reader.GetString(2),
            reader.IsDBNull(3) ? null : reader.GetString(3),
            StoredFacts.Read(reader.GetFieldValue<byte[]>(7)),
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
