using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Explanations;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Changes;

/// <summary>
/// Finds what brought a change about by taking it back: a development or a fact is a cause when without it the answer at the second point would be
/// another. Where neither law nor facts differ, a day came, and what decided that day is the cause.
/// </summary>
internal sealed class ChangeCauses(ChangePoint from, ChangePoint to)
{
    /// <summary>The causes of the change, law before facts; never empty.</summary>
    public ImmutableArray<ChangeCause> Of(Change change)
    {
        if (from.Company is null)
        {
            return [new ChangeCause.Registration()];
        }

        ImmutableArray<ChangeCause> causes = [..OfObligation(change.ObligationId)];
        return causes.IsEmpty && change.ReplacedBy is [var successor, ..] ? [..OfObligation(successor.History.ObligationId)] : causes;
    }

    private IEnumerable<ChangeCause> OfObligation(string id)
    {
        var (was, now) = (from.Rules.GetValueOrDefault(id), to.Rules.GetValueOrDefault(id));
        var law = OfLaw(was, now).Select(by => (ChangeCause)new ChangeCause.Development((now ?? was)!.History.Instrument.Id, by)).ToList();
        var facts = now is null ? [] : OfFacts(now).ToList();
        if (now is null || (from.AsOf == to.AsOf && law.Count + facts.Count > 0))
        {
            return law.Concat(facts);
        }

        var day = from.AsOf == to.AsOf ? [] : OfDays(now, facts);
        List<ChangeCause> all = [..law.Concat(day).Concat(facts).Distinct()];
        return all.Count > 0 ? all : OfVocabulary(now);
    }

    // Of the developments that count at one point only those without which the answer would be another.
    private ImmutableArray<CountedDevelopment> OfLaw(Rule? was, Rule? now)
    {
        var earlier = Own(was);
        var later = Own(now);
        ImmutableArray<CountedDevelopment> changed =
        [
            ..later.Where(by => !earlier.Any(e => IsSame(e, by))),
            ..earlier.Where(by => !later.Any(l => l.Development.Id == by.Development.Id))
                .Select(by => to.Developments(was!.History.Instrument.Id).FirstOrDefault(l => l.Development.Id == by.Development.Id) ?? by),
        ];
        if (changed.Length <= 1 || now is null)
        {
            return changed;
        }

        var answer = State(to.Answer(now));
        ImmutableArray<CountedDevelopment> deciding = [..changed.Where(by => State(Without(now, by)) != answer)];
        return deciding.IsEmpty ? changed : deciding;
    }

    private ObligationAnswer? Without(Rule rule, CountedDevelopment by) =>
        Contributions.Without(rule.History, by) is { } rest ? to.Answer(Rule.Of(rest, text => Condition.Compile(text, to.Index).Condition!)) : null;

    // Facts that are others, and without which the answer would be another; of several that only together make a difference, all.
    private IEnumerable<ChangeCause> OfFacts(Rule now)
    {
        var differing = now.FactNames
            .Where(fact => !Value(from, fact).Equals(Value(to, fact)) || !from.Company!.FactOf(fact).Equals(to.Company!.FactOf(fact)))
            .ToList();
        if (differing.Count == 0)
        {
            return [];
        }

        var answer = State(to.Answer(now));
        var deciding = differing.Where(fact => State(TakenBack([fact]).Answer(now)) != answer).ToList();
        if (deciding.Count == 0 && State(TakenBack(differing).Answer(now)) != answer)
        {
            deciding = differing;
        }

        return deciding.Select(fact => new ChangeCause.Fact(fact, from.Company!.ValueOn(fact, from.AsOf), to.Company!.ValueOn(fact, to.AsOf)));
    }

    // The second point with facts as they were at the first: all their days where they were declared anew, else the value of the day.
    private ChangePoint TakenBack(IEnumerable<string> facts) => to.With(to.Company! with
    {
        Facts = facts.Aggregate(to.Company.Facts, (all, fact) => all.SetItem(
            fact,
            from.Company!.FactOf(fact) is var was && !was.Equals(to.Company.FactOf(fact))
                ? was
                : FactTimeline.Empty.Declare(Days.Always, from.Company.ValueOn(fact, from.AsOf)))),
    });

    // What decided a day that came; a day of the company's own goes back to its fact.
    private IEnumerable<ChangeCause> OfDays(Rule now, List<ChangeCause> facts)
    {
        var (earlier, later) = from.AsOf < to.AsOf ? (from.AsOf, to.AsOf) : (to.AsOf, from.AsOf);
        if (now.History.ContentOn(to.AsOf).RelativeStart is { } relative
            && to.Company!.ValueOn(relative.Fact, to.AsOf) is DateValue since
            && relative.Offset.After(since.Value) is var start && start > earlier && start <= later && start > now.History.Start)
        {
            return [new ChangeCause.Fact(relative.Fact, from.Company!.ValueOn(relative.Fact, from.AsOf), since)];
        }

        if (LawChanges.DecidedBy(now.History, earlier, later) is { } by)
        {
            return [new ChangeCause.Development(now.History.Instrument.Id, by)];
        }

        // Facts alone explain it.
        return facts.Count > 0 || Own(now) is not [.., var last] ? [] : [new ChangeCause.Development(now.History.Instrument.Id, last)];
    }

    private IEnumerable<ChangeCause> OfVocabulary(Rule now)
    {
        var read = now.FactNames.Where(f => !ReferenceEquals(from.Index, to.Index) && Listed(from, f) != Listed(to, f)).ToList();
        return (read.Count > 0 ? read : [..now.FactNames]).Select(f => new ChangeCause.Vocabulary(f));
    }

    private static int Listed(ChangePoint point, string fact) => point.Index.Vocabulary.Find(fact)?.Values.Length ?? 0;

    private static ImmutableArray<CountedDevelopment> Own(Rule? rule) => rule is null ? [] : [..rule.History.Causes.Select(c => c.By).Distinct()];

    private static bool IsSame(CountedDevelopment a, CountedDevelopment b) => a.Development.Id == b.Development.Id && a.Position == b.Position;

    private static (bool Known, FactValue? Value) Value(ChangePoint point, string fact) =>
        point.Company!.ValueOn(fact, point.AsOf) is { } value ? (true, value) : (false, null);

    // What is told of an answer; its texts by the content they come from.
    private static (ObligationState?, ObligationContent?) State(ObligationAnswer? answer) =>
        AnswerChanges.IsLive(answer) ? (ObligationState.Of(answer), answer!.Content) : (null, null);
}
