using System.Collections.Immutable;
using ComplianceTracker.Api.Instruments;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Explanations;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.Obligations;

/// <summary>Explains one answer about one company: the same question at the same position is explained with the same words.</summary>
/// <param name="rule">The obligation on the day.</param>
/// <param name="answer">The answer.</param>
/// <param name="profile">The company.</param>
/// <param name="declarations">What its facts go back to.</param>
/// <param name="index">The vocabulary.</param>
internal sealed class Explaining(DayRule rule, ObligationAnswer answer, CompanyProfile profile, Declarations declarations, FactIndex index)
{
    private readonly FactFrame facts = new CompanyFrames(profile, index).On(rule.Day);

    private FactVocabulary Vocabulary => index.Vocabulary;

    /// <summary>How the answer came about.</summary>
    public ExplanationBody Explain() => new(
        Reasons.Because(answer, Vocabulary, Deciding.Of(rule.Condition, facts)),
        rule.Condition.Text,
        answer.Content.AppliesWhen,
        ConditionText.Of(rule.Condition.Root, Vocabulary),
        Step(rule.Condition.Trace(facts), decided: true),
        RelativeStart(),
        answer.Content.Note,
        answer.Content.VerifyAfter,
        [..Contributions.Of(answer.History, rule.Day, EarliestStart()).Select(Cause)],
        [..Counterfactuals.Of(rule, facts).Select(c => CounterfactualTexts.Body(c, answer, Vocabulary))]);

    private StepBody Step(TraceNode node, bool decided) => new(
        node.Text,
        ConditionSyntax.Parse(node.Text).Root is { } part ? ConditionText.Of(part, Vocabulary) : null,
        node.Truth,
        PlainFacts.ToNode(node.Value),
        node.Error,
        node.Decisive,
        decided,
        [..node.Facts.Select(f => Declared(f.Name, f.Value))],
        [..node.Children.Select(child => Step(child, decided && child.Decisive))]);

    private DeclaredFactBody Declared(string fact, FactValue? value)
    {
        var declaration = declarations.Of(profile, fact, rule.Day);
        return new(fact, PlainFacts.ToNode(value), declaration?.Days.From, declaration?.Days.To, declaration?.RecordedAt, declaration?.Position);
    }

    private RelativeStartReadingBody? RelativeStart() => rule.RelativeStart is { } relative
        ? new(relative.Offset, EarliestStart(), Declared(relative.Fact, facts.Find(relative.Fact)))
        : null;

    private DateOnly? EarliestStart() =>
        rule.RelativeStart is { } relative && facts.Find(relative.Fact) is DateValue since ? relative.Offset.After(since.Value) : null;

    private CauseBody Cause(Contribution contribution)
    {
        var by = contribution.By;
        return new(
            by.Development.Id,
            answer.History.Instrument.Id,
            by.Development.Kind,
            by.Development.Date,
            by.Development.PublicDay,
            by.Development.Note,
            by.Development.Source,
            by.Development.Confidence,
            by.Development.CausedBy,
            by.CorrectedBy,
            [..contribution.Effects.SelectMany(Deeds.Of).Distinct()],
            contribution.Gave,
            [..contribution.Effects.Select(EffectBody.For)],
            by.RecordedAt,
            by.Position);
    }
}
