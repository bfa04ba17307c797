using System.Collections.Immutable;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceTracker.Api.Consequences;

/// <summary>
/// Appends what follows for companies from each event of law, vocabulary, companies and the clock: the difference between the answers
/// before and after it, on the date of each obligation's jurisdiction as the clock in the log shows it. Before the clock's first event
/// nothing follows from anything: that is the record to start from. What it appends is durable before its checkpoint moves, under ids that
/// follow from the cause, so that after a crash the same is appended once.
/// </summary>
internal sealed class ConsequenceSubscription(IEventStore store, InstrumentCatalogue catalogue, EventTypes types, ILeadTimes leadTimes) : ISubscription
{
    /// <summary>The name of the subscription.</summary>
    public const string SubscriptionName = "Consequences";

    // The worlds of so many steps are in memory at once, and the streams of so many companies.
    private const int StepsAtOnce = 50;
    private const int CompaniesAtOnce = 500;

    /// <summary>What it remembers beside the log: the clock's events and the days of companies.</summary>
    public const string Schema = $"""
        create table if not exists ct_clock (
            position bigint primary key,
            instant timestamptz not null);
        {CompanyDays.Schema}
        """;

    /// <inheritdoc/>
    public string Name => SubscriptionName;

    /// <inheritdoc/>
    public EventFilter? Filter { get; } =
        EventFilter.ByStreamPrefix(StreamIds.InstrumentPrefix, StreamIds.CompanyPrefix, StreamIds.Vocabulary, StreamIds.Clock);

    /// <inheritdoc/>
    public async Task HandleAsync(SubscriptionBatch batch, CancellationToken cancellationToken)
    {
        var connection = ((NpgsqlTransaction)batch.Transaction!).Connection!;
        var log = await catalogue.ThroughAsync(batch.Events[^1].Position, cancellationToken);
        var clock = await ClockAsync(connection, batch.Events[0].Position, cancellationToken);
        var ticks = batch.Events.Where(e => e.StreamId == StreamIds.Clock).ToDictionary(e => e.Position, e => ((ClockAdvanced)types.Decode(e)).To);
        var companies = await ProfilesAsync(batch.Events, cancellationToken);
        if (clock is not null || ticks.Count > 0)
        {
            var leads = await leadTimes.ReadAsync(connection, cancellationToken);
            var worlds = new Worlds(catalogue, log);
            var ofTheirOwn = await OfTheirOwnAsync(connection, batch.Events, worlds, clock, ticks, leads, cancellationToken);
            foreach (var some in Steps(batch.Events, worlds, clock, ticks, leads).Chunk(StepsAtOnce))
            {
                await FollowAsync(connection, some, new CompanyWalk(some, ofTheirOwn, leads, types), ofTheirOwn, cancellationToken);
            }
        }

        await CompanyDays.ReplaceAsync(connection, companies, cancellationToken);
        await RememberAsync(connection, ticks, cancellationToken);
    }

    // Lazy: the worlds of steps from which nothing can follow are let go at once.
    private IEnumerable<Step> Steps(
        IEnumerable<RecordedEvent> events, Worlds worlds, DateTimeOffset? clock, Dictionary<long, DateTimeOffset> ticks, IReadOnlyCollection<CalendarOffset> leads)
    {
        foreach (var e in events)
        {
            var before = clock;
            clock = ticks.TryGetValue(e.Position, out var to) ? to : clock;
            if (before is not { } since || clock is not { } now)
            {
                continue;
            }

            var isOfCompany = e.StreamId.StartsWith(StreamIds.CompanyPrefix, StringComparison.Ordinal);
            var after = worlds.At(e.Position, now);
            var earlier = isOfCompany ? after : worlds.At(e.Position - 1, since);
            var step = new Step(e, isOfCompany ? null : types.Decode(e), earlier, after, isOfCompany ? [] : after.DifferingFrom(earlier, leads));
            if (isOfCompany || step.IsClock || step.ConcernsEveryone)
            {
                yield return step;
            }
        }
    }

    private async Task FollowAsync(
        NpgsqlConnection connection, IReadOnlyList<Step> steps, CompanyWalk walk, IReadOnlySet<string> ofTheirOwn, CancellationToken cancellationToken)
    {
        var appends = new ConsequenceAppends(store, types, token => KeepAliveAsync(connection, token));
        await foreach (var streams in CompaniesAsync(steps, ofTheirOwn, cancellationToken))
        {
            await KeepAliveAsync(connection, cancellationToken);
            foreach (var stream in streams)
            {
                await appends.AddAsync(StreamIds.TenantOf(stream.StreamId), walk.Along(stream), cancellationToken);
            }
        }

        await appends.FlushAsync(cancellationToken);
    }

    // All companies may take minutes, which the batch's transaction waits through: the database ends a session that sleeps in one.
    private static async Task KeepAliveAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select 1", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async IAsyncEnumerable<IReadOnlyList<StreamEvents>> CompaniesAsync(
        IReadOnlyList<Step> steps, IReadOnlySet<string> ofTheirOwn, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (steps.Any(s => s.ConcernsEveryone))
        {
            string? after = null;
            while (await store.ReadStreamsAsync(StreamIds.CompanyPrefix, after, CompaniesAtOnce, steps[^1].Cause.Position, cancellationToken) is { Count: > 0 } page)
            {
                yield return page;
                after = page[^1].StreamId;
            }

            yield break;
        }

        var some = steps.Where(s => s.Event is null).Select(s => s.Cause.StreamId)
            .Concat(steps.Any(s => s.IsClock) ? ofTheirOwn : [])
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);
        foreach (var page in some.Chunk(CompaniesAtOnce))
        {
            yield return await store.ReadStreamsAsync(page, cancellationToken);
        }
    }

    // What the table says is as of the batch's beginning: companies that the batch itself is about may have other days by each tick.
    private static async Task<IReadOnlySet<string>> OfTheirOwnAsync(
        NpgsqlConnection connection,
        IReadOnlyList<RecordedEvent> events,
        Worlds worlds,
        DateTimeOffset? clock,
        Dictionary<long, DateTimeOffset> ticks,
        IReadOnlyCollection<CalendarOffset> leads,
        CancellationToken cancellationToken)
    {
        if (ticks.Count == 0)
        {
            return ImmutableHashSet<string>.Empty;
        }

        var (last, to) = ticks.MaxBy(t => t.Key);
        var companies = await CompanyDays.CompaniesAsync(connection, worlds.At(last, to), clock ?? ticks.MinBy(t => t.Key).Value, to, leads, cancellationToken);
        companies.UnionWith(events.Select(e => e.StreamId).Where(id => id.StartsWith(StreamIds.CompanyPrefix, StringComparison.Ordinal)));
        return companies;
    }

    // The profiles, after the batch, of the companies that it is about.
    private async Task<Dictionary<string, CompanyProfile>> ProfilesAsync(IReadOnlyList<RecordedEvent> events, CancellationToken cancellationToken)
    {
        var ofBatch = events
            .Where(e => e.StreamId.StartsWith(StreamIds.CompanyPrefix, StringComparison.Ordinal))
            .GroupBy(e => e.StreamId)
            .ToDictionary(g => g.Key, IReadOnlyList<RecordedEvent> (g) => [..g], StringComparer.Ordinal);
        var earlier = new Dictionary<string, CompanyProfile?>(StringComparer.Ordinal);
        foreach (var page in ofBatch.Where(s => s.Value[0].Version > 1).Select(s => s.Key).ToList().Chunk(CompaniesAtOnce))
        {
            foreach (var stream in await store.ReadStreamsAsync(page, cancellationToken))
            {
                var first = ofBatch[stream.StreamId][0].Position;
                earlier[stream.StreamId] = stream.Events.TakeWhile(e => e.Position < first).Aggregate((CompanyProfile?)null, types.WithEarlier);
            }
        }

        return ofBatch.ToDictionary(
            s => s.Key, s => s.Value.Aggregate(earlier.GetValueOrDefault(s.Key), types.With)!, StringComparer.Ordinal);
    }

    // By position, since an event that was parked comes later than newer ones.
    private static async Task<DateTimeOffset?> ClockAsync(NpgsqlConnection connection, long position, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select instant from ct_clock where position < $1 order by position desc limit 1", connection);
        command.Parameters.Add(new() { Value = position });
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime instant ? new DateTimeOffset(instant, TimeSpan.Zero) : null;
    }

    private static async Task RememberAsync(NpgsqlConnection connection, Dictionary<long, DateTimeOffset> ticks, CancellationToken cancellationToken)
    {
        if (ticks.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand("insert into ct_clock (position, instant) select * from unnest($1, $2) on conflict do nothing", connection);
        command.Parameters.Add(new() { Value = ticks.Keys.ToArray() });
        command.Parameters.Add(new() { Value = ticks.Values.Select(t => t.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
