using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Explanations;

/// <summary>
/// One obligation on one legal day as a function of a company's facts of that day: what the register answers, asked again and again
/// with other facts. Not safe to share between threads.
/// </summary>
public sealed class DayRule
{
    private readonly LegalHistory history;
    private readonly Dictionary<(Truth, DateOnly?), Status?> statuses = [];

    /// <summary>The obligation on the day.</summary>
    public DayRule(Rule rule, DateOnly day)
    {
        ArgumentNullException.ThrowIfNull(rule);
        (history, Day) = (rule.History, day);
        Condition = rule.Conditions[history.PieceOn(day)];
        RelativeStart = history.ContentOn(day).RelativeStart;
        FactNames = RelativeStart is { } relative
            ? [..Condition.FactNames.Append(relative.Fact).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]
            : Condition.FactNames;
    }

    /// <summary>The legal day.</summary>
    public DateOnly Day { get; }

    /// <summary>The condition that holds on the day.</summary>
    public Condition Condition { get; }

    /// <summary>The start relative to a fact that holds on the day, or null.</summary>
    public RelativeStart? RelativeStart { get; }

    /// <summary>Every fact that the answer of the day depends on, ordinal.</summary>
    public ImmutableArray<string> FactNames { get; }

    /// <summary>What the obligation means on the day to a company with these facts.</summary>
    public Verdict On(FactFrame facts)
    {
        var applies = Condition.Evaluate(facts);
        DateOnly? earliest = null;
        if (applies != Truth.No && RelativeStart is { } relative)
        {
            earliest = facts.Find(relative.Fact) is DateValue { Value: var since } ? relative.Offset.After(since) : null;
            applies = earliest is null ? Truth.Unknown : applies;
        }

        return new Verdict(applies, StatusOf(applies, earliest));
    }

    /// <summary>Every status that it can surely have on the day, whatever the facts.</summary>
    public ImmutableArray<Status> SureStatuses =>
        [..new[] { StatusOf(Truth.No, null), StatusOf(Truth.Yes, RelativeStart is null ? null : Day), StatusOf(Truth.Yes, RelativeStart is null ? null : Day.AddDays(1)) }
            .OfType<Status>().Distinct().Order()];

    private Status? StatusOf(Truth applies, DateOnly? earliest)
    {
        if (!statuses.TryGetValue((applies, earliest), out var status))
        {
            ImmutableArray<ApplicabilityInterval> intervals =
                applies == Truth.No ? [] : [new ApplicabilityInterval(Days.Always, applies, [], earliest)];
            statuses[(applies, earliest)] = status = ObligationAnswer.On(history, intervals, Day)?.Status;
        }

        return status;
    }
}

/// <summary>What an obligation means to a company with certain facts.</summary>
/// <param name="Applies">Whether it applies.</param>
/// <param name="Status">The answer in one word, or null: nothing counted carries the rule.</param>
public readonly record struct Verdict(Truth Applies, Status? Status)
{
    /// <summary>True when no fact is missing for the answer.</summary>
    public bool IsSure => Status is not (null or Obligations.Status.Undetermined);
}
