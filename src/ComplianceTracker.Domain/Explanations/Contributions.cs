using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Domain.Explanations;

/// <summary>Tells which development gave an obligation which part of its answer, by looking at the answer without that development.</summary>
public static class Contributions
{
    /// <summary>The one part named where without the development nothing would carry the obligation at all.</summary>
    public const string Everything = "obligation";

    /// <summary>
    /// Each counted development that touched the obligation, in counted order, with the members of the answer on the day that would be
    /// other without it (stage, days, content; in the API's names). None where later developments took its place: it gave nothing that still stands.
    /// </summary>
    /// <param name="history">The obligation as counted.</param>
    /// <param name="asOf">The legal day.</param>
    /// <param name="earliestStart">The day before which it cannot start for the company, or null.</param>
    public static ImmutableArray<Contribution> Of(LegalHistory history, DateOnly asOf, DateOnly? earliestStart)
    {
        ArgumentNullException.ThrowIfNull(history);
        ImmutableArray<ApplicabilityInterval> everywhere = [new(Days.Always, Truth.Yes, [], earliestStart)];
        var answer = ObligationAnswer.On(history, everywhere, asOf);
        return [..history.Causes.GroupBy(c => c.By).Select(own => new Contribution(own.Key, [..own.Select(c => c.Effect)], Gave(own.Key)))];

        ImmutableArray<string> Gave(CountedDevelopment by)
        {
            var without = Without(history, by) is { } rest ? ObligationAnswer.On(rest, everywhere, asOf) : null;
            return answer is null ? [] : without is null ? [Everything] : AnswerChanges.Differing(answer, without);
        }
    }

    /// <summary>The obligation as it would be counted without the development; null where nothing else defines it.</summary>
    public static LegalHistory? Without(LegalHistory history, CountedDevelopment by)
    {
        ArgumentNullException.ThrowIfNull(history);
        var others = history.Causes.Select(c => c.By).Where(c => c != by).Distinct().ToImmutableArray();
        return LegalHistoryFold.Fold(history.Instrument, others).Histories.FirstOrDefault(h => h.ObligationId == history.ObligationId);
    }
}

/// <summary>What one development did to an obligation, and what of that still stands.</summary>
/// <param name="By">The development.</param>
/// <param name="Effects">Its effects on the obligation.</param>
/// <param name="Gave">The members of the answer that would be other without it, in the API's names.</param>
public sealed record Contribution(CountedDevelopment By, ImmutableArray<Effect> Effects, ImmutableArray<string> Gave);
