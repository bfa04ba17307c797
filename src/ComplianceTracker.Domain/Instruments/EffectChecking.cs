using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Instruments;

/// <summary>Holds the effects of a development against what can be true.</summary>
internal static class EffectChecking
{
    /// <summary>The first thing wrong with the effects, or null.</summary>
    public static Rejection? Check(string instrumentId, ImmutableArray<Effect> effects, string at, InstrumentContext context)
    {
        for (var i = 0; i < effects.Length; i++)
        {
            var pointer = $"{at}/effects/{i}";
            if (CheckOwner(instrumentId, effects[i], pointer, context) is { } notOurs)
            {
                return notOurs;
            }

            if (CheckDays(effects[i], pointer) is { } badDays)
            {
                return badDays;
            }

            if (CheckContent(effects[i], pointer, context.Vocabulary) is { } badContent)
            {
                return badContent;
            }
        }

        return null;
    }

    private static Rejection? CheckOwner(string instrumentId, Effect effect, string at, InstrumentContext context)
    {
        if (!Slug.IsValid(effect.ObligationId))
        {
            return new(RejectionCode.InvalidValue, $"An obligation id is {Slug.Description}.", $"{at}/obligationId");
        }

        return context.OwnerOf(effect.ObligationId) is { } owner && owner != instrumentId
            ? new(
                RejectionCode.ObligationOfAnotherInstrument,
                $"The obligation '{effect.ObligationId}' belongs to '{owner}': record the effect there, with this act as 'causedBy'.",
                $"{at}/obligationId") { Expected = [owner] }
            : null;
    }

    private static Rejection? CheckDays(Effect effect, string at)
    {
        var days = DaysOf(effect);
        if (days.FirstOrDefault(d => d.Day is { } day && !LegalDate.IsInRange(day)) is { Member: { } member })
        {
            return new(RejectionCode.DateOutOfRange, "Days lie between 1900-01-01 and 2200-12-31.", $"{at}/{member}");
        }

        return effect switch
        {
            SuspendEffect { From: var from, To: { } to } when to <= from => EndsBeforeStart(at, "suspension", from, to),
            PauseEnforcementEffect { From: var from, To: { } to } when to <= from => EndsBeforeStart(at, "pause of enforcement", from, to),
            _ => null,
        };
    }

    private static (string Member, DateOnly? Day)[] DaysOf(Effect effect) => effect switch
    {
        EnactEffect e => [("from", e.From), ("latestBy", e.LatestBy), ("on", e.On)],
        ReviseEffect e => [("from", e.From), ("verifyAfter", e.Changes.VerifyAfter), ("duty/deadlineDate", e.Changes.Duty?.DeadlineDate)],
        RescheduleEffect e => [("from", e.From), ("latestBy", e.LatestBy)],
        RenumberEffect e => [("from", e.From)],
        SuspendEffect e => [("from", e.From), ("to", e.To)],
        PauseEnforcementEffect e => [("from", e.From), ("to", e.To)],
        LiftEffect e => [("on", e.On)],
        ResumeEnforcementEffect e => [("on", e.On)],
        EndEffect e => [("to", e.To)],
        DefineEffect e => [("verifyAfter", e.Obligation.VerifyAfter), ("duty/deadlineDate", e.Obligation.Duty.DeadlineDate)],
        _ => [],
    };

    private static Rejection EndsBeforeStart(string at, string what, DateOnly from, DateOnly to) => new(
        RejectionCode.WindowEndsBeforeStart,
        $"The {what} would start on {from:yyyy-MM-dd} and end on {to:yyyy-MM-dd}; 'to' is the first day on which it no longer holds and lies after 'from'.",
        $"{at}/to");

    private static Rejection? CheckContent(Effect effect, string at, FactVocabulary vocabulary) => effect switch
    {
        DefineEffect { Obligation: var content } =>
            CheckCondition(content.Condition, at, vocabulary) ?? CheckRelativeStart(content.RelativeStart, at, vocabulary),
        ReviseEffect { Changes.Condition: { } condition } => CheckCondition(condition, at, vocabulary),
        SuspendEffect { OrderName: var order } when string.IsNullOrWhiteSpace(order) => Nameless(at),
        LiftEffect { OrderName: var order } when string.IsNullOrWhiteSpace(order) => Nameless(at),
        PauseEnforcementEffect { OrderName: var order } when string.IsNullOrWhiteSpace(order) => Nameless(at),
        ResumeEnforcementEffect { OrderName: var order } when string.IsNullOrWhiteSpace(order) => Nameless(at),
        RenumberEffect { Provision: var provision } when string.IsNullOrWhiteSpace(provision) =>
            new(RejectionCode.InvalidValue, "A renumbering names the new provision.", $"{at}/provision"),
        _ => null,
    };

    private static Rejection Nameless(string at) =>
        new(RejectionCode.InvalidValue, "An order has a name: it is how a later development ends the window that it opened.", $"{at}/order");

    private static Rejection? CheckCondition(string text, string at, FactVocabulary vocabulary) =>
        Condition.CompileToRecord(text, vocabulary).Error is { } error
            ? new(RejectionCode.ConditionInvalid, error.Message, $"{at}/condition") { Line = error.Line, Column = error.Column, Expected = error.Expected }
            : null;

    private static Rejection? CheckRelativeStart(RelativeStart? relative, string at, FactVocabulary vocabulary)
    {
        if (relative is null)
        {
            return null;
        }

        if (vocabulary.Find(relative.Fact) is not { } fact)
        {
            return new(RejectionCode.UnknownFact, $"The vocabulary has no fact '{relative.Fact}'.", $"{at}/relativeStart/fact")
            {
                Expected = Nearest.To(relative.Fact, vocabulary.Facts.Values.Where(f => f.Type == FactType.Date).Select(f => f.Name)),
            };
        }

        return fact.Type == FactType.Date
            ? null
            : new(RejectionCode.FactTypeMismatch, $"A start is relative to a date fact; '{fact.Name}' is a {Words.Of(fact.Type)}.", $"{at}/relativeStart/fact");
    }
}
