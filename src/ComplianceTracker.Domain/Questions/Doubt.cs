using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Explanations;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Questions;

/// <summary>
/// What keeps one answer undetermined: its condition with all that is decided already taken away, down to the comparisons that the facts
/// leave open. Tells exactly which facts can still change the answer, without trying all values of all of them together.
/// </summary>
internal sealed class Doubt
{
    // Beyond so many ways in which facts that are read several times can turn out, a fact is asked for rather than left out.
    private const int MostCases = 4096;

    private static readonly ConditionalWeakTable<Condition, Source> Sources = [];

    private readonly Part root;
    private readonly ImmutableArray<Leaf> leaves;
    private readonly Dictionary<string, Reading> readings;

    private Doubt(Part root, ImmutableArray<Leaf> leaves, Dictionary<string, Reading> readings)
    {
        (this.root, this.leaves, this.readings) = (root, leaves, readings);
        Facts = [..readings.Where(r => Matters(r.Key)).Select(r => r.Key).Order(StringComparer.Ordinal)];
        MaySettle = [..Facts.Where(SomeAnswerSettles)];
    }

    /// <summary>
    /// The facts of which some value would settle the answer, if not now, then once some of the others are known; ordinal. Whoever knows all of
    /// them knows the answer.
    /// </summary>
    public ImmutableArray<string> Facts { get; }

    /// <summary>Those of the facts of which some value settles the answer at once, whatever the others turn out to be; ordinal.</summary>
    public ImmutableArray<string> MaySettle { get; }

    /// <summary>What keeps the answer for the obligation undetermined; null where the facts decide it.</summary>
    public static Doubt? Of(DayRule rule, FactFrame facts)
    {
        if (rule.On(facts).Applies != Truth.Unknown)
        {
            return null;
        }

        var source = Sources.GetValue(rule.Condition, condition => new Source(condition, facts.Index));
        var leaves = new List<Leaf>();
        var parts = Left(rule.Condition.Root, source, facts, leaves);
        if (rule.RelativeStart is { } relative && facts.Find(relative.Fact) is null)
        {
            // Whatever the day is: that it is known is all that is missing.
            leaves.Add(new Leaf([relative.Fact], null, null));
            var day = new Part.Atom(leaves.Count - 1);
            parts = parts is Part.Constant ? day : new Part.Junction(JunctionKind.And, [parts, day]);
        }

        var readings = leaves
            .SelectMany((leaf, i) => leaf.Facts.Select(fact => (fact, i)))
            .GroupBy(p => p.fact, p => p.i, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => Read(g.Key, [..g], leaves, source, facts), StringComparer.Ordinal);
        return new Doubt(parts, [..leaves], readings);
    }

    // What is left of an expression that is unknown, or the truth it came to.
    private static Part Left(Expression expression, Source source, FactFrame facts, List<Leaf> leaves)
    {
        switch (expression)
        {
            case Negation negation:
                return Left(negation.Operand, source, facts, leaves) switch
                {
                    Part.Constant(var truth) => new Part.Constant(truth == Truth.Yes ? Truth.No : Truth.Yes),
                    var denied => new Part.Not(denied),
                };
            case Junction junction:
                var decides = junction.Kind == JunctionKind.And ? Truth.No : Truth.Yes;
                var before = leaves.Count;
                var open = ImmutableArray.CreateBuilder<Part>();
                foreach (var operand in junction.Operands)
                {
                    var part = Left(operand, source, facts, leaves);
                    if (part is Part.Constant constant)
                    {
                        if (constant.Truth == decides)
                        {
                            leaves.RemoveRange(before, leaves.Count - before);
                            return constant;
                        }
                    }
                    else
                    {
                        open.Add(part);
                    }
                }

                return open.Count switch
                {
                    0 => new Part.Constant(decides == Truth.No ? Truth.Yes : Truth.No),
                    1 => open[0],
                    _ => new Part.Junction(junction.Kind, open.ToImmutable()),
                };
            default:
                var atom = source.Atom(expression);
                var evaluation = atom.EvaluateWithMissing(facts);
                if (evaluation.Result != Truth.Unknown)
                {
                    return new Part.Constant(evaluation.Result);
                }

                leaves.Add(new Leaf(IsWide(expression) ? [..evaluation.MissingFacts.Union(OpenFacts(atom, source, facts)).Order(StringComparer.Ordinal)] : evaluation.MissingFacts, atom, expression));
                return new Part.Atom(leaves.Count - 1);
        }
    }

    // In lists and macros one unknown fact can hide that another one is read as well.
    private static bool IsWide(Expression expression) =>
        expression is Arithmetic or Minus or Element or Selection or MapExpression or PlainLiteral
            or Comparison { Operator: not ComparisonOperator.In, Left: ListExpression } or Comparison { Operator: not ComparisonOperator.In, Right: ListExpression }
            or Call { Function: not ("size" or "covers" or "startsWith" or "endsWith" or "contains" or "matches") }
        || (expression is ListExpression list && list.Elements.Any(e => e is not Literal))
        || expression.Parts().Any(IsWide);

    private static IEnumerable<string> OpenFacts(Condition atom, Source source, FactFrame facts) => atom.FactNames.Where(name =>
        facts.Find(name) is not { } value
        || (value is SetValue set && facts.Index.Vocabulary.Find(name) is { } definition
            && (set.MayLackValuesOf(definition) || (definition.HoldsJurisdictions() && source.Choices.IsOpen(set.Values, source.Choices.MembersAsked(definition))))));

    // How a fact can turn out, as what its leaves come to together.
    private static Reading Read(string fact, ImmutableArray<int> own, List<Leaf> leaves, Source source, FactFrame facts)
    {
        // A comparison of several open facts, or one that literals do not divide, can come to anything.
        if (own.Any(i => leaves[i].Facts.Length > 1 || (leaves[i].Atom is not null && (source.Literals.IsLoose(fact) || !Literals.Divide(leaves[i].Expression!)))))
        {
            return new Reading(own, null, Apart: false);
        }

        // A set that is asked for different members: any of them can be in it.
        if (own.All(i => leaves[i].Expression is Comparison { Operator: ComparisonOperator.In, Left: Literal, Right: FactReference })
            && own.Select(i => ((Literal)((Comparison)leaves[i].Expression!).Left).Value).Distinct().Count() == own.Length)
        {
            return own.Length == 1 ? new Reading(own, [[Truth.Yes], [Truth.No]], Apart: false) : new Reading(own, null, Apart: true);
        }

        if (!source.Choices.IsExhaustive(fact))
        {
            return new Reading(own, null, Apart: false);
        }

        var outcomes = source.Choices.Of(fact, facts)
            .Select(value => facts.With(fact, value))
            .Select(frame => own.Select(i => leaves[i].Atom?.Evaluate(frame) ?? Truth.Yes).ToImmutableArray())
            .Where(truths => !truths.Contains(Truth.Unknown))
            .DistinctBy(truths => string.Concat(truths.Select(t => (int)t)))
            .ToImmutableArray();
        return new Reading(own, outcomes, Apart: false);
    }

    private bool Matters(string fact)
    {
        if (IsFree(fact))
        {
            return true;
        }

        // Facts of one comparison each turn out independently of each other; only the others need to be gone through.
        var several = readings
            .Where(r => r.Key != fact && (r.Value.Apart || (r.Value.Outcomes is not null && r.Value.Leaves.Length > 1)))
            .Select(r => r.Value)
            .ToList();
        var states = new StateSet[leaves.Length];
        for (var i = 0; i < leaves.Length; i++)
        {
            // What fails whatever the facts are stays open.
            states[i] = leaves[i].Facts.IsEmpty ? StateSet.Open : StateSet.Open.Or(StateSet.Of([Truth.Yes, Truth.No]));
        }


        foreach (var (_, single) in readings.Where(r => r.Value is { Apart: false, Outcomes: not null, Leaves.Length: 1 }))
        {
            states[single.Leaves[0]] = StateSet.Open.Or(StateSet.Of([..single.Outcomes!.Value.Select(o => o[0])]));
        }

        var cases = 1L;
        foreach (var other in several)
        {
            cases *= other.Apart ? 2 : other.Outcomes!.Value.Length + 1;
            if (cases > MostCases)
            {
                return true;
            }
        }

        return Asked(readings[fact], states).Any(asked => Cases(several, 0, asked).Any(all => root.States(all).HoldsTurn));
    }

    private bool SomeAnswerSettles(string fact)
    {
        if (IsFree(fact))
        {
            return true;
        }

        var states = new StateSet[leaves.Length];
        Array.Fill(states, StateSet.Open);
        return Asked(readings[fact], states).Any(asked => root.States(asked).HoldsTurn);
    }

    private bool IsFree(string fact) => readings[fact] is { Apart: false, Outcomes: null };

    // The fact unknown on one side, and each way in which it can turn out on the other.
    private static IEnumerable<StateSet[]> Asked(Reading fact, StateSet[] states)
    {
        if (fact.Apart)
        {
            var any = (StateSet[])states.Clone();
            foreach (var leaf in fact.Leaves)
            {
                any[leaf] = StateSet.Turning([Truth.Yes, Truth.No]);
            }

            yield return any;
            yield break;
        }

        foreach (var outcome in fact.Outcomes!.Value)
        {
            var one = (StateSet[])states.Clone();
            for (var i = 0; i < fact.Leaves.Length; i++)
            {
                one[fact.Leaves[i]] = StateSet.Turning([outcome[i]]);
            }

            yield return one;
        }
    }

    private static IEnumerable<StateSet[]> Cases(List<Reading> several, int at, StateSet[] states)
    {
        if (at == several.Count)
        {
            yield return states;
            yield break;
        }

        var reading = several[at];
        var outcomes = reading.Apart
            ? [[..reading.Leaves.Select(_ => StateSet.Of([Truth.Yes, Truth.No]))]]
            : reading.Outcomes!.Value.Select(outcome => outcome.Select(truth => StateSet.Of([truth])).ToImmutableArray());
        foreach (var outcome in outcomes.Append([..reading.Leaves.Select(_ => StateSet.Open)]))
        {
            for (var i = 0; i < outcome.Length; i++)
            {
                states[reading.Leaves[i]] = outcome[i];
            }

            foreach (var all in Cases(several, at + 1, states))
            {
                yield return all;
            }
        }
    }

    /// <summary>A comparison that the facts leave open.</summary>
    /// <param name="Facts">The facts that would tell.</param>
    /// <param name="Atom">The comparison; null for a day from which a start counts, which need only be known.</param>
    /// <param name="Expression">The comparison as written; null with it.</param>
    private sealed record Leaf(ImmutableArray<string> Facts, Condition? Atom, Expression? Expression);

    /// <summary>How a fact is read and can turn out.</summary>
    /// <param name="Leaves">The leaves that read it.</param>
    /// <param name="Outcomes">What they can come to together; null where each can come to anything.</param>
    /// <param name="Apart">True when each leaf comes to yes or no independently of the others, but all become known together.</param>
    private sealed record Reading(ImmutableArray<int> Leaves, ImmutableArray<ImmutableArray<Truth>>? Outcomes, bool Apart);

    /// <summary>What is made once for a condition.</summary>
    private sealed class Source
    {
        private readonly Dictionary<Expression, Condition> atoms = new(ReferenceEqualityComparer.Instance as IEqualityComparer<Expression>);
        private readonly FactIndex index;

        public Source(Condition condition, FactIndex index)
        {
            this.index = index;
            Literals = new Literals(condition.Root);
            Choices = new Choices(Literals, index);
        }

        public Literals Literals { get; }

        public Choices Choices { get; }

        public Condition Atom(Expression expression)
        {
            lock (atoms)
            {
                return atoms.TryGetValue(expression, out var known) ? known
                    : atoms[expression] = Condition.OfTree(expression, index) ?? throw new UnreachableException("The operand of a checked condition is a truth of its own.");
            }
        }
    }

    /// <summary>What is left of a condition.</summary>
    private abstract record Part
    {
        /// <summary>The states that it can be in, given those of its leaves, which are in them independently of each other.</summary>
        public abstract StateSet States(StateSet[] leaves);

        internal sealed record Constant(Truth Truth) : Part
        {
            public override StateSet States(StateSet[] leaves) => StateSet.Of([Truth]);
        }

        internal sealed record Atom(int Leaf) : Part
        {
            public override StateSet States(StateSet[] leaves) => leaves[Leaf];
        }

        internal sealed record Not(Part Operand) : Part
        {
            public override StateSet States(StateSet[] leaves) => Operand.States(leaves).Denied();
        }

        internal sealed record Junction(JunctionKind Kind, ImmutableArray<Part> Operands) : Part
        {
            public override StateSet States(StateSet[] leaves)
            {
                var all = Kind == JunctionKind.And ? Operands[0].States(leaves) : Operands[0].States(leaves).Denied();
                for (var i = 1; i < Operands.Length; i++)
                {
                    var next = Operands[i].States(leaves);
                    all = all.And(Kind == JunctionKind.And ? next : next.Denied());
                }

                return Kind == JunctionKind.And ? all : all.Denied();
            }
        }
    }
}
