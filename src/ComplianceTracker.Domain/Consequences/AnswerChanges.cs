using System.Collections.Immutable;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Domain.Consequences;

/// <summary>
/// Says what changed for a company between the answers before and after a step of the log. An obligation is live while it concerns the
/// company or may concern it: proposed, upcoming, applicable, suspended or undetermined. Whoever applies the consequences to the live
/// obligations before has those after.
/// </summary>
public static class AnswerChanges
{
    private static readonly ImmutableArray<Member<ObligationAnswer>> Standing =
    [
        new("status", (a, b) => a.Status == b.Status),
        new("stage", (a, b) => a.Stage == b.Stage),
        new("applies", (a, b) => a.Applies == b.Applies),
        new("otherwise", (a, b) => a.Otherwise == b.Otherwise),
    ];

    private static readonly ImmutableArray<Member<ObligationAnswer>> Dates =
    [
        new("from", (a, b) => a.From == b.From),
        new("to", (a, b) => a.To == b.To),
        new("fromLatest", (a, b) => a.FromLatest == b.FromLatest),
        new("appliesSince", (a, b) => a.AppliesSince == b.AppliesSince),
        new("appliesUntil", (a, b) => a.AppliesUntil == b.AppliesUntil),
        new("suspendedUntil", (a, b) => a.SuspendedUntil == b.SuspendedUntil),
    ];

    private static readonly ImmutableArray<Member<ObligationAnswer>> Substance =
    [
        new("enforcementPaused", (a, b) => a.EnforcementPaused == b.EnforcementPaused),
        new("missingFacts", (a, b) => a.MissingFacts.SequenceEqual(b.MissingFacts, StringComparer.Ordinal)),
        ..TextMembers.Select(m => new Member<ObligationAnswer>(m.Name, (a, b) => m.IsSame(a.Content, b.Content))),
    ];

    private static ImmutableArray<Member<ObligationContent>> TextMembers =>
    [
        new("condition", (a, b) => a.Condition == b.Condition),
        new("provision", (a, b) => a.Provision == b.Provision),
        new("title", (a, b) => a.Title == b.Title),
        new("summary", (a, b) => a.Summary == b.Summary),
        new("duty", (a, b) => a.Duty == b.Duty),
        new("penalty", (a, b) => a.Penalty == b.Penalty),
        new("nature", (a, b) => a.Nature == b.Nature),
        new("category", (a, b) => a.Category == b.Category),
    ];

    /// <summary>True when the obligation concerns the company, or may.</summary>
    public static bool IsLive(ObligationAnswer? answer) =>
        answer?.Status is Status.Proposed or Status.Upcoming or Status.Applicable or Status.Suspended or Status.Undetermined;

    /// <summary>What changed, by obligation and kind; of one obligation at most one change of status.</summary>
    /// <param name="changed">The obligations whose answers may differ, each once.</param>
    /// <param name="after">The answer after the step for any obligation, or null.</param>
    public static ImmutableArray<Consequence> Between(IEnumerable<AnswerChange> changed, Func<string, ObligationAnswer?> after)
    {
        var found = changed.SelectMany(c => Of(c, after)).ToList();
        var succeeding = found.SelectMany(c => c.ReplacedBy).Select(a => a.History.ObligationId).ToHashSet(StringComparer.Ordinal);
        return [..found
            .Where(c => !(succeeding.Contains(c.ObligationId) && IsArrival(c)))
            .OrderBy(c => c.ObligationId, StringComparer.Ordinal)
            .ThenBy(c => c.Kind)];
    }

    /// <summary>The members that differ between two answers for one obligation, in the API's names: standing, days, what it says.</summary>
    public static ImmutableArray<string> Differing(ObligationAnswer before, ObligationAnswer after) =>
        [..Standing.Concat(Dates).Concat(Substance).Where(m => !m.IsSame(before, after)).Select(m => m.Name)];

    /// <summary>True when both contents say the same to the company: the same members count as in <see cref="Between"/>.</summary>
    internal static bool SaysTheSame(ObligationContent a, ObligationContent b) =>
        ReferenceEquals(a, b) || (a.RelativeStart == b.RelativeStart && TextMembers.All(m => m.IsSame(a, b)));

    private static IEnumerable<Consequence> Of(AnswerChange change, Func<string, ObligationAnswer?> after)
    {
        switch (IsLive(change.Before), IsLive(change.After))
        {
            case (false, true):
                yield return Single(change, Arrived(change.After!.Status), Differing(change, [..Standing, ..Dates, ..Substance]));
                break;
            case (true, false):
                yield return Gone(change, after);
                break;
            case (true, true) when change.Before!.Status != change.After!.Status:
                yield return Single(change, Turned(change.Before.Status, change.After.Status), Differing(change, [..Standing, ..Dates, ..Substance]));
                break;
            case (true, true):
                var moved = Differing(change, Dates);
                // Undetermined before and after: what it would be if it applied is told as a change of what it says.
                var reworded = Differing(change, [..Standing, ..Substance]);
                if (!reworded.IsEmpty)
                {
                    yield return Single(change, ConsequenceKind.Changed, reworded);
                }

                if (!moved.IsEmpty)
                {
                    yield return Single(change, ConsequenceKind.Rescheduled, moved);
                }

                break;
        }
    }

    private static Consequence Gone(AnswerChange change, Func<string, ObligationAnswer?> after)
    {
        var differing = Differing(change, [..Standing, ..Dates, ..Substance]);
        if (change.After is { Stage: Stage.Ended } ended
            && ended.History.ReplacedBy.Distinct(StringComparer.Ordinal).Select(after).OfType<ObligationAnswer>().Where(IsLive).ToImmutableArray() is { IsEmpty: false } successors)
        {
            return new Consequence(ConsequenceKind.Replaced, change.ObligationId, change.Before, change.After, successors, differing, null);
        }

        return Single(
            change,
            change.After?.Status == Status.Lapsed ? ConsequenceKind.Lapsed
                : change.Before!.Status == Status.Undetermined && change.After?.Status == Status.NotApplicable ? ConsequenceKind.Determined
                : ConsequenceKind.Ended,
            differing);
    }

    private static Consequence Single(AnswerChange change, ConsequenceKind kind, ImmutableArray<string> changes) =>
        new(kind, change.ObligationId, change.Before, change.After, [], changes, null);

    private static ConsequenceKind Turned(Status before, Status after) => (before, after) switch
    {
        (Status.Undetermined, _) => ConsequenceKind.Determined,
        (Status.Suspended, Status.Proposed or Status.Upcoming or Status.Applicable) => ConsequenceKind.Resumed,
        _ => Arrived(after),
    };

    private static ConsequenceKind Arrived(Status status) => status switch
    {
        Status.Proposed => ConsequenceKind.Proposed,
        Status.Upcoming => ConsequenceKind.Upcoming,
        Status.Applicable => ConsequenceKind.Applicable,
        Status.Suspended => ConsequenceKind.Suspended,
        Status.Undetermined => ConsequenceKind.Undetermined,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not the status of a live obligation."),
    };

    // That an obligation takes another's place is told once, by the replacement.
    private static bool IsArrival(Consequence c) =>
        IsLive(c.After)
        && (!IsLive(c.Before)
            || (c.Before!.Status is Status.Proposed or Status.Upcoming && c.Kind is ConsequenceKind.Upcoming or ConsequenceKind.Applicable));

    private static ImmutableArray<string> Differing(AnswerChange change, ImmutableArray<Member<ObligationAnswer>> members) =>
        change is { Before: { } before, After: { } after } ? [..members.Where(m => !m.IsSame(before, after)).Select(m => m.Name)] : [];

    private sealed record Member<T>(string Name, Func<T, T, bool> IsSame);
}
