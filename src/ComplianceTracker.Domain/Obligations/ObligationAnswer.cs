using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Instruments;

namespace ComplianceTracker.Domain.Obligations;

/// <summary>What one obligation means to one company on one legal day.</summary>
public sealed record ObligationAnswer
{
    /// <summary>The obligation's legal history, as counted.</summary>
    public required LegalHistory History { get; init; }

    /// <summary>The content that holds on the day.</summary>
    public required ObligationContent Content { get; init; }

    /// <summary>The answer in one word.</summary>
    public required Status Status { get; init; }

    /// <summary>Where the rule itself stands for this company.</summary>
    public required Stage Stage { get; init; }

    /// <summary>Whether the condition holds.</summary>
    public required Truth Applies { get; init; }

    /// <summary>The first day of the legal window for this company; null when none is fixed or it never began.</summary>
    public required DateOnly? From { get; init; }

    /// <summary>The first day after the legal window, or the day it left the books; null when no end is known.</summary>
    public required DateOnly? To { get; init; }

    /// <summary>The outer limit of a start that is not fixed, or null.</summary>
    public required DateOnly? FromLatest { get; init; }

    /// <summary>The first day of the run during which the company is inside the legal window, or null.</summary>
    public required DateOnly? AppliesSince { get; init; }

    /// <summary>The first day after that run, or null: until further notice.</summary>
    public required DateOnly? AppliesUntil { get; init; }

    /// <summary>When suspended: the day from which no order is open, or null: until lifted. Otherwise null.</summary>
    public required DateOnly? SuspendedUntil { get; init; }

    /// <summary>True when it is in force but not enforced.</summary>
    public required bool EnforcementPaused { get; init; }

    /// <summary>The facts that would decide whether it applies, ordinal; empty unless unknown.</summary>
    public required ImmutableArray<string> MissingFacts { get; init; }

    /// <summary>When undetermined: the status it would have if it applied. Otherwise null.</summary>
    public required Status? Otherwise { get; init; }

    /// <summary>True when the day lies past the day to which the record was checked.</summary>
    public required bool Unverified { get; init; }

    /// <summary>The answer on the day, or null: nothing counted carries the rule then.</summary>
    /// <param name="history">The obligation as counted.</param>
    /// <param name="intervals">When it applies or may apply to the company, from <see cref="Applicability.Intervals"/>.</param>
    /// <param name="asOf">The legal day.</param>
    public static ObligationAnswer? On(LegalHistory history, ImmutableArray<ApplicabilityInterval> intervals, DateOnly asOf)
    {
        var interval = intervals.FirstOrDefault(i => i.Days.Contains(asOf));
        var applies = interval?.Applies ?? Truth.No;
        var start = StartFor(history, interval);
        if (history.StageOn(asOf, start) is not { } stage)
        {
            return null;
        }

        var content = history.ContentOn(asOf);
        var inside = applies == Truth.No ? null : RunAround(history, intervals, asOf, applies);
        var status = StatusOf(stage, applies);
        return new ObligationAnswer
        {
            History = history,
            Content = content,
            Status = status,
            Stage = stage,
            Applies = applies,
            From = history.End <= start ? null : start,
            To = history.End,
            FromLatest = history.LatestBy,
            AppliesSince = inside?.From,
            AppliesUntil = inside?.To,
            SuspendedUntil = stage == Stage.Suspended ? history.SuspendedUntil(asOf) : null,
            EnforcementPaused = stage == Stage.InForce && history.IsEnforcementPausedOn(asOf),
            MissingFacts = interval?.MissingFacts ?? [],
            Otherwise = status == Status.Undetermined ? StatusOf(stage, Truth.Yes) : null,
            Unverified = asOf > content.VerifyAfter,
        };
    }

    private static Status StatusOf(Stage stage, Truth applies) => (stage, applies) switch
    {
        (_, Truth.No) => Status.NotApplicable,
        (Stage.Ended, _) => Status.Ended,
        (Stage.Lapsed, _) => Status.Lapsed,
        (_, Truth.Unknown) => Status.Undetermined,
        (Stage.InForce, _) => Status.Applicable,
        (Stage.Upcoming, _) => Status.Upcoming,
        (Stage.Suspended, _) => Status.Suspended,
        (Stage.Proposed, _) => Status.Proposed,
        _ => throw new InvalidOperationException($"No status for the stage {stage}."),
    };

    // A rule without a general start has no start for anyone, however old the company's own day is.
    private static DateOnly? StartFor(LegalHistory history, ApplicabilityInterval? interval) =>
        interval?.EarliestStart > history.Start ? interval.EarliestStart : history.Start;

    // The run of days inside both the legal window and the condition that holds the day; before it the next one, after it the last.
    // Sure days do not extend into days that only may apply.
    private static Days? RunAround(LegalHistory history, ImmutableArray<ApplicabilityInterval> intervals, DateOnly asOf, Truth applies)
    {
        if (history.Start is null)
        {
            return null;
        }

        Days? run = null;
        foreach (var interval in intervals)
        {
            var window = interval.Days.Intersect(new Days(StartFor(history, interval), history.End));
            if (window.IsEmpty || (applies == Truth.Yes && interval.Applies != Truth.Yes))
            {
                continue;
            }

            if (run is { } open && open.To == window.From)
            {
                run = open with { To = window.To };
                continue;
            }

            if (run is { } done && !(done.To <= asOf))
            {
                return done;
            }

            run = window;
        }

        return run;
    }
}
