using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>Which orders of two values satisfy a relation, so that no node has to tell the relations apart.</summary>
internal readonly struct OrderTest(ComparisonOperator relation)
{
    private readonly bool _below = relation is ComparisonOperator.Less or ComparisonOperator.LessOrEqual or ComparisonOperator.NotEqual;
    private readonly bool _equal = relation is ComparisonOperator.Equal or ComparisonOperator.LessOrEqual or ComparisonOperator.GreaterOrEqual;
    private readonly bool _above = relation is ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual or ComparisonOperator.NotEqual;

    public Truth Of(int order) => (order < 0 ? _below : order > 0 ? _above : _equal) ? Truth.Yes : Truth.No;
}

/// <summary>A relation between any two comparable values; unknown where one of them is.</summary>
internal sealed class ComparisonNode(ComparisonOperator relation, Node left, Node right) : TruthNode
{
    private readonly OrderTest _test = new(relation);

    public override Truth Evaluate(FactFrame facts) =>
        left.Value(facts) is { } a && right.Value(facts) is { } b ? _test.Of(ValueOrder.Compare(a, b)) : Truth.Unknown;

    public override void AddMissing(FactFrame facts, ISet<string> missing)
    {
        AddMissingOf(left, facts, missing);
        AddMissingOf(right, facts, missing);
    }
}

/// <summary>An int fact against a whole literal: the commonest comparison, without the dispatch of the general one.</summary>
internal sealed class IntThresholdNode(ComparisonOperator relation, FactNode fact, long literal) : TruthNode
{
    private readonly OrderTest _test = new(relation);
    private readonly int _slot = fact.Slot;

    public override Truth Evaluate(FactFrame facts) =>
        facts.At(_slot) is IntValue known ? _test.Of(known.Value.CompareTo(literal)) : Truth.Unknown;

    public override void AddMissing(FactFrame facts, ISet<string> missing) => fact.AddMissing(facts, missing);
}

/// <summary>A double fact against a double literal.</summary>
internal sealed class DoubleThresholdNode(ComparisonOperator relation, FactNode fact, double literal) : TruthNode
{
    private readonly OrderTest _test = new(relation);
    private readonly int _slot = fact.Slot;

    public override Truth Evaluate(FactFrame facts) =>
        facts.At(_slot) is DoubleValue known ? _test.Of(known.Value.CompareTo(literal)) : Truth.Unknown;

    public override void AddMissing(FactFrame facts, ISet<string> missing) => fact.AddMissing(facts, missing);
}

/// <summary><c>value in [literals]</c>.</summary>
internal sealed class InListNode(Node value, FactValue[] literals) : TruthNode
{
    public override Truth Evaluate(FactFrame facts)
    {
        if (value.Value(facts) is not { } known)
        {
            return Truth.Unknown;
        }

        foreach (var literal in literals)
        {
            if (ValueOrder.Compare(known, literal) == 0)
            {
                return Truth.Yes;
            }
        }

        return Truth.No;
    }

    public override void AddMissing(FactFrame facts, ISet<string> missing) => value.AddMissing(facts, missing);
}
