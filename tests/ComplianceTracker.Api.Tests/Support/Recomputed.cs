using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;
using ComplianceTracker.EventStore;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Support;

/// <summary>
/// Every answer computed from nothing: the whole log folded with the domain's functions alone, without the service's catalogue,
/// tables, caches and shortcuts.
/// </summary>
internal sealed class Recomputed
{
    private static readonly EventTypes Types = new();
    private static readonly ConditionalWeakTable<FactVocabulary, Compiler> Compilers = [];
    private readonly List<(RecordedEvent Stored, object Event)> log = [];
    private readonly ConcurrentDictionary<long, World> worlds = new();

    /// <summary>The position of the last event.</summary>
    public long Head => log[^1].Stored.Position;

    /// <summary>The stored events.</summary>
    public IEnumerable<RecordedEvent> Events => log.Select(e => e.Stored);

    /// <summary>Reads the whole log.</summary>
    public static async Task<Recomputed> FromAsync(IEventStore store)
    {
        var recomputed = new Recomputed();
        var after = 0L;
        while (await store.ReadAllAsync(after, 1000) is { Events.Count: > 0 } page)
        {
            recomputed.log.AddRange(page.Events.Select(e => (e, Types.Decode(e))));
            after = page.Through;
        }

        return recomputed;
    }

    /// <summary>What was recorded by the position.</summary>
    public World At(long position) => worlds.GetOrAdd(
        position, p => log.TakeWhile(e => e.Stored.Position <= p).Aggregate(World.Empty, (w, e) => w.With(e.Stored, e.Event)));

    /// <summary>The register of every company as rows of text.</summary>
    public SortedSet<string> Rows(long position)
    {
        var world = At(position);
        var rules = world.Rules(DateOnly.MaxValue, position);
        var index = world.Index;
        return new(
            world.Companies.Values.Where(c => !c.IsArchived).AsParallel().SelectMany(c =>
                CompanyRegister.Of(new CompanyFrames(c, index), rules).SelectMany(entry => entry.Intervals.Select(i => Row(
                    c.Id, entry.History.ObligationId, i.Days.From, i.Days.To, i.Applies == Truth.Yes, i.MissingFacts, i.EarliestStart)))),
            StringComparer.Ordinal);
    }

    /// <summary>The projected register as rows of text.</summary>
    public static async Task<SortedSet<string>> ProjectedRowsAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("select company_id, array_agg(packed order by since) from ct_register group by tenant, company_id");
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new SortedSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync())
        {
            var company = reader.GetString(0);
            rows.UnionWith(StoredIntervals.Decode(reader.GetFieldValue<byte[][]>(1)).Select(i => Row(
                company, i.ObligationId, i.Interval.Days.From, i.Interval.Days.To, i.Interval.Applies == Truth.Yes, i.Interval.MissingFacts, i.Interval.EarliestStart)));
        }

        return rows;
    }

    /// <summary>Every answer about a company as lines of text, or null: the company is not on record by then.</summary>
    public string[]? Answers(string companyId, DateOnly asOf, DateOnly knownOn, long position)
    {
        var world = At(position);
        if (!world.Companies.TryGetValue(companyId, out var company))
        {
            return null;
        }

        var frames = new CompanyFrames(company, world.Index);
        return
        [
            ..world.Rules(knownOn, position)
                .Select(rule => ObligationAnswer.On(rule.History, Applicability.Intervals(rule, frames), asOf))
                .OfType<ObligationAnswer>()
                .OrderBy(a => a.History.ObligationId, StringComparer.Ordinal)
                .Select(Line),
        ];
    }

    /// <summary>An item of the API's answer as the same line of text.</summary>
    public static string Line(JsonNode item)
    {
        string Text(string member) => item[member]?.ToString() ?? "";
        return string.Join(
            " | ",
            Text("obligationId"), Text("instrumentId"), Text("provision"), Text("status"), Text("stage"), Text("applies"), Text("from"), Text("to"),
            Text("fromLatest"), Text("appliesSince"), Text("appliesUntil"), Text("suspendedUntil"), Text("enforcementPaused"), Text("otherwise"),
            string.Join(',', item["missingFacts"]!.AsArray().Select(f => f!.ToString())), Text("unverified"));
    }

    private static string Line(ObligationAnswer a) => string.Join(
        " | ",
        a.History.ObligationId, a.History.Instrument.Id, a.Content.Provision, Words.Of(a.Status), Words.Of(a.Stage), Words.Of(a.Applies), Day(a.From), Day(a.To),
        Day(a.FromLatest), Day(a.AppliesSince), Day(a.AppliesUntil), Day(a.SuspendedUntil), a.EnforcementPaused ? "true" : "false",
        a.Otherwise is { } otherwise ? Words.Of(otherwise) : "", string.Join(',', a.MissingFacts), a.Unverified ? "true" : "false");

    private static string Row(
        string company, string obligation, DateOnly? from, DateOnly? to, bool applies, IEnumerable<string> missing, DateOnly? earliest) =>
        $"{company} {obligation} [{Day(from)}, {Day(to)}) {(applies ? "yes" : "unknown")} {string.Join(',', missing)} {Day(earliest)}";

    private static string Day(DateOnly? day) => $"{day:yyyy-MM-dd}";

    /// <summary>What was recorded by some position.</summary>
    internal sealed record World(
        FactVocabulary Vocabulary,
        ImmutableSortedDictionary<string, (InstrumentIdentity Identity, ImmutableList<RecordedDevelopment> Developments)> Instruments,
        ImmutableSortedDictionary<string, CompanyProfile> Companies)
    {
        public static readonly World Empty = new(
            FactVocabulary.Empty,
            ImmutableSortedDictionary.Create<string, (InstrumentIdentity, ImmutableList<RecordedDevelopment>)>(StringComparer.Ordinal),
            ImmutableSortedDictionary.Create<string, CompanyProfile>(StringComparer.Ordinal));

        public FactIndex Index => Compilers.GetValue(Vocabulary, v => new Compiler(v)).Index;

        public World With(RecordedEvent stored, object @event)
        {
            var id = StreamIds.IdOf(stored.StreamId);
            return @event switch
            {
                VocabularyEvent e => this with { Vocabulary = VocabularyDecider.Evolve(Vocabulary, e) },
                InstrumentRegistered e => this with { Instruments = Instruments.Add(id, (e.Instrument, [])) },
                DevelopmentRecorded e => this with
                {
                    Instruments = Instruments.SetItem(
                        id, (Instruments[id].Identity, Instruments[id].Developments.Add(new(e.Development, stored.Position, stored.RecordedAt)))),
                },
                CompanyEvent e => this with { Companies = Companies.SetItem(id, CompanyDecider.Evolve(Companies.GetValueOrDefault(id), e)!) },
                // What follows from the record is not part of what answers are computed from.
                ConsequenceRecorded or ClockAdvanced => this,
                _ => throw new InvalidOperationException($"An event of no kind known: {stored.Type}"),
            };
        }

        public ImmutableArray<Rule> Rules(DateOnly knownOn, long position)
        {
            var compiler = Compilers.GetValue(Vocabulary, v => new Compiler(v));
            return
            [
                ..Instruments.Values
                    .SelectMany(i => LegalHistoryFold.Fold(i.Identity, Counting.Count(i.Developments, knownOn, position)).Histories)
                    .GroupBy(h => h.ObligationId, StringComparer.Ordinal)
                    .Select(g => g.MinBy(h => h.Instrument.Id, StringComparer.Ordinal)!)
                    .Select(h => Rule.Of(h, compiler.Compile)),
            ];
        }
    }

    private sealed class Compiler(FactVocabulary vocabulary)
    {
        private readonly ConcurrentDictionary<string, Condition> conditions = new(StringComparer.Ordinal);

        public FactIndex Index { get; } = FactIndex.Of(vocabulary);

        public Condition Compile(string text) => conditions.GetOrAdd(text, t => Condition.Compile(t, Index).Condition!);
    }
}
