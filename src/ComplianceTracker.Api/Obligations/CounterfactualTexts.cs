using System.Collections.Immutable;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Explanations;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.Obligations;

/// <summary>Says in a sentence what would change an answer, in the vocabulary's own words.</summary>
internal static class CounterfactualTexts
{
    /// <summary>The counterfactual as the API shows it.</summary>
    public static CounterfactualBody Body(Counterfactual counterfactual, ObligationAnswer answer, FactVocabulary vocabulary) => new(
        [..counterfactual.Changes.Select(Body)],
        counterfactual.Becomes,
        LangText.Of(English(counterfactual, answer, vocabulary), Chinese(counterfactual, answer, vocabulary)));

    private static FactChangeBody Body(FactChange change) => new(
        change.Fact,
        PlainFacts.ToNode(change.From),
        PlainFacts.ToNode(change.To),
        change.To is SetValue to ? [..to.Values.Except(Members(change.From))] : null,
        change.To is SetValue kept ? [..Members(change.From).Where(m => !kept.Values.Contains(m))] : null,
        change.Range is { } range
            ? new(PlainFacts.ToNode(range.AtLeast), PlainFacts.ToNode(range.MoreThan), PlainFacts.ToNode(range.AtMost), PlainFacts.ToNode(range.Below))
            : null);

    private static string English(Counterfactual counterfactual, ObligationAnswer answer, FactVocabulary vocabulary)
    {
        var would = (answer.Status, counterfactual.Becomes) switch
        {
            (Status.Undetermined, Status.NotApplicable) => "It does not apply",
            (_, Status.NotApplicable) => answer.Stage is Stage.Ended or Stage.Lapsed ? "It would not have applied" : "It would not apply",
            (Status.Undetermined, Status.Applicable) => "It applies",
            (_, Status.Applicable) => "It would apply",
            (_, Status.Upcoming) => "It would apply later",
            (_, Status.Proposed) => "It would apply if the draft became law, and",
            (_, Status.Suspended) => "It would apply but for its suspension",
            (_, Status.Ended) => "It would have applied until its end",
            (_, Status.Lapsed) => "It would have applied had the draft become law, and",
            _ => "It might apply",
        };
        return $"{would} if {Clauses(counterfactual, "en", vocabulary, "; and ")}.";
    }

    private static string Chinese(Counterfactual counterfactual, ObligationAnswer answer, FactVocabulary vocabulary)
    {
        var would = counterfactual.Becomes switch
        {
            Status.NotApplicable => answer.Stage is Stage.Ended or Stage.Lapsed ? "则当时不适用" : "则不适用",
            Status.Applicable => "则适用",
            Status.Upcoming => "则将于以后适用",
            Status.Proposed => "则草案通过后将适用",
            Status.Suspended => "则除中止外适用",
            Status.Ended => "则在终止前适用",
            Status.Lapsed => "则草案若获通过即适用",
            _ => "则可能适用",
        };
        return $"如果{Clauses(counterfactual, "zh", vocabulary, "；并且")}，{would}。";
    }

    private static string Clauses(Counterfactual counterfactual, string language, FactVocabulary vocabulary, string separator) =>
        string.Join(separator, counterfactual.Changes.SelectMany(Parts).Select(part => ConditionText.In(language, part.Clause, vocabulary, part.Denied)));

    // What the change makes true, written as a condition and said in the same words as conditions are.
    private static IEnumerable<(Expression Clause, bool Denied)> Parts(FactChange change)
    {
        var fact = new FactReference(change.Fact);
        switch (change)
        {
            case { To: BoolValue truth }:
                yield return (fact, !truth.Value);
                break;
            case { To: SetValue to }:
                foreach (var member in to.Values.Except(Members(change.From)))
                {
                    yield return (In(member), false);
                }

                foreach (var member in Members(change.From).Where(m => !to.Values.Contains(m)))
                {
                    yield return (In(member), true);
                }

                if (to.Values.IsEmpty && change.From is null)
                {
                    yield return (new Comparison(ComparisonOperator.Equal, new Call("size", fact, []), new Literal(new IntValue(0))), false);
                }

                break;
            case { Range: { AtLeast: { } first, AtMost: { } last } } when first.Equals(last):
                yield return (new Comparison(ComparisonOperator.Equal, fact, new Literal(first)), false);
                break;
            case { Range: { } range }:
                foreach (var (relation, bound) in Bounds(range))
                {
                    yield return (new Comparison(relation, fact, new Literal(bound)), false);
                }

                break;
            default:
                yield return (new Comparison(ComparisonOperator.Equal, fact, new Literal(change.To)), false);
                break;
        }

        Comparison In(string member) => new(ComparisonOperator.In, new Literal(new StringValue(member)), fact);
    }

    private static IEnumerable<(ComparisonOperator Relation, FactValue Bound)> Bounds(ValueRange range)
    {
        (ComparisonOperator Relation, FactValue? Bound)[] bounds =
        [
            (ComparisonOperator.GreaterOrEqual, range.AtLeast), (ComparisonOperator.Greater, range.MoreThan),
            (ComparisonOperator.LessOrEqual, range.AtMost), (ComparisonOperator.Less, range.Below),
        ];
        return bounds.Where(b => b.Bound is not null).Select(b => (b.Relation, b.Bound!));
    }

    private static ImmutableSortedSet<string> Members(FactValue? value) => value is SetValue set ? set.Values : [];
}
