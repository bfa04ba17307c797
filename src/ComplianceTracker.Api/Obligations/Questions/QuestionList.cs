using System.Collections.Immutable;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Explanations;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Questions;

namespace ComplianceTracker.Api.Obligations.Questions;

/// <summary>Finds what a company must still tell and puts it into words.</summary>
internal static class QuestionList
{
    /// <summary>The page of questions.</summary>
    /// <param name="question">The company on its clocks.</param>
    /// <param name="facts">Its facts on the legal day.</param>
    /// <param name="query">Which obligations count.</param>
    /// <param name="paging">Which page.</param>
    public static QuestionPage Of(CompanyQuestion question, FactFrame facts, ObligationQuery query, Paging paging)
    {
        var (answers, waiting) = Waiting(question, facts, query);
        var all = OpenQuestions.InOrder(waiting);
        var rest = paging.After is { } after ? all.SkipWhile(q => q.Fact != after).Skip(1).ToImmutableArray() : all;
        var page = rest.Take(paging.Limit).ToList();
        return new QuestionPage(
            question.CompanyId!,
            question.Clocks.AsOf,
            question.Clocks.KnownOn,
            question.RecordedAt,
            question.Clocks.TimeZone,
            question.Position,
            TallyBody.From(Tally.Of(waiting)),
            [..page.Select(q => Item(q, question, facts, answers))],
            rest.Length > page.Count ? paging.Cursor(page[^1].Fact, ObligationList.Pin(question)) : null);
    }

    private static (Dictionary<string, ObligationAnswer> Answers, List<Waiting> Waiting) Waiting(CompanyQuestion question, FactFrame facts, ObligationQuery query)
    {
        var asOf = question.Clocks.AsOf;
        var answers = new Dictionary<string, ObligationAnswer>(StringComparer.Ordinal);
        var waiting = new List<Waiting>();
        foreach (var rule in question.View.Rules.Where(r => query.Wants(r, asOf)))
        {
            if (question.Answer(rule) is { } answer && query.Wants(answer) && OpenQuestions.Of(new DayRule(rule.Rule, asOf), answer, facts) is { } waits)
            {
                answers[waits.ObligationId] = answer;
                waiting.Add(waits);
            }
        }

        return (answers, waiting);
    }

    private static QuestionItem Item(OpenQuestion open, CompanyQuestion question, FactFrame facts, Dictionary<string, ObligationAnswer> answers)
    {
        var fact = question.View.Vocabulary.Find(open.Fact)!;
        return new QuestionItem(
            fact.Name,
            fact.Type,
            fact.Unit,
            fact.Description,
            [..fact.Values.Select(v => new AllowedValueBody(v.Value, v.Label))],
            fact.ValueType,
            fact.Note,
            PlainFacts.ToNode(facts.Find(fact.Name)),
            open.Settles.All,
            open.SettlesTogether.All,
            open.MaySettle.All,
            TallyBody.From(Tally.Of(open.Waiting)),
            [..open.Waiting.Select(w => Obligation(w, answers[w.ObligationId]))]);
    }

    private static WaitingObligation Obligation(Waiting waiting, ObligationAnswer answer) => new(
        waiting.ObligationId,
        answer.History.Instrument.Id,
        answer.History.Instrument.Jurisdiction,
        answer.Content.Provision,
        answer.Content.Title,
        waiting.Otherwise,
        waiting.Facts);
}
