using System.Collections.Immutable;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Explanations;

/// <summary>
/// Finds the nearest change of facts that changes an answer: of the fewest facts, each to its nearest value. Every one that is told was
/// tried by evaluating the rule with it.
/// </summary>
public sealed class Counterfactuals
{
    // More facts at once are no help to anybody.
    private const int MostFacts = 3;

    private const int MostTold = 12;

    // An evaluation takes some microseconds: no more than a fraction of a second of them. Past that nothing is claimed.
    private const int MostEvaluations = 30_000;

    // So many steps of the general evaluator take about as long as one evaluation that only compares.
    private const int StepsOfOne = 100;

    private const int MostEdits = 3;

    private readonly DayRule rule;
    private readonly FactFrame facts;
    private readonly Literals literals;
    private readonly Choices choices;
    private int evaluations;

    private Counterfactuals(DayRule rule, FactFrame facts)
    {
        (this.rule, this.facts) = (rule, facts);
        literals = new Literals(rule.Condition.Root);
        choices = new Choices(literals, facts.Index);
    }

    /// <summary>
    /// The nearest changes. Of a sure answer those that make it surely another: all change the same number of facts, and no smaller number
    /// would do. Of an undetermined one, for each status that it can come to, the fewest that settle it so. Only where no three facts do, those
    /// that make a sure answer undetermined. Empty where none is found.
    /// </summary>
    /// <param name="rule">The obligation on the day.</param>
    /// <param name="facts">The company's facts of the day.</param>
    public static ImmutableArray<Counterfactual> Of(DayRule rule, FactFrame facts)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(facts);
        if (rule.On(facts).Status is not { } now)
        {
            return [];
        }

        var search = new Counterfactuals(rule, facts);
        var settled = rule.SureStatuses.Where(s => s != now).Select(search.Fewest).Where(found => !found.IsEmpty).ToList();
        if (now == Status.Undetermined)
        {
            return [..settled.SelectMany(found => found)];
        }

        if (settled.Count == 0)
        {
            return search.Fewest(Status.Undetermined);
        }

        var fewest = settled.Min(found => found[0].Changes.Length);
        return [..settled.Where(found => found[0].Changes.Length == fewest).SelectMany(found => found)];
    }

    private ImmutableArray<Counterfactual> Fewest(Status goal)
    {
        evaluations = 0;
        for (var size = 1; size <= Math.Min(MostFacts, rule.FactNames.Length); size++)
        {
            var found = Combinations(rule.FactNames, size).TakeWhile(_ => evaluations < MostEvaluations).SelectMany(names => With(names, goal)).Take(MostTold).ToImmutableArray();
            if (!found.IsEmpty || evaluations >= MostEvaluations)
            {
                // Out of evaluations: all of fewer facts were tried, of so many nothing more is claimed than what was found.
                return found;
            }
        }

        return [];
    }

    private IEnumerable<Counterfactual> With(ImmutableArray<string> names, Status goal)
    {
        if (names is [var only])
        {
            return Alternatives(only, facts, goal).Select(to => Told([(only, to)], goal));
        }

        return FirstOf(names, 0, facts, goal) is { } found ? [Told(Nearer(names, found, goal), goal)] : [];
    }

    // Every nearest value of one fact: of a number the nearest on each side, of a set every smallest edit.
    private IEnumerable<FactValue> Alternatives(string fact, FactFrame others, Status goal)
    {
        var type = facts.Index.Vocabulary.Find(fact)!.Type;
        if (Axis.Has(type))
        {
            return Runs(fact, others, goal).Select(run => run.Nearest);
        }

        var fits = new List<FactValue>();
        var nearest = int.MaxValue;
        foreach (var (value, distance) in Options(fact, MostEdits))
        {
            if (distance > nearest || evaluations >= MostEvaluations)
            {
                break;
            }

            if (Try(others.With(fact, value)) == goal)
            {
                fits.Add(value);
                nearest = distance;
            }
        }

        return fits.Distinct();
    }

    private ImmutableArray<FactValue>? FirstOf(ImmutableArray<string> names, int at, FactFrame frame, Status goal)
    {
        if (at == names.Length)
        {
            return Try(frame) == goal ? [] : null;
        }

        foreach (var (value, _) in Options(names[at], MostEdits + 1 - names.Length))
        {
            if (evaluations >= MostEvaluations)
            {
                return null;
            }

            if (FirstOf(names, at + 1, frame.With(names[at], value), goal) is { } rest)
            {
                return rest.Insert(0, value);
            }
        }

        return null;
    }

    // Each number as near as it may be with the others as they are.
    private ImmutableArray<(string Fact, FactValue To)> Nearer(ImmutableArray<string> names, ImmutableArray<FactValue> values, Status goal)
    {
        var changes = names.Zip(values).ToImmutableArray();
        for (var i = 0; i < changes.Length; i++)
        {
            var (fact, to) = changes[i];
            if (Axis.Has(to.Type))
            {
                var others = Apply(changes.RemoveAt(i));
                var run = Runs(fact, others, goal).FirstOrDefault(r => r.Low <= Axis.PlaceOf(to) && Axis.PlaceOf(to) <= r.High);
                changes = changes.SetItem(i, (fact, run?.Nearest ?? to));
            }
        }

        return changes;
    }

    private Counterfactual Told(ImmutableArray<(string Fact, FactValue To)> changes, Status goal) => new(
        [..changes.Select((c, i) => new FactChange(
            c.Fact,
            facts.Find(c.Fact),
            c.To,
            Axis.Has(c.To.Type)
                ? Runs(c.Fact, Apply(changes.RemoveAt(i)), goal).FirstOrDefault(r => r.Low <= Axis.PlaceOf(c.To) && Axis.PlaceOf(c.To) <= r.High)?.Range
                : null))],
        rule.On(Apply(changes)).Status!.Value);

    private FactFrame Apply(ImmutableArray<(string Fact, FactValue To)> changes) =>
        changes.Aggregate(facts, (frame, change) => frame.With(change.Fact, change.To));

    private Status? Try(FactFrame frame)
    {
        // One that takes many steps counts for as many as it takes the time of.
        evaluations += 1 + (int)Math.Min(rule.Condition.Cost / StepsOfOne, MostEvaluations);
        return rule.On(frame).Status;
    }

    // The values worth trying, the nearest first, with how far they are from the one that is known.
    private IEnumerable<(FactValue Value, int Distance)> Options(string fact, int mostEdits)
    {
        var known = facts.Find(fact);
        var definition = facts.Index.Vocabulary.Find(fact)!;
        if (definition.Type == FactType.StringSet)
        {
            return Edits(definition, known as SetValue, mostEdits);
        }

        var values = choices.Of(fact, facts, Turning(fact)).Where(v => !v.Equals(known));
        if (!Axis.Has(definition.Type) || known is null)
        {
            return values.Select((v, i) => (v, known is null ? i : 1));
        }

        var here = Axis.PlaceOf(known);
        return values.OrderBy(v => Math.Abs((double)Axis.PlaceOf(v) - here)).Select((v, i) => (v, i + 1));
    }

    /// <summary>Sets that differ in few members: the distance is how many come or go.</summary>
    private IEnumerable<(FactValue Value, int Distance)> Edits(FactDefinition definition, SetValue? known, int mostEdits)
    {
        var held = known?.Values ?? [];
        var asked = choices.MembersAsked(definition);
        var places = definition.HoldsJurisdictions();
        var coming = asked.Union(choices.Elsewhere(definition)).Except(held);

        // What nobody asks for changes nothing when it goes.
        var going = held.Where(m => asked.Contains(m) || (places && asked.Any(a => IsPartOf(m, a) || IsPartOf(a, m)))).ToList();
        ImmutableArray<string> members = [..coming.Concat(going).Order(StringComparer.Ordinal)];
        if (known is null)
        {
            yield return (choices.Set([]), 0);
        }

        for (var size = 1; size <= Math.Min(mostEdits, members.Length); size++)
        {
            foreach (var edit in Combinations(members, size))
            {
                yield return (choices.Set(held.SymmetricExcept(edit)), size);
            }
        }

        // Further than that, many that move as one: a whole with all its parts, all that is asked for and held, all that is asked for and
        // not held; alone and with single ones beside them.
        var further = asked.Select(whole => held.Where(m => m == whole || (places && IsPartOf(m, whole))).ToList())
            .Append(going)
            .Append([..coming])
            .Where(many => many.Count > 1)
            .SelectMany(many => Enumerable.Range(0, mostEdits).SelectMany(size => Combinations([..members.Except(many)], size).Select(some => some.AddRange(many))))
            .Where(edit => edit.Length > mostEdits)
            .OrderBy(edit => edit.Length);
        foreach (var edit in further)
        {
            yield return (choices.Set(held.SymmetricExcept(edit)), edit.Length);
        }
    }

    private bool IsPartOf(string part, string whole) => facts.Index.Jurisdictions.WholesOf(part).Contains(whole);

    // The day on which the start relative to a fact is the day asked about.
    private IEnumerable<FactValue> Turning(string fact) =>
        rule.RelativeStart is { } relative && relative.Fact == fact ? [new DateValue(relative.Offset.Before(rule.Day))] : [];

    private IEnumerable<Run> Runs(string fact, FactFrame others, Status goal)
    {
        var type = facts.Index.Vocabulary.Find(fact)!.Type;
        var known = facts.Find(fact) is { } value ? Axis.PlaceOf(value) : (long?)null;
        var marks = choices.Marks(fact, others, Turning(fact));
        var places = choices.Of(fact, others, Turning(fact)).Select(Axis.PlaceOf).Concat(known is { } k ? [k] : []).Distinct().Order().ToList();
        if (evaluations >= MostEvaluations)
        {
            return [];
        }

        var fits = places.ConvertAll(Fits);
        var runs = new List<Run>();
        for (var i = 0; i < places.Count; i++)
        {
            if (!fits[i])
            {
                continue;
            }

            var first = i;
            while (i + 1 < places.Count && fits[i + 1])
            {
                i++;
            }

            var low = first == 0 ? (long?)null : Edge(places[first - 1], places[first], outside: true);
            var high = i == places.Count - 1 ? (long?)null : Edge(places[i], places[i + 1], outside: false);
            runs.Add(new Run(low ?? places[first], high ?? places[i], Nearest(low, high, places[first], places[i]), literals.IsLoose(fact) ? null : Range(low, high)));
        }

        // The nearest on each side.
        return known is not { } at
            ? runs
            : runs.Where(r => r.High < at).TakeLast(1).Concat(runs.Where(r => r.Low > at).Take(1));

        bool Fits(long place) => Try(others.With(fact, Axis.At(type, place))) == goal;

        // Between two places of which one fits: the outermost that does.
        long Edge(long below, long above, bool outside)
        {
            while (above - below > 1 || above - below < 0)
            {
                var middle = Axis.Middle(below, above);
                if (Fits(middle) == outside)
                {
                    above = middle;
                }
                else
                {
                    below = middle;
                }
            }

            return outside ? above : below;
        }

        FactValue Nearest(long? low, long? high, long first, long last) => Axis.At(
            type,
            known is { } at ? (last < at ? high ?? last : low ?? first) : low ?? high ?? first);

        ValueRange Range(long? low, long? high)
        {
            var (atLeast, moreThan) = low is not { } l ? (null, null)
                : !marks.Contains(l) && marks.Contains(l - 1) ? ((FactValue?)null, Axis.At(type, l - 1)) : (Axis.At(type, l), (FactValue?)null);
            var (atMost, below) = high is not { } h ? (null, null)
                : !marks.Contains(h) && marks.Contains(h + 1) ? ((FactValue?)null, Axis.At(type, h + 1)) : (Axis.At(type, h), (FactValue?)null);
            return new ValueRange(atLeast, moreThan, atMost, below);
        }
    }

    private static IEnumerable<ImmutableArray<string>> Combinations(ImmutableArray<string> of, int size) => size == 0
        ? [[]]
        : of.SelectMany((first, i) => Combinations(of[(i + 1)..], size - 1).Select(rest => rest.Insert(0, first)));

    private sealed record Run(long Low, long High, FactValue Nearest, ValueRange? Range);
}
