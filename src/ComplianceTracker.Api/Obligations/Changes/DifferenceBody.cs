using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Consequences;

namespace ComplianceTracker.Api.Obligations.Changes;

/// <summary>How the answer for one obligation differs with and without something that is supposed or looked at.</summary>
/// <param name="Kind">What is different, in the words of the events of consequences.</param>
/// <param name="ObligationId">The obligation; of a replacement, the one that is over.</param>
/// <param name="Provision">Its citation.</param>
/// <param name="Title">A short title.</param>
/// <param name="Before">The answer without it, or null: there is none.</param>
/// <param name="After">The answer with it, or null: there is none.</param>
/// <param name="ReplacedBy">Of a replacement, the obligations that take the place; otherwise empty.</param>
/// <param name="Members">The members of the answer that differ; empty when there is no answer without or with it.</param>
/// <param name="Because">Why the answer is what it is with it; without it where there is none any more.</param>
public sealed record DifferenceBody(
    ConsequenceKind Kind,
    string ObligationId,
    string Provision,
    LangText Title,
    StateBody? Before,
    StateBody? After,
    IReadOnlyList<string> ReplacedBy,
    IReadOnlyList<string> Members,
    LangText Because)
{
    internal static DifferenceBody For(Consequence change, CatalogueView law)
    {
        var shown = (change.After ?? change.Before)!;
        return new DifferenceBody(
            change.Kind,
            change.ObligationId,
            shown.Content.Provision,
            shown.Content.Title,
            StateBody.For(change.Before),
            StateBody.For(change.After),
            [..change.ReplacedBy.Select(a => a.History.ObligationId)],
            change.Changes,
            Reasons.Because(shown, law.Vocabulary));
    }
}
