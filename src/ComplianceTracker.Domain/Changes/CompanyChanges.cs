using System.Collections.Immutable;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Domain.Changes;

/// <summary>
/// Says what became of a company's obligations between two points, and why. As with <see cref="AnswerChanges"/>, whoever applies the changes to
/// the obligations that concern the company at the first point has those at the second.
/// </summary>
public static class CompanyChanges
{
    /// <summary>What changed, by obligation and kind.</summary>
    /// <param name="from">The first point.</param>
    /// <param name="to">The second point.</param>
    public static ImmutableArray<Change> Between(ChangePoint from, ChangePoint to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        var causes = new ChangeCauses(from, to);
        var answers = from.Rules.Keys.Union(to.Rules.Keys, StringComparer.Ordinal).Select(id => new AnswerChange(id, from.Answer(id), to.Answer(id)));
        return [..AnswerChanges.Between(answers, to.Answer)
            .SelectMany(Parts)
            .Select(change => change with { Causes = causes.Of(change) })
            .OrderBy(c => c.ObligationId, StringComparer.Ordinal)
            .ThenBy(c => c.Kind)];
    }

    // What else than its days changed of an obligation that stays is told apart: its condition, its number, the rest.
    private static IEnumerable<Change> Parts(Consequence told)
    {
        if (told.Kind != ConsequenceKind.Changed)
        {
            yield return Part(told, KindOf(told.Kind), told.Changes);
            yield break;
        }

        foreach (var part in told.Changes.GroupBy(KindOf))
        {
            yield return Part(told, part.Key, [..part]);
        }
    }

    private static Change Part(Consequence told, ChangeKind kind, ImmutableArray<string> members) =>
        new(kind, told.ObligationId, told.Before, told.After, told.ReplacedBy, members, []);

    private static ChangeKind KindOf(string member) => member switch
    {
        "condition" => ChangeKind.ConditionChanged,
        "provision" => ChangeKind.Renumbered,
        _ => ChangeKind.Changed,
    };

    private static ChangeKind KindOf(ConsequenceKind kind) => kind switch
    {
        ConsequenceKind.Proposed => ChangeKind.Proposed,
        ConsequenceKind.Lapsed => ChangeKind.Lapsed,
        ConsequenceKind.Upcoming => ChangeKind.Upcoming,
        ConsequenceKind.Applicable => ChangeKind.Began,
        ConsequenceKind.Suspended => ChangeKind.Suspended,
        ConsequenceKind.Resumed => ChangeKind.Resumed,
        ConsequenceKind.Ended => ChangeKind.Ended,
        ConsequenceKind.Replaced => ChangeKind.Replaced,
        ConsequenceKind.Rescheduled => ChangeKind.Moved,
        ConsequenceKind.Undetermined => ChangeKind.Undetermined,
        ConsequenceKind.Determined => ChangeKind.Determined,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Does not come of two answers."),
    };
}
