using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Search;
using ComplianceTracker.Domain.Vocabulary;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Catalogue;

/// <summary>
/// Instruments and vocabulary in memory, read off the log on demand: never behind a position that a reader asks for.
/// Thousands of instruments fit; companies, of which there may be any number, are not kept here.
/// </summary>
internal sealed class InstrumentCatalogue(IEventStore store, EventTypes types) : IDisposable
{
    private const int PageSize = 1000;
    private const int MostViews = 256;
    private const int LeastInstrumentViews = 10_000;
    private readonly SemaphoreSlim reading = new(1, 1);
    private readonly ConcurrentDictionary<(DateOnly, long), Lazy<CatalogueView>> views = new();
    private readonly ConditionalWeakTable<FactVocabulary, Compiler> compilers = [];
    private volatile CatalogueLog log = CatalogueLog.Empty;

    /// <summary>The terms of every text that was searched.</summary>
    public TermTable Terms { get; } = new();

    /// <summary>Everything recorded, at least up to the position or, where the log is not settled that far, to its head.</summary>
    /// <exception cref="UnreadableEventException">An event up to the position cannot be read; what comes before it still can.</exception>
    public async Task<CatalogueLog> ThroughAsync(long position, CancellationToken cancellationToken)
    {
        if (log.Through >= position)
        {
            return log;
        }

        await reading.WaitAsync(cancellationToken);
        try
        {
            var read = log;
            while (read.Through < position)
            {
                var page = await store.ReadAllAsync(read.Through, PageSize, EventTypes.CatalogueFilter, cancellationToken);
                if (page.Through == read.Through)
                {
                    break;
                }

                read = Fold(read, page, position);
                log = read;
            }

            return read;
        }
        finally
        {
            reading.Release();
        }
    }

    /// <summary>Everything recorded so far.</summary>
    public async Task<CatalogueLog> HeadAsync(CancellationToken cancellationToken) =>
        await ThroughAsync(await store.HeadAsync(cancellationToken), cancellationToken);

    /// <summary>What counts on the public day at the position.</summary>
    public CatalogueView View(CatalogueLog all, DateOnly knownOn, long position)
    {
        // Every day and position between two changes shows the same: the key is the last change.
        var day = CatalogueLog.LastAtMost(all.PublicDays, knownOn);
        var at = LastAtMost(all.Positions, position);
        if (views.TryGetValue((day, at), out var known))
        {
            return known.Value;
        }

        if (views.Count >= MostViews)
        {
            views.Clear();
        }

        // Lazy: of many who ask at once after an event, one builds.
        return views.GetOrAdd((day, at), _ => new Lazy<CatalogueView>(() => Build(all, knownOn, position))).Value;
    }

    /// <summary>
    /// What counts on the public day at the position in a log that is not the recorded one: with developments that have not happened, or
    /// without some that have. Nothing of it is kept.
    /// </summary>
    /// <param name="supposed">The log as it is supposed.</param>
    /// <param name="instruments">The instruments in which it differs from the recorded one.</param>
    /// <param name="knownOn">The public day.</param>
    /// <param name="position">The position.</param>
    public CatalogueView Suppose(CatalogueLog supposed, IReadOnlySet<string> instruments, DateOnly knownOn, long position)
    {
        var compiler = compilers.GetValue(supposed.VocabularyAt(position), v => new Compiler(v));
        return new CatalogueView(
            compiler.Index,
            [..supposed.Instruments.Values
                .Where(record => record.RegisteredAt <= position)
                .Select(record => instruments.Contains(record.Identity.Id) ? compiler.Suppose(record, knownOn, position) : compiler.Count(record, knownOn, position, supposed.Instruments.Count))]);
    }

    /// <summary>
    /// The newest vocabulary with the position that made it. It is read off its own stream, so what was acknowledged is there also
    /// while an older transaction keeps the log from being settled that far.
    /// </summary>
    public async Task<(long Position, FactVocabulary Vocabulary)> NewestVocabularyAsync(CancellationToken cancellationToken)
    {
        var newest = (await HeadAsync(cancellationToken)).Vocabularies[^1];
        await foreach (var e in store.ReadStreamAsync(StreamIds.Vocabulary, newest.Vocabulary.Version + 1, null, cancellationToken))
        {
            newest = (e.Position, VocabularyDecider.Evolve(newest.Vocabulary, (VocabularyEvent)types.Decode(e)));
        }

        return newest;
    }

    /// <inheritdoc/>
    public void Dispose() => reading.Dispose();

    // An event that this version cannot read stops the catalogue in front of it, not at the beginning of its page.
    private CatalogueLog Fold(CatalogueLog read, EventPage page, long position)
    {
        foreach (var e in page.Events)
        {
            try
            {
                read = read.With(types.Decode(e), e.Id, e.Position, e.RecordedAt, StreamIds.IdOf(e.StreamId)) with { Through = e.Position };
            }
            catch (Exception reason)
            {
                log = read with { Through = e.Position - 1 };
                return log.Through >= position ? log : throw new UnreadableEventException(e, reason);
            }
        }

        return read with { Through = page.Through };
    }

    private CatalogueView Build(CatalogueLog all, DateOnly knownOn, long position)
    {
        var compiler = compilers.GetValue(all.VocabularyAt(position), v => new Compiler(v));
        var instruments = ImmutableArray.CreateBuilder<InstrumentView>(all.Instruments.Count);
        foreach (var (_, record) in all.Instruments)
        {
            if (record.RegisteredAt <= position)
            {
                instruments.Add(compiler.Count(record, knownOn, position, all.Instruments.Count));
            }
        }

        return new CatalogueView(compiler.Index, instruments.DrainToImmutable());
    }

    private static long LastAtMost(ImmutableList<long> positions, long position)
    {
        var at = positions.BinarySearch(position);
        var before = at >= 0 ? at : ~at - 1;
        return before >= 0 ? positions[before] : 0;
    }

    /// <summary>What is made with one vocabulary: compiled conditions, and the instruments as counted.</summary>
    private sealed class Compiler(FactVocabulary vocabulary)
    {
        private readonly ConcurrentDictionary<string, Condition> conditions = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<(string, DateOnly, long), InstrumentView> instruments = new();

        public FactIndex Index { get; } = FactIndex.Of(vocabulary);

        // Two views differ in a few instruments as a rule; the others are the same in both.
        public InstrumentView Count(InstrumentRecord record, DateOnly knownOn, long position, int onRecord)
        {
            var (day, version) = record.LastChange(knownOn, position);
            if (instruments.TryGetValue((record.Identity.Id, day, version), out var known))
            {
                return known;
            }

            // Room for two views of all there are, or each view would undo the one before.
            if (instruments.Count >= Math.Max(LeastInstrumentViews, 2 * onRecord))
            {
                instruments.Clear();
            }

            var counted = Fold(record, knownOn, position, version, Compile);
            return instruments.GetOrAdd((record.Identity.Id, day, version), counted);
        }

        // What is only supposed must not take the place of what comes to be recorded, nor room.
        public InstrumentView Suppose(InstrumentRecord record, DateOnly knownOn, long position) =>
            Fold(record, knownOn, position, record.Developments.Count, text => conditions.GetValueOrDefault(text) ?? Fresh(text));

        private InstrumentView Fold(InstrumentRecord record, DateOnly knownOn, long position, long developments, Func<string, Condition> compile)
        {
            var counted = Counting.Count(record.Developments, knownOn, position);
            var (histories, unresolved) = LegalHistoryFold.Fold(record.Identity, counted);
            return new InstrumentView(
                record.Identity, 1 + developments, counted, [..histories.Select(h => new RuleView(Rule.Of(h, compile), Index))], unresolved);
        }

        private Condition Compile(string text) => conditions.GetOrAdd(text, Fresh);

        private Condition Fresh(string text)
        {
            var result = Condition.Compile(text, Index);
            return result.IsValid
                ? result.Condition
                : throw new InvalidOperationException($"A recorded condition does not compile: {result.Error.Message}");
        }
    }
}

/// <summary>
/// An event of law or vocabulary cannot be read, so nothing after it can be answered: setting events aside would not help, and
/// the register stays in front of it.
/// </summary>
internal sealed class UnreadableEventException(RecordedEvent e, Exception reason)
    : SubscriptionStopException($"The event '{e.Type}' at position {e.Position} cannot be read: {reason.Message}", reason);
