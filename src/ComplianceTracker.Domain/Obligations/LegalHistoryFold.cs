using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Instruments;

namespace ComplianceTracker.Domain.Obligations;

/// <summary>Folds the counted developments of one instrument into the legal history of its obligations.</summary>
public static class LegalHistoryFold
{
    /// <summary>
    /// The histories of the obligations that the developments define, in ordinal order of their ids, and the effects on
    /// obligations that none of them defines.
    /// </summary>
    /// <param name="instrument">The instrument that owns them.</param>
    /// <param name="counted">Its developments as <see cref="Counting.Count"/> gives them.</param>
    public static (ImmutableArray<LegalHistory> Histories, ImmutableArray<Cause> Unresolved) Fold(
        InstrumentIdentity instrument, ImmutableArray<CountedDevelopment> counted)
    {
        var byObligation = counted
            .SelectMany(c => c.Development.Effects.Select(e => new Cause(e, c)))
            .GroupBy(c => c.Effect.ObligationId, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal);

        var histories = ImmutableArray.CreateBuilder<LegalHistory>();
        var unresolved = ImmutableArray.CreateBuilder<Cause>();
        foreach (var causes in byObligation)
        {
            if (causes.Select(c => c.Effect).OfType<DefineEffect>().FirstOrDefault() is { } first)
            {
                histories.Add(new Folding(first.Obligation).Fold(instrument, causes.Key, [..causes]));
            }
            else
            {
                unresolved.AddRange(causes);
            }
        }

        return (histories.ToImmutable(), unresolved.ToImmutable());
    }

    /// <summary>The state of one obligation's fold.</summary>
    private sealed class Folding(ObligationContent first)
    {
        // The first definition holds for all days, wherever it stands: what was recorded of an obligation before
        // its definition takes hold once the definition is there.
        private ImmutableArray<ContentPiece> contents = [new ContentPiece(null, first)];
        private bool defined;
        private ImmutableArray<DraftState> drafts = [];
        private DateOnly? enactedOn;
        private DateOnly? start;
        private DateOnly? latestBy;
        private DateOnly? end;
        private ImmutableArray<string> replacedBy = [];
        private ImmutableArray<OrderWindow> suspensions = [];
        private ImmutableArray<OrderWindow> pauses = [];

        public LegalHistory Fold(InstrumentIdentity instrument, string obligationId, ImmutableArray<Cause> causes)
        {
            foreach (var cause in causes)
            {
                Apply(cause.Effect, cause.By.Development.Date);
            }

            return new LegalHistory
            {
                Instrument = instrument,
                ObligationId = obligationId,
                Contents = contents,
                Drafts = drafts,
                EnactedOn = enactedOn,
                Start = start,
                LatestBy = start is null ? latestBy : null,
                End = end,
                ReplacedBy = replacedBy,
                Suspensions = suspensions,
                EnforcementPauses = pauses,
                Causes = causes,
            };
        }

        private void Apply(Effect effect, DateOnly date)
        {
            switch (effect)
            {
                case DefineEffect define:
                    contents = defined ? [new ContentPiece(null, define.Obligation)] : contents;
                    defined = true;
                    break;
                case ProposeEffect:
                    drafts = drafts.Add(new DraftState(date, Lapsed: false));
                    break;
                case LapseEffect:
                    drafts = drafts.Add(new DraftState(date, Lapsed: true));
                    break;
                case EnactEffect enact:
                    enactedOn ??= enact.On ?? date;
                    (start, latestBy) = enact.From is null && enact.LatestBy is null ? (start, latestBy) : (enact.From, enact.LatestBy);
                    break;
                case RescheduleEffect reschedule:
                    (start, latestBy) = (reschedule.From, reschedule.LatestBy);
                    break;
                case ReviseEffect revise:
                    contents = Revised(contents, revise.From, revise.Changes);
                    break;
                case RenumberEffect renumber:
                    contents = Revised(contents, renumber.From ?? date, new ContentChanges { Provision = renumber.Provision });
                    break;
                case SuspendEffect suspend:
                    suspensions = suspensions.Add(new OrderWindow(suspend.OrderName, new Days(suspend.From, suspend.To)));
                    break;
                case LiftEffect lift:
                    suspensions = Closed(suspensions, lift.OrderName, lift.On);
                    break;
                case PauseEnforcementEffect pause:
                    pauses = pauses.Add(new OrderWindow(pause.OrderName, new Days(pause.From, pause.To)));
                    break;
                case ResumeEnforcementEffect resume:
                    pauses = Closed(pauses, resume.OrderName, resume.On);
                    break;
                case EndEffect endEffect:
                    (end, replacedBy) = (endEffect.To, endEffect.ReplacedBy);
                    break;
                default:
                    throw new InvalidOperationException($"No fold for the effect {effect.GetType().Name}.");
            }
        }

        // A later revision overrides an earlier one from its day on: of two statements about one day the later made prevails.
        private static ImmutableArray<ContentPiece> Revised(ImmutableArray<ContentPiece> pieces, DateOnly from, ContentChanges changes)
        {
            var at = pieces.Any(p => p.From == from)
                ? pieces
                : [..pieces.Append(new ContentPiece(from, pieces.Last(p => !(p.From > from)).Content)).OrderBy(p => p.From ?? DateOnly.MinValue)];
            return [..at.Select(p => p.From >= from ? p with { Content = p.Content.With(changes) } : p)];
        }

        // What an order had not reached on the day it ends never happens.
        private static ImmutableArray<OrderWindow> Closed(ImmutableArray<OrderWindow> windows, string order, DateOnly on) =>
            [..windows
                .Select(w => w.OrderName == order ? w with { Days = w.Days.Intersect(new Days(null, on)) } : w)
                .Where(w => !w.Days.IsEmpty)];
    }
}
