using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Api.Obligations;

/// <summary>A page of answers, before it is put into words.</summary>
/// <param name="Question">What was asked.</param>
/// <param name="Answers">The answers, by obligation id.</param>
/// <param name="Next">The cursor of the next page, or null.</param>
internal sealed record ObligationList(CompanyQuestion Question, IReadOnlyList<ObligationAnswer> Answers, string? Next)
{
    /// <summary>The page as its body says it; <see cref="ObligationListWriter"/> writes the same.</summary>
    public ObligationPage ToBody() => new(
        Question.CompanyId,
        Question.Clocks.AsOf,
        Question.Clocks.KnownOn,
        Question.RecordedAt,
        Question.Clocks.TimeZone,
        Question.Position,
        [..Answers.Select(a => ObligationItems.Item(a, Question.View))],
        Next);

    /// <summary>The answers that the query and the page ask for.</summary>
    public static ObligationList Of(CompanyQuestion question, ObligationQuery query, Paging paging)
    {
        var answers = new List<ObligationAnswer>();
        var asOf = question.Clocks.AsOf;
        foreach (var rule in question.View.Rules)
        {
            if ((paging.After is { } after && string.CompareOrdinal(rule.History.ObligationId, after) <= 0) || !query.Wants(rule, asOf))
            {
                continue;
            }

            var intervals = question.IntervalsOf(rule);
            if (!query.Wants(intervals, asOf) || ObligationAnswer.On(rule.History, intervals, asOf) is not { } answer || !query.Wants(answer))
            {
                continue;
            }

            if (answers.Count == paging.Limit)
            {
                return new ObligationList(question, answers, paging.Cursor(answers[^1].History.ObligationId, Pin(question)));
            }

            answers.Add(answer);
        }

        return new ObligationList(question, answers, null);
    }

    /// <summary>The clocks of the question, as its cursors hold them.</summary>
    public static string Pin(CompanyQuestion question) =>
        $"{question.Clocks.AsOf:yyyy-MM-dd} {question.Clocks.KnownOn:yyyy-MM-dd} {question.Position} {question.Clocks.TimeZone} {question.RecordedAt:O}";
}
