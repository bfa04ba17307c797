using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Domain.Consequences;

/// <summary>Tells cheaply, for all companies at once, whether the answers for an obligation can have changed.</summary>
public static class LawChanges
{
    /// <summary>True when both histories give every company the same answers on every day, as far as consequences tell of them.</summary>
    public static bool SaysTheSame(LegalHistory a, LegalHistory b) =>
        ReferenceEquals(a, b)
        || ((a.EnactedOn, a.Start, a.LatestBy, a.End) == (b.EnactedOn, b.Start, b.LatestBy, b.End)
            && a.ReplacedBy.SequenceEqual(b.ReplacedBy, StringComparer.Ordinal)
            && a.Drafts.SequenceEqual(b.Drafts)
            && a.Suspensions.SequenceEqual(b.Suspensions)
            && a.EnforcementPauses.SequenceEqual(b.EnforcementPauses)
            && a.Contents.Length == b.Contents.Length
            && a.Contents.Zip(b.Contents).All(p => p.First.From == p.Second.From && AnswerChanges.SaysTheSame(p.First.Content, p.Second.Content)));

    /// <summary>
    /// True when the answer for some company can be another on the later day because of the obligation's own days; days that follow from
    /// a company's facts are not looked at.
    /// </summary>
    /// <param name="history">The obligation.</param>
    /// <param name="after">The earlier day.</param>
    /// <param name="upTo">The later day.</param>
    /// <param name="leadTimes">How long before a day somebody wants to be told.</param>
    public static bool ADayArrives(LegalHistory history, DateOnly after, DateOnly upTo, IReadOnlyCollection<CalendarOffset> leadTimes) =>
        DaysOf(history).Any(day => day > after && day <= upTo) || ApproachingDays.BeginIn(history, after, upTo, leadTimes);

    /// <summary>The development that decided that something changes on one of the days, or made it public on one; null where none did.</summary>
    /// <param name="history">The obligation.</param>
    /// <param name="after">The day before the first.</param>
    /// <param name="upTo">The last day.</param>
    public static CountedDevelopment? DecidedBy(LegalHistory history, DateOnly after, DateOnly upTo) => history.Causes
        .LastOrDefault(c => DaysOf(c).Append(c.By.Development.PublicDay).Any(day => day > after && day <= upTo))?.By;

    private static IEnumerable<DateOnly> DaysOf(LegalHistory history) => new[] { history.EnactedOn, history.Start, history.End }
        .Concat(history.Contents.Select(c => c.From))
        .Concat(history.Drafts.Select(d => (DateOnly?)d.On))
        .Concat(history.Suspensions.Concat(history.EnforcementPauses).SelectMany(w => new[] { w.Days.From, w.Days.To }))
        .OfType<DateOnly>();

    private static IEnumerable<DateOnly> DaysOf(Cause cause)
    {
        ImmutableArray<DateOnly?> days = cause.Effect switch
        {
            EnactEffect e => [e.From, e.On],
            RescheduleEffect e => [e.From],
            ReviseEffect e => [e.From],
            RenumberEffect e => [e.From],
            SuspendEffect e => [e.From, e.To],
            LiftEffect e => [e.On],
            PauseEnforcementEffect e => [e.From, e.To],
            ResumeEnforcementEffect e => [e.On],
            EndEffect e => [e.To],
            _ => [],
        };
        return days.OfType<DateOnly>();
    }
}
