using System.Collections.Immutable;
using ComplianceTracker.Domain.Conditions;

namespace ComplianceTracker.Domain.Matching;

/// <summary>
/// How a condition is asked of a whole population: what joins truths is done on bitmaps, and what is joined (a leaf) is asked fact by
/// fact. A leaf is a condition itself, so that both ways of asking mean the same by construction.
/// </summary>
internal abstract record MatchPlan
{
    /// <summary>The leaves, in the order of the text; the same one may come twice.</summary>
    public abstract IEnumerable<Condition> Leaves { get; }

    /// <summary>The truth for each row.</summary>
    public abstract TruthBits Evaluate(Population population);

    /// <summary>The plan of a condition.</summary>
    public static MatchPlan Of(Condition condition, FactIndex index) => Of(condition.Root, index);

    private static MatchPlan Of(Expression expression, FactIndex index) => expression switch
    {
        Negation negation => new Not(Of(negation.Operand, index)),
        Junction junction => new Joined(junction.Kind, [..junction.Operands.Select(o => Of(o, index))]),
        Choice choice when NeverFails(choice.Condition, index) => new Chosen(Of(choice.Condition, index), Of(choice.WhenYes, index), Of(choice.WhenNo, index)),
        _ => new Leaf(
            Condition.Compile(expression.ToString(), index).Condition
            ?? throw new InvalidOperationException($"A part of a condition does not compile by itself: {expression}")),
    };

    // A choice between equals is settled only if its condition cannot fail, which the bitmaps of its truths do not tell.
    private static bool NeverFails(Expression condition, FactIndex index) => Condition.Compile(condition.ToString(), index).Condition is { NeverFails: true };

    private sealed record Leaf(Condition Condition) : MatchPlan
    {
        public override IEnumerable<Condition> Leaves => [Condition];

        public override TruthBits Evaluate(Population population) => population.Evaluate(Condition);
    }

    private sealed record Not(MatchPlan Operand) : MatchPlan
    {
        public override IEnumerable<Condition> Leaves => Operand.Leaves;

        public override TruthBits Evaluate(Population population) => Operand.Evaluate(population).Negated();
    }

    private sealed record Joined(JunctionKind Kind, ImmutableArray<MatchPlan> Operands) : MatchPlan
    {
        public override IEnumerable<Condition> Leaves => Operands.SelectMany(o => o.Leaves);

        public override TruthBits Evaluate(Population population)
        {
            var bits = Operands[0].Evaluate(population);
            foreach (var operand in Operands.AsSpan()[1..])
            {
                bits = bits.Joined(Kind, operand.Evaluate(population));
            }

            return bits;
        }
    }

    private sealed record Chosen(MatchPlan Condition, MatchPlan WhenYes, MatchPlan WhenNo) : MatchPlan
    {
        public override IEnumerable<Condition> Leaves => [..Condition.Leaves, ..WhenYes.Leaves, ..WhenNo.Leaves];

        public override TruthBits Evaluate(Population population) =>
            Condition.Evaluate(population).Choosing(WhenYes.Evaluate(population), WhenNo.Evaluate(population));
    }
}
