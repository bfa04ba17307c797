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
    public abstract IEnumerable<MatchLeaf> Leaves { get; }

    /// <summary>The truth for each row.</summary>
    public abstract TruthBits Evaluate(Population population, CancellationToken cancellationToken);

    /// <summary>The plan of a condition. One that can fail is asked as a whole: which facts it lacks then is not told by its parts.</summary>
    public static MatchPlan Of(Condition condition, FactIndex index) =>
        condition.NeverFails ? Of(condition.Root, index) : new Leaf(new MatchLeaf(condition.Root.ToString(), condition));

    private static MatchPlan Of(Expression expression, FactIndex index) => expression switch
    {
        Negation negation => new Not(Of(negation.Operand, index)),
        Junction junction => new Joined(junction.Kind, [..junction.Operands.Select(o => Of(o, index))]),
        Choice choice => new Chosen(Of(choice.Condition, index), Of(choice.WhenYes, index), Of(choice.WhenNo, index)),
        _ => new Leaf(new MatchLeaf(expression.ToString(), Part(expression, index))),
    };

    private static Condition Part(Expression expression, FactIndex index) => Condition.OfTree(expression, index)
        ?? throw new InvalidOperationException($"A part of a condition is no truth of its own: {expression}");

    private sealed record Leaf(MatchLeaf Asked) : MatchPlan
    {
        public override IEnumerable<MatchLeaf> Leaves => [Asked];

        public override TruthBits Evaluate(Population population, CancellationToken cancellationToken) => population.Evaluate(Asked, cancellationToken);
    }

    private sealed record Not(MatchPlan Operand) : MatchPlan
    {
        public override IEnumerable<MatchLeaf> Leaves => Operand.Leaves;

        public override TruthBits Evaluate(Population population, CancellationToken cancellationToken) => Operand.Evaluate(population, cancellationToken).Negated();
    }

    private sealed record Joined(JunctionKind Kind, ImmutableArray<MatchPlan> Operands) : MatchPlan
    {
        public override IEnumerable<MatchLeaf> Leaves => Operands.SelectMany(o => o.Leaves);

        public override TruthBits Evaluate(Population population, CancellationToken cancellationToken)
        {
            var bits = Operands[0].Evaluate(population, cancellationToken);
            foreach (var operand in Operands.AsSpan()[1..])
            {
                bits = bits.Joined(Kind, operand.Evaluate(population, cancellationToken));
            }

            return bits;
        }
    }

    private sealed record Chosen(MatchPlan Condition, MatchPlan WhenYes, MatchPlan WhenNo) : MatchPlan
    {
        public override IEnumerable<MatchLeaf> Leaves => [..Condition.Leaves, ..WhenYes.Leaves, ..WhenNo.Leaves];

        public override TruthBits Evaluate(Population population, CancellationToken cancellationToken) =>
            Condition.Evaluate(population, cancellationToken).Choosing(WhenYes.Evaluate(population, cancellationToken), WhenNo.Evaluate(population, cancellationToken));
    }
}

/// <summary>A part of conditions that no operator joins.</summary>
/// <param name="Key">Its canonical text: the same part of other conditions is the same leaf.</param>
/// <param name="Condition">What is asked.</param>
internal sealed record MatchLeaf(string Key, Condition Condition);
