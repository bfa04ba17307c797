using System.Collections.Immutable;
using ComplianceTracker.Api.Feed;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Vocabulary;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Webhooks.Endpoints;

/// <summary>What filters of endpoints ask about an event. What an event has no notion of is null or empty.</summary>
/// <param name="Type">Its type without version: <c>obligation.applicable</c>.</param>
/// <param name="Company">The company that it is about, or null.</param>
/// <param name="Instrument">The instrument that it is about, or null.</param>
/// <param name="Jurisdiction">The instrument's jurisdiction, or null.</param>
/// <param name="Topics">The instrument's topics.</param>
/// <param name="Categories">The categories of the obligations that it is about, where the event says all of them.</param>
/// <param name="LeadTime">Of a day that approaches: how long before it; otherwise null.</param>
/// <param name="Values">What conditions read, by the names of <see cref="EventVocabulary"/>.</param>
internal sealed record EventFacts(
    string Type,
    string? Company,
    string? Instrument,
    string? Jurisdiction,
    ImmutableArray<string> Topics,
    ImmutableArray<string> Categories,
    CalendarOffset? LeadTime,
    IReadOnlyDictionary<string, FactValue?> Values)
{
    /// <summary>Of a replacement: the instruments and jurisdictions of what takes the place, which filters let through too.</summary>
    public ImmutableArray<(string Instrument, string Jurisdiction)> Also { get; init; } = [];

    /// <summary>The facts of an event of the log.</summary>
    /// <param name="decoded">The event, decoded.</param>
    /// <param name="recorded">The event as recorded.</param>
    /// <param name="instrument">Of a development: its instrument, or null where that is not known.</param>
    public static EventFacts Of(object decoded, RecordedEvent recorded, InstrumentIdentity? instrument) => decoded switch
    {
        ConsequenceRecorded consequence => OfConsequence(CloudEvents.TypeOf(recorded), consequence),
        DevelopmentRecorded development => OfDevelopment(CloudEvents.TypeOf(recorded), development.Development, StreamIds.IdOf(recorded.StreamId), instrument),
        _ => OfType(CloudEvents.TypeOf(recorded)),
    };

    /// <summary>The facts of an event about nothing but its type.</summary>
    public static EventFacts OfType(string type) => new(
        type, null, null, null, [], [], null, new Dictionary<string, FactValue?>(StringComparer.Ordinal) { [EventVocabulary.Type] = new StringValue(type) });

    private static EventFacts OfConsequence(string type, ConsequenceRecorded e)
    {
        ImmutableArray<string> categories = [..e.ReplacedBy.Select(s => s.Obligation.Category).Prepend(e.Obligation.Category).Distinct()];
        ImmutableArray<string> topics = [..e.ReplacedBy.SelectMany(s => s.Obligation.Topics).Concat(e.Obligation.Topics).Distinct()];
        var days = e.After ?? e.Before;
        return new EventFacts(
            type, e.CompanyId, e.Obligation.InstrumentId, e.Obligation.Jurisdiction, topics, categories, e.Approaching?.LeadTime,
            new Dictionary<string, FactValue?>(StringComparer.Ordinal)
            {
                [EventVocabulary.Type] = new StringValue(type),
                [EventVocabulary.Company] = new StringValue(e.CompanyId),
                [EventVocabulary.Instrument] = new StringValue(e.Obligation.InstrumentId),
                [EventVocabulary.Jurisdiction] = new StringValue(e.Obligation.Jurisdiction),
                [EventVocabulary.Topics] = SetValue.Complete(topics),
                [EventVocabulary.Categories] = SetValue.Complete(categories),
                [EventVocabulary.Obligations] = SetValue.Complete(e.ReplacedBy.Select(s => s.Obligation.Id).Prepend(e.Obligation.Id)),
                [EventVocabulary.StatusBefore] = Text(e.Before is { } b1 ? Words.Of(b1.Status) : null),
                [EventVocabulary.Status] = Text(e.After is { } a1 ? Words.Of(a1.Status) : null),
                [EventVocabulary.StageBefore] = Text(e.Before is { } b2 ? Words.Of(b2.Stage) : null),
                [EventVocabulary.Stage] = Text(e.After is { } a2 ? Words.Of(a2.Stage) : null),
                [EventVocabulary.AppliesBefore] = Text(e.Before is { } b3 ? Words.Of(b3.Applies) : null),
                [EventVocabulary.Applies] = Text(e.After is { } a3 ? Words.Of(a3.Applies) : null),
                [EventVocabulary.From] = Day(days?.From),
                [EventVocabulary.To] = Day(days?.To),
                [EventVocabulary.Changes] = SetValue.Complete(e.Changes),
                [EventVocabulary.Cause] = new StringValue(e.Cause.Type),
                [EventVocabulary.Day] = Day(e.Approaching?.On ?? e.Clocks.AsOf),
            })
        {
            Also = [..e.ReplacedBy.Select(s => (s.Obligation.InstrumentId, s.Obligation.Jurisdiction))],
        };
    }

    private static EventFacts OfDevelopment(string type, Development development, string instrumentId, InstrumentIdentity? instrument)
    {
        // The category of an obligation that another development defined is not in the event: then it has no notion of categories.
        var defined = development.Effects.OfType<DefineEffect>().ToLookup(d => d.ObligationId, d => d.Obligation.Category, StringComparer.Ordinal);
        ImmutableArray<string> categories = development.Effects.All(e => defined.Contains(e.ObligationId)) ? [..defined.SelectMany(c => c).Distinct()] : [];
        var values = new Dictionary<string, FactValue?>(StringComparer.Ordinal)
        {
            [EventVocabulary.Type] = new StringValue(type),
            [EventVocabulary.Instrument] = new StringValue(instrumentId),
            [EventVocabulary.Jurisdiction] = Text(instrument?.Jurisdiction),
            [EventVocabulary.Topics] = instrument is null ? null : SetValue.Complete(instrument.Topics),
            [EventVocabulary.Categories] = categories.IsEmpty ? null : SetValue.Complete(categories),
            [EventVocabulary.Obligations] = SetValue.Complete(development.Effects.Select(e => e.ObligationId)),
            [EventVocabulary.Day] = Day(development.Date),
            [EventVocabulary.Confidence] = new StringValue(Words.Of(development.Confidence)),
        };
        return new EventFacts(type, null, instrumentId, instrument?.Jurisdiction, instrument?.Topics ?? [], categories, null, values);
    }

    private static StringValue? Text(string? text) => text is null ? null : new StringValue(text);

    private static DateValue? Day(DateOnly? day) => day is { } known ? new DateValue(known) : null;
}
