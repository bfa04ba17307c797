using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Domain.Changes;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Api.Obligations.Changes;

/// <summary>Puts changes into the words of the API.</summary>
internal static class ChangeList
{
    private static readonly (string Name, Func<ObligationAnswer, DateOnly?> Of)[] Days =
    [
        ("from", a => a.From), ("to", a => a.To), ("fromLatest", a => a.FromLatest), ("appliesSince", a => a.AppliesSince),
        ("appliesUntil", a => a.AppliesUntil), ("suspendedUntil", a => a.SuspendedUntil),
    ];

    /// <summary>The page of changes.</summary>
    public static ChangePage Of(ChangeQuestion question, ObligationQuery query, Paging paging)
    {
        var changes = CompanyChanges.Between(question.First, question.Second)
            .Where(c => query.Selects(c.After ?? c.Before!) && (paging.After is null || string.CompareOrdinal(Key(c), paging.After) > 0))
            .OrderBy(Key, StringComparer.Ordinal)
            .Take(paging.Limit + 1)
            .ToList();
        var page = changes.Take(paging.Limit).ToList();
        return new ChangePage(
            question.CompanyId,
            question.From,
            question.To,
            question.TimeZone,
            [..page.Select(c => Item(c, question))],
            changes.Count > page.Count ? paging.Cursor(Key(page[^1]), question.Pin) : null);
    }

    private static string Key(Change change) => $"{change.ObligationId} {(int)change.Kind:00}";

    private static ChangeItem Item(Change change, ChangeQuestion question)
    {
        var shown = change.After ?? change.Before!;
        var vocabulary = (change.After is null ? question.Earlier : question.View).Vocabulary;
        return new ChangeItem(
            change.Kind,
            change.ObligationId,
            shown.History.Instrument.Id,
            shown.History.Instrument.Jurisdiction,
            shown.Content.Provision,
            shown.Content.Title,
            StateBody.For(change.Before),
            StateBody.For(change.After),
            [..change.ReplacedBy.Select(a => new SuccessorBody(a.History.ObligationId, StateBody.For(a)!))],
            change.Members,
            change is { Before: { } before, After: { } after }
                ? [..Days.Where(d => change.Members.Contains(d.Name)).Select(d => new MovedDay(d.Name, d.Of(before), d.Of(after)))]
                : [],
            [..change.Causes.Select(c => Cause(c, question))],
            Reasons.Because(shown, vocabulary));
    }

    private static CauseOfChange Cause(ChangeCause cause, ChangeQuestion question)
    {
        var none = new CauseOfChange(default, null, null, null, null, null, null, null, null, null, null, null, null);
        switch (cause)
        {
            case ChangeCause.Development { By: var by, InstrumentId: var instrument }:
                return none with
                {
                    Kind = CauseKind.Development,
                    DevelopmentId = by.Development.Id,
                    InstrumentId = instrument,
                    DevelopmentKind = by.Development.Kind,
                    Date = by.Development.Date,
                    PublicOn = by.Development.PublicDay,
                    Source = by.Development.Source,
                    RecordedAt = by.RecordedAt,
                    Position = by.Position,
                };
            case ChangeCause.Fact fact:
                var declared = question.Declarations.Of(question.Second.Company!, fact.Name, question.To.AsOf);
                return none with
                {
                    Kind = CauseKind.Fact,
                    Fact = fact.Name,
                    Before = PlainFacts.ToNode(fact.Before),
                    After = PlainFacts.ToNode(fact.After),
                    From = declared?.Days.From,
                    RecordedAt = declared?.RecordedAt,
                    Position = declared?.Position,
                };
            case ChangeCause.Vocabulary grown:
                return none with { Kind = CauseKind.Vocabulary, Fact = grown.Name };
            default:
                return none with
                {
                    Kind = CauseKind.Registration,
                    RecordedAt = question.Declarations.Registered?.At,
                    Position = question.Declarations.Registered?.Position,
                };
        }
    }
}
