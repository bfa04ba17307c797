using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;

namespace ComplianceTracker.Domain.Obligations;

/// <summary>The register of one company: all obligations, all days, in one pure computation.</summary>
public static class CompanyRegister
{
    /// <summary>
    /// For each rule that applies or may apply on some day: the intervals in which it does. Rules that never do are left out.
    /// </summary>
    public static ImmutableArray<RegisterEntry> Of(CompanyFrames company, IEnumerable<Rule> rules) =>
        [..rules
            .Select(rule => new RegisterEntry(rule.History, Applicability.Intervals(rule, company)))
            .Where(entry => !entry.Intervals.IsEmpty)];

    /// <summary>
    /// The answers of one entry for all days: runs of days on which the answer is the same, in order and without gaps,
    /// the answer null where nothing counted carries the rule.
    /// </summary>
    public static ImmutableArray<(Days Days, ObligationAnswer? Answer)> Answers(RegisterEntry entry)
    {
        var bounds = Bounds(entry);
        var answers = ImmutableArray.CreateBuilder<(Days, ObligationAnswer?)>(bounds.Count + 1);
        for (var i = 0; i <= bounds.Count; i++)
        {
            var days = new Days(i == 0 ? null : bounds[i - 1], i == bounds.Count ? null : bounds[i]);
            var day = days.From ?? days.To?.AddDays(-1) ?? LegalDate.First;
            answers.Add((days, ObligationAnswer.On(entry.History, entry.Intervals, day)));
        }

        return answers.MoveToImmutable();
    }

    // Every day on which any part of the answer can change.
    private static List<DateOnly> Bounds(RegisterEntry entry)
    {
        var history = entry.History;
        IEnumerable<DateOnly?> days =
        [
            history.EnactedOn, history.Start, history.End,
            ..history.Contents.Select(c => c.From),
            ..history.Contents.Select(c => c.Content.VerifyAfter?.AddDays(1)),
            ..history.Drafts.Select(d => (DateOnly?)d.On),
            ..history.Suspensions.Concat(history.EnforcementPauses).SelectMany(w => new[] { w.Days.From, w.Days.To }),
            ..entry.Intervals.SelectMany(i => new[] { i.Days.From, i.Days.To, i.EarliestStart }),
        ];
        return [..days.OfType<DateOnly>().Distinct().Order()];
    }
}

/// <summary>One obligation in a company's register.</summary>
/// <param name="History">The obligation as counted.</param>
/// <param name="Intervals">When it applies or may apply, in order.</param>
public sealed record RegisterEntry(LegalHistory History, ImmutableArray<ApplicabilityInterval> Intervals);
