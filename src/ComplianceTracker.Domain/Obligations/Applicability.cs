using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Obligations;

/// <summary>A run of legal days during which an obligation's condition holds, or may hold, for a company.</summary>
/// <param name="Days">The days, half-open.</param>
/// <param name="Applies"><see cref="Truth.Yes"/> or <see cref="Truth.Unknown"/>; days on which it does not apply are in no interval.</param>
/// <param name="MissingFacts">The facts that would decide it, ordinal; empty for <see cref="Truth.Yes"/>.</param>
/// <param name="EarliestStart">The day before which it cannot start for this company (its fact plus the offset), or null.</param>
public sealed record ApplicabilityInterval(Days Days, Truth Applies, ImmutableArray<string> MissingFacts, DateOnly? EarliestStart)
{
    /// <summary>Compares by content.</summary>
    public bool Equals(ApplicabilityInterval? other) =>
        other is not null && Days == other.Days && SaysTheSame(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Days, Applies, EarliestStart, MissingFacts.Length);

    internal bool SaysTheSame(ApplicabilityInterval other) =>
        Applies == other.Applies && EarliestStart == other.EarliestStart && MissingFacts.SequenceEqual(other.MissingFacts, StringComparer.Ordinal);
}

/// <summary>Holds the facts of a company against a rule, for all days at once.</summary>
public static class Applicability
{
    /// <summary>
    /// The intervals in which the rule applies or may apply to the company, in order; empty when it applies on no day.
    /// Only the condition and a start relative to a fact are looked at, not the rule's own stage.
    /// </summary>
    public static ImmutableArray<ApplicabilityInterval> Intervals(Rule rule, CompanyFrames company)
    {
        var bounds = Bounds(rule, company);
        var intervals = ImmutableArray.CreateBuilder<ApplicabilityInterval>();
        for (var i = 0; i <= bounds.Count; i++)
        {
            var days = new Days(i == 0 ? null : bounds[i - 1], i == bounds.Count ? null : bounds[i]);
            if (On(rule, company, days) is { } interval)
            {
                AddOrExtend(intervals, interval);
            }
        }

        return intervals.ToImmutable();
    }

    private static void AddOrExtend(ImmutableArray<ApplicabilityInterval>.Builder intervals, ApplicabilityInterval next)
    {
        if (intervals.Count > 0 && intervals[^1] is var last && last.Days.To == next.Days.From && last.SaysTheSame(next))
        {
            intervals[^1] = last with { Days = new Days(last.Days.From, next.Days.To) };
        }
        else
        {
            intervals.Add(next);
        }
    }

    // Between two of these days neither the condition nor a fact it reads changes.
    private static IReadOnlyList<DateOnly> Bounds(Rule rule, CompanyFrames company)
    {
        SortedSet<DateOnly>? bounds = null;
        foreach (var piece in rule.History.Contents)
        {
            if (piece.From is { } from)
            {
                (bounds ??= []).Add(from);
            }
        }

        foreach (var fact in rule.FactNames)
        {
            foreach (var day in company.BoundsOf(fact))
            {
                (bounds ??= []).Add(day);
            }
        }

        return bounds is null ? [] : [..bounds];
    }

    private static ApplicabilityInterval? On(Rule rule, CompanyFrames company, Days days)
    {
        var day = days.From ?? days.To?.AddDays(-1) ?? LegalDate.First;
        var piece = rule.History.PieceOn(day);
        var evaluation = rule.Conditions[piece].EvaluateWithMissing(company.On(day));
        if (evaluation.Result == Truth.No)
        {
            return null;
        }

        return rule.History.Contents[piece].Content.RelativeStart is { } relative
            ? Relative(days, evaluation, relative, company.Company.ValueOn(relative.Fact, day))
            : new ApplicabilityInterval(days, evaluation.Result, evaluation.MissingFacts, null);
    }

    private static ApplicabilityInterval Relative(Days days, Evaluation evaluation, RelativeStart relative, FactValue? value) =>
        value is DateValue { Value: var since }
            ? new(days, evaluation.Result, evaluation.MissingFacts, relative.Offset.After(since))
            : new(days, Truth.Unknown, [..evaluation.MissingFacts.Append(relative.Fact).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], null);
}
