using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Instruments;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Api.Obligations;

/// <summary>Puts answers into the words of the API.</summary>
internal static class ObligationItems
{
    /// <summary>The item of an answer.</summary>
    public static ObligationItem Item(ObligationAnswer answer, CatalogueView view) => new()
    {
        ObligationId = answer.History.ObligationId,
        InstrumentId = answer.History.Instrument.Id,
        Jurisdiction = answer.History.Instrument.Jurisdiction,
        Provision = answer.Content.Provision,
        Title = answer.Content.Title,
        Summary = answer.Content.Summary,
        Category = answer.Content.Category,
        Nature = answer.Content.Nature,
        Status = answer.Status,
        Stage = answer.Stage,
        Applies = answer.Applies,
        From = answer.From,
        To = answer.To,
        FromLatest = answer.FromLatest,
        AppliesSince = answer.AppliesSince,
        AppliesUntil = answer.AppliesUntil,
        SuspendedUntil = answer.SuspendedUntil,
        EnforcementPaused = answer.EnforcementPaused,
        MissingFacts = answer.MissingFacts,
        Otherwise = answer.Otherwise,
        Because = Reasons.Because(answer, view.Vocabulary),
        Duty = DutyBody.From(answer.Content.Duty)!,
        Penalty = answer.Content.Penalty,
        Source = answer.Content.Source,
        Confidence = answer.Content.Confidence,
        Unverified = answer.Unverified,
        Replaces = Replaces(answer, view),
        ReplacedBy = answer.History.ReplacedBy,
    };

    /// <summary>The obligations whose place the answer's takes, as itself or their end says.</summary>
    public static IReadOnlyList<string> Replaces(ObligationAnswer answer, CatalogueView view) =>
        answer.Content.Replaces.IsEmpty && !view.Replaced.Contains(answer.History.ObligationId)
            ? []
            : [..answer.Content.Replaces.Union(view.Replaced[answer.History.ObligationId]).Order(StringComparer.Ordinal)];
}
