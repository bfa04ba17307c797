using System.Collections.Immutable;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.Catalogue;

/// <summary>
/// Everything recorded of instruments and vocabulary up to a log position: enough to answer on all three clocks. Immutable;
/// a later log is made of it by folding further events.
/// </summary>
/// <param name="Through">The log position up to which, included, everything is folded.</param>
/// <param name="Vocabularies">Every version of the vocabulary with the position that made it, in order; the empty one first.</param>
/// <param name="Instruments">The instruments by id.</param>
/// <param name="Positions">The positions of the events folded, in order.</param>
/// <param name="PublicDays">Every public day of a development, corrected ones included.</param>
/// <param name="Events">By the id of the event that recorded it, each development.</param>
/// <param name="Definers">
/// By an obligation's id, the instruments that ever defined it: one, unless writers raced or a definition was corrected away. Which
/// of them counts, a view tells (<see cref="CatalogueView.Rules"/>).
/// </param>
internal sealed record CatalogueLog(
    long Through,
    ImmutableList<(long Position, FactVocabulary Vocabulary)> Vocabularies,
    ImmutableSortedDictionary<string, InstrumentRecord> Instruments,
    ImmutableList<long> Positions,
    ImmutableSortedSet<DateOnly> PublicDays,
    ImmutableDictionary<Guid, DevelopmentPlace> Events,
    ImmutableDictionary<string, ImmutableSortedSet<string>> Definers)
{
    /// <summary>Before the first event.</summary>
    public static CatalogueLog Empty { get; } = new(
        0,
        [(0, FactVocabulary.Empty)],
        ImmutableSortedDictionary.Create<string, InstrumentRecord>(StringComparer.Ordinal),
        [],
        [],
        ImmutableDictionary<Guid, DevelopmentPlace>.Empty,
        ImmutableDictionary.Create<string, ImmutableSortedSet<string>>(StringComparer.Ordinal));

    /// <summary>The newest vocabulary.</summary>
    public FactVocabulary Vocabulary => Vocabularies[^1].Vocabulary;

    /// <summary>The vocabulary as recorded by the position.</summary>
    public FactVocabulary VocabularyAt(long position)
    {
        var at = Vocabularies.Count - 1;
        while (Vocabularies[at].Position > position)
        {
            at--;
        }

        return Vocabularies[at].Vocabulary;
    }

    /// <summary>The last of the days that is not after the day; the first day there is where none is.</summary>
    public static DateOnly LastAtMost(ImmutableSortedSet<DateOnly> days, DateOnly day)
    {
        var at = days.IndexOf(day);
        var before = at >= 0 ? at : ~at - 1;
        return before >= 0 ? days[before] : DateOnly.MinValue;
    }

    /// <summary>The log with one more event.</summary>
    public CatalogueLog With(object @event, Guid eventId, long position, DateTimeOffset recordedAt, string instrumentId) => @event switch
    {
        VocabularyEvent e => this with
        {
            Vocabularies = Vocabularies.Add((position, VocabularyDecider.Evolve(Vocabulary, e))),
            Positions = Positions.Add(position),
        },
        InstrumentRegistered e => this with
        {
            Instruments = Instruments.SetItem(instrumentId, new InstrumentRecord(e.Instrument, position, [], [])),
            Positions = Positions.Add(position),
        },
        DevelopmentRecorded e => WithDevelopment(new RecordedDevelopment(e.Development, position, recordedAt), instrumentId) with
        {
            Events = Events.SetItem(eventId, new DevelopmentPlace(instrumentId, e.Development.Id, position)),
        },
        _ => this,
    };

    /// <summary>The instrument that defines the obligation, or null: none does.</summary>
    /// <param name="obligationId">The obligation.</param>
    /// <param name="asker">The instrument that asks, or null.</param>
    /// <param name="law">The law of this log as counted.</param>
    public string? OwnerOf(string obligationId, string? asker, Func<CatalogueView> law) => Definers.GetValueOrDefault(obligationId, []) switch
    {
        [] => null,
        [var only] when only == asker => only,

        // Another's definition may have been corrected away; only what counts tells, and it is asked only where another is named.
        _ => law().RuleById.GetValueOrDefault(obligationId)?.History.Instrument.Id,
    };

    /// <summary>The log in which some developments never happened to the instrument.</summary>
    public CatalogueLog Without(string instrumentId, IReadOnlySet<string> developmentIds) => this with
    {
        Instruments = Instruments.SetItem(instrumentId, Instruments[instrumentId] with
        {
            Developments = Instruments[instrumentId].Developments.RemoveAll(d => developmentIds.Contains(d.Development.Id)),
        }),
    };

    private CatalogueLog WithDevelopment(RecordedDevelopment recorded, string instrumentId)
    {
        var development = recorded.Development;
        IEnumerable<DateOnly?> named =
            [development.PublicDay, development.Restated?.Date, development.Restated?.PublicOn];
        var days = named.OfType<DateOnly>().ToList();
        var record = Instruments[instrumentId];
        return this with
        {
            Instruments = Instruments.SetItem(instrumentId, record with
            {
                Developments = record.Developments.Add(recorded),
                PublicDays = record.PublicDays.Union(days),
            }),
            Positions = Positions.Add(recorded.Position),
            PublicDays = PublicDays.Union(days),
            Definers = development.Effects.OfType<DefineEffect>().Aggregate(
                Definers, (definers, e) => definers.SetItem(e.ObligationId, definers.GetValueOrDefault(e.ObligationId, []).Add(instrumentId))),
        };
    }
}

/// <summary>Where a development stands.</summary>
/// <param name="InstrumentId">The instrument.</param>
/// <param name="DevelopmentId">The development.</param>
/// <param name="Position">The position at which it was recorded.</param>
internal sealed record DevelopmentPlace(string InstrumentId, string DevelopmentId, long Position);

/// <summary>An instrument as the log holds it.</summary>
/// <param name="Identity">What it is.</param>
/// <param name="RegisteredAt">The position of its registration.</param>
/// <param name="Developments">Its developments in the order of recording.</param>
/// <param name="PublicDays">Every public day of one of them, corrected ones included.</param>
internal sealed record InstrumentRecord(
    InstrumentIdentity Identity, long RegisteredAt, ImmutableList<RecordedDevelopment> Developments, ImmutableSortedSet<DateOnly> PublicDays)
{
    /// <summary>Which of the developments count on a public day and at a position: two pairs of which this is equal count the same.</summary>
    public (DateOnly Day, long Version) LastChange(DateOnly knownOn, long position)
    {
        var version = Developments.Count;
        while (version > 0 && Developments[version - 1].Position > position)
        {
            version--;
        }

        return (CatalogueLog.LastAtMost(PublicDays, knownOn), version);
    }
}
