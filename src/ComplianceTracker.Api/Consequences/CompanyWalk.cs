using System.Collections.Immutable;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Consequences;

/// <summary>Takes companies, one at a time, through the steps of a batch.</summary>
/// <param name="steps">The steps in the order of the log.</param>
/// <param name="ofTheirOwn">The streams of the companies that are looked at where time goes on, whatever the law's own days.</param>
/// <param name="leadTimes">How long before a day somebody wants to be told.</param>
/// <param name="types">Reads events.</param>
internal sealed class CompanyWalk(
    IReadOnlyList<Step> steps, IReadOnlySet<string> ofTheirOwn, IReadOnlyCollection<CalendarOffset> leadTimes, EventTypes types)
{
    /// <summary>What follows for the company, by step, in the order of the steps.</summary>
    /// <param name="stream">The company's stream, at least up to the last step.</param>
    public IEnumerable<(Step Step, ImmutableArray<ConsequenceRecorded> Told)> Along(StreamEvents stream)
    {
        var frames = new Dictionary<(CompanyProfile, FactIndex), CompanyFrames>(ByReference.Instance);
        CompanyProfile? profile = null;
        var read = 0;
        foreach (var step in steps)
        {
            for (; read < stream.Events.Count && stream.Events[read].Position < step.Cause.Position; read++)
            {
                profile = types.WithEarlier(profile, stream.Events[read]);
            }

            var before = profile;
            if (read < stream.Events.Count && stream.Events[read].Position == step.Cause.Position)
            {
                profile = types.With(profile, stream.Events[read]);
                read++;
                if (IsBaseline(stream.Events[read - 1], before))
                {
                    continue;
                }
            }
            else if (step.Event is null)
            {
                continue;
            }

            // Once it is archived nothing follows any more; by being archived everything it had ends.
            if (profile is not null && before is not { IsArchived: true } && Follow(step, stream.StreamId, before, profile, frames) is { IsEmpty: false } told)
            {
                yield return (step, told);
            }
        }
    }

    // What an import registers is where the company begins, not news about it.
    private static bool IsBaseline(RecordedEvent e, CompanyProfile? before) => before is null && RequestMetadata.IsImport(e.Metadata);

    private ImmutableArray<ConsequenceRecorded> Follow(
        Step step, string stream, CompanyProfile? before, CompanyProfile after, Dictionary<(CompanyProfile, FactIndex), CompanyFrames> frames)
    {
        var changes = Rules(step, stream, before, after)
            .Select(id => new AnswerChange(id, Answer(step.Before, before, id), Answer(step.After, after, id)))
            .ToList();
        var told = AnswerChanges.Between(changes, id => Answer(step.After, after, id))
            .Concat(changes.SelectMany(c => step.After.Find(c.ObligationId) is { } now
                ? ApproachingDays.Between(c, step.Before.Find(c.ObligationId)?.Today ?? now.Today, now.Today, leadTimes)
                : []));
        return [..told
            .OrderBy(c => c.ObligationId, StringComparer.Ordinal).ThenBy(c => c.Kind)
            .Select(c => ConsequenceRecords.Of(c, after, step))];

        ObligationAnswer? Answer(World world, CompanyProfile? profile, string id)
        {
            if (profile is null or { IsArchived: true } || world.Find(id) is not { } rule)
            {
                return null;
            }

            var key = (profile, rule.View.Index);
            if (!frames.TryGetValue(key, out var laidOut))
            {
                frames[key] = laidOut = new CompanyFrames(profile, rule.View.Index);
            }

            return ObligationAnswer.On(rule.Rule.History, Applicability.Intervals(rule.Rule.Rule, laidOut), rule.Today);
        }
    }

    private IEnumerable<string> Rules(Step step, string stream, CompanyProfile? before, CompanyProfile after)
    {
        if (step.Event is null)
        {
            return before is null || after.IsArchived ? step.After.Rules.Select(r => r.Key) : Reading(step.After, ChangedFacts(before, after));
        }

        return step.IsClock && ofTheirOwn.Contains(stream)
            ? step.Rules.Union(step.After.Rules.Where(r => ADayOfItsOwnArrives(step.Before.Find(r.Key), r.Value, after)).Select(r => r.Key), StringComparer.Ordinal)
            : step.Rules;
    }

    private bool ADayOfItsOwnArrives(TodaysRule? was, TodaysRule now, CompanyProfile company)
    {
        if (was is null || was.Today == now.Today)
        {
            return false;
        }

        var starts = now.Rule.History.Contents.Select(c => c.Content.RelativeStart).OfType<RelativeStart>()
            .SelectMany(start => company.FactOf(start.Fact).Pieces.Select(p => p.Value).OfType<DateValue>().Select(since => start.Offset.After(since.Value)));
        return now.Rule.Rule.FactNames.Any(f => company.FactOf(f).Pieces.Any(p => Arrives(p.Days.From) || Arrives(p.Days.To)))
            || starts.Any(day => Arrives(day) || leadTimes.Any(lead => Arrives(lead.Before(day))));

        bool Arrives(DateOnly? day) => day > was.Today && day <= now.Today;
    }

    private static IEnumerable<string> Reading(World world, IEnumerable<string> facts)
    {
        var read = facts.ToHashSet(StringComparer.Ordinal);
        return read.Count == 0 ? [] : world.Rules.Where(r => r.Value.Rule.Rule.FactNames.Any(read.Contains)).Select(r => r.Key);
    }

    private static IEnumerable<string> ChangedFacts(CompanyProfile before, CompanyProfile after) =>
        before.Facts.Keys.Union(after.Facts.Keys, StringComparer.Ordinal).Where(f => !before.FactOf(f).Equals(after.FactOf(f)));

    /// <summary>Profiles and vocabularies are large: the same object is the same.</summary>
    private sealed class ByReference : IEqualityComparer<(CompanyProfile Profile, FactIndex Index)>
    {
        public static ByReference Instance { get; } = new();

        public bool Equals((CompanyProfile Profile, FactIndex Index) x, (CompanyProfile Profile, FactIndex Index) y) =>
            ReferenceEquals(x.Profile, y.Profile) && ReferenceEquals(x.Index, y.Index);

        public int GetHashCode((CompanyProfile Profile, FactIndex Index) key) =>
            HashCode.Combine(
                System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(key.Profile), System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(key.Index));
    }
}
