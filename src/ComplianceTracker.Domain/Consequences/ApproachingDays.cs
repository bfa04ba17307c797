using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Domain.Consequences;

/// <summary>Which days that matter of a live obligation have come near.</summary>
public static class ApproachingDays
{
    /// <summary>The first day of the legal window.</summary>
    public const string From = "from";

    /// <summary>The first day after the legal window.</summary>
    public const string To = "to";

    /// <summary>The day from which no suspension order is open.</summary>
    public const string SuspendedUntil = "suspended-until";

    /// <summary>The day by which the duty must be done.</summary>
    public const string Deadline = "deadline";

    /// <summary>
    /// The days that are near after the step and were not before it. A day is near from the lead time before it, included, until the
    /// day itself, excluded.
    /// </summary>
    /// <param name="change">The answers before and after.</param>
    /// <param name="todayBefore">The date before the step.</param>
    /// <param name="todayAfter">The date after it.</param>
    /// <param name="leadTimes">How long before a day somebody wants to be told, each once.</param>
    public static IEnumerable<Consequence> Between(
        AnswerChange change, DateOnly todayBefore, DateOnly todayAfter, IReadOnlyCollection<CalendarOffset> leadTimes)
    {
        if (leadTimes.Count == 0 || !AnswerChanges.IsLive(change.After))
        {
            return [];
        }

        return Near(change.After, todayAfter, leadTimes)
            .Except(Near(change.Before, todayBefore, leadTimes))
            .OrderBy(n => n.On).ThenBy(n => n.What, StringComparer.Ordinal).ThenBy(n => n.LeadTime.Before(n.On)).ThenBy(n => n.LeadTime.Months)
            .Select(n => new Consequence(ConsequenceKind.DeadlineApproaching, change.ObligationId, change.Before, change.After, [], [], n));
    }

    /// <summary>True when a lead time of some day that matters to any company begins in the days: after the first and up to the last.</summary>
    internal static bool BeginIn(LegalHistory history, DateOnly after, DateOnly upTo, IReadOnlyCollection<CalendarOffset> leadTimes) =>
        leadTimes.Count > 0
        && DaysOf(history).Any(day => leadTimes.Any(lead => lead.Before(day) is var begin && begin > after && begin <= upTo));

    private static IEnumerable<DateOnly> DaysOf(LegalHistory history) => new[] { history.Start, history.End }
        .Concat(history.Suspensions.Select(s => s.Days.To))
        .Concat(history.Contents.Select(c => c.Content.Duty.DeadlineDate))
        .OfType<DateOnly>();

    private static IEnumerable<ApproachingDay> Near(ObligationAnswer? answer, DateOnly today, IReadOnlyCollection<CalendarOffset> leadTimes)
    {
        if (answer is null || !AnswerChanges.IsLive(answer))
        {
            return [];
        }

        (string What, DateOnly? On)[] days =
            [(From, answer.From), (To, answer.To), (SuspendedUntil, answer.SuspendedUntil), (Deadline, answer.Content.Duty.DeadlineDate)];
        return
            from day in days
            where today < day.On
            from lead in leadTimes
            where today >= lead.Before(day.On!.Value)
            select new ApproachingDay(day.What, day.On!.Value, lead);
    }
}
