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

    // A company that has so many rows, or up to twice as many, gets no further one: they become one. How many follows from its id, so that no
    // change of law has to rewrite all companies.
    private const int MergedFrom = 10;

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

        await RecomputeRulesAsync(connection, catalogue.View(log, DateOnly.MaxValue, before), view, batch.Through, cancellationToken);
        await RecomputeCompaniesAsync(connection, batch.Events, view, cancellationToken);
        await MoveAsync(connection, batch, cancellationToken);
    }

    // For update: a rebuild that is about to take these tables' place holds this row's table first, and a batch that waits for it
    // must not hold anything that the rebuild still needs.
    private async Task<long> PositionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select position from {tables.State} for update", connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task RecomputeRulesAsync(
        NpgsqlConnection connection, CatalogueView before, CatalogueView now, long since, CancellationToken cancellationToken)
    {
        var (was, becomes) = (Apart(before, now), Apart(now, before));
        if (was.IsEmpty && becomes.IsEmpty)
        {
            return;
        }

        var asked = was.Concat(becomes).SelectMany(r => r.FactNames).ToFrozenSet(StringComparer.Ordinal);
        var after = ("", "");
        while (await CompaniesAfterAsync(connection, after, asked, cancellationToken) is { Count: > 0 } page)
        {
            var (earlier, later) = (Matched(page, was, before, cancellationToken), Matched(page, becomes, now, cancellationToken));
            var changed = page
                .Zip(earlier, later)
                .Where(c => !c.Second.SequenceEqual(c.Third))
                .Select(c => (c.First.Rows, News: Changed(c.First, c.Second, c.Third, since)))
                .ToLookup(c => c.Rows < MergedFrom + (c.News.CompanyId.Sum(letter => letter) % MergedFrom), c => c.News);
            await tables.AddIntervalsAsync(connection, [..changed[true]], cancellationToken);
            await tables.MergeIntervalsAsync(connection, [..changed[false]], cancellationToken);
            after = (page[^1].Tenant, page[^1].Profile.Id);
        }
    }

    // Of the rules in question those that come to something else for the company: a group with a new member is in all rules, and means something in a few.
    private static CompanyIntervals Changed(
        RegisteredCompany company,
        ImmutableArray<(string ObligationId, ApplicabilityInterval Interval)> was,
        ImmutableArray<(string ObligationId, ApplicabilityInterval Interval)> becomes,
        long since)
    {
        var ids = was.Except(becomes).Concat(becomes.Except(was)).Select(i => i.ObligationId).ToHashSet(StringComparer.Ordinal);
        return new(company.Tenant, company.Profile.Id, [..becomes.Where(i => ids.Contains(i.ObligationId))])
        {
            Since = since,
            Without = [..ids.Except(becomes.Select(i => i.ObligationId)).Order(StringComparer.Ordinal)],
        };
    }

    // The rules that the other view has not, or has with another condition.
    private static ImmutableArray<Rule> Apart(CatalogueView view, CatalogueView other) => ReferenceEquals(view, other)
        ? []
        : [..view.Rules.Where(r => !other.RuleById.TryGetValue(r.History.ObligationId, out var same) || same.Signature != r.Signature).Select(r => r.Rule)];

    private static List<ImmutableArray<(string ObligationId, ApplicabilityInterval Interval)>> Matched(
        List<RegisteredCompany> companies, ImmutableArray<Rule> rules, CatalogueView view, CancellationToken cancellationToken)
    {
        var population = new Population(view.Index);
        foreach (var company in rules.IsEmpty ? [] : companies)
        {
            population.Put(StreamIds.Company(company.Tenant, company.Profile.Id), company.Profile);
        }

        // Numbered in the order in which they were put in.
        var register = PopulationRegister.Of(population, rules, cancellationToken);
        return [..companies.Select((_, i) => register.Of(i).ToImmutableArray())];
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

    private async Task<List<RegisteredCompany>> CompaniesAfterAsync(
        NpgsqlConnection connection, (string Tenant, string Id) after, FrozenSet<string> facts, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select c.tenant, c.id, c.name, c.facts, (select count(*) from {tables.Register} r where r.tenant = c.tenant and r.company_id = c.id)
            from {tables.Company} c
            where (c.tenant, c.id) > ($1, $2) and not c.archived order by c.tenant, c.id limit $3
            """,
            connection);
        command.Parameters.Add(new() { Value = after.Tenant });
        command.Parameters.Add(new() { Value = after.Id });
        command.Parameters.Add(new() { Value = MatchedAtOnce });
        return await ReadAsync(
            command,
            reader => new RegisteredCompany(
                reader.GetString(0),
                new CompanyProfile(reader.GetString(1), reader.GetString(2), null, StoredFacts.Read(reader.GetFieldValue<byte[]>(3), facts), false),
                reader.GetInt64(4)),
            cancellationToken);
    }

    private async Task<Dictionary<string, CompanyProfile>> CompaniesAsync(
        NpgsqlConnection connection, IEnumerable<string> streams, CancellationToken cancellationToken)
    {
        var keys = streams.ToList();
        await using var command = new NpgsqlCommand(
            $"""
            select {RegisterTables.CompanyColumns}
            from {tables.Company} where (tenant, id) in (select * from unnest($1, $2))
            """,
            connection);
        command.Parameters.Add(new() { Value = keys.Select(StreamIds.TenantOf).ToArray() });
        command.Parameters.Add(new() { Value = keys.Select(StreamIds.IdOf).ToArray() });
        var companies = await ReadAsync(command, RegisterTables.ReadCompany, cancellationToken);
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

    // With those facts alone that are asked for, and how many rows of intervals it has.
    private sealed record RegisteredCompany(string Tenant, CompanyProfile Profile, long Rows);
}
