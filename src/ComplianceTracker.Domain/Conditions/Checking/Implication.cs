using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>
/// Which truths never exceed which, in the order no, unknown, yes: then the lesser decides <c>&amp;&amp;</c> and the greater <c>||</c>, whatever
/// is known. Found by the form of the trees: a "false" here says only that it was not found.
/// </summary>
internal sealed class Implication(FactIndex index)
{
    /// <summary>True when the first is never above the second. Neither may be one that can fail.</summary>
    public bool Holds(Expression first, Expression second) => first.Equals(second) || (first, second) switch
    {
        (Literal { Value: BoolValue { Value: false } }, _) or (_, Literal { Value: BoolValue { Value: true } }) => true,
        (Junction { Kind: JunctionKind.Or } any, _) => any.Operands.All(o => Holds(o, second)),
        (_, Junction { Kind: JunctionKind.And } all) => all.Operands.All(o => Holds(first, o)),
        (Junction all, _) when all.Operands.Any(o => Holds(o, second)) => true,
        (_, Junction any) => any.Operands.Any(o => Holds(first, o)),
        (Negation a, Negation b) => Holds(b.Operand, a.Operand),
        _ => Covers(first, second) || Bounds(first, second),
    };

    private bool Covers(Expression first, Expression second) =>
        second is Call { Function: "covers", Target: FactReference whole, Arguments: [Literal { Value: StringValue asked }] }
        && first switch
        {
            Call { Function: "covers", Target: FactReference part, Arguments: [Literal { Value: StringValue code }] } =>
                part.Equals(whole) && index.Jurisdictions.WholesOf(code.Value).Contains(asked.Value),
            Comparison { Operator: ComparisonOperator.In, Left: Literal { Value: StringValue code }, Right: FactReference part } =>
                part.Equals(whole) && (code == asked || index.Jurisdictions.WholesOf(code.Value).Contains(asked.Value)),
            _ => false,
        };

    private static bool Bounds(Expression first, Expression second)
    {
        if (Listed(first) is { } listed && second is Comparison)
        {
            return listed.Values.Count > 0 && listed.Values.All(v => Admits(second, listed.Fact, v));
        }

        return first is Comparison { Left: FactReference a, Right: Literal low } below
            && second is Comparison { Left: FactReference b, Right: Literal high } above
            && a.Equals(b)
            && low.Value.Type is not (FactType.Bool or FactType.StringSet)
            && ValueOrder.Comparable(low.Value.Type, high.Value.Type)
            && Within(below.Operator, above.Operator, ValueOrder.Compare(low.Value, high.Value));
    }

    /// <summary>A fact that is one of some values: <c>==</c> or <c>in</c> a list.</summary>
    private static (FactReference Fact, IReadOnlyList<FactValue> Values)? Listed(Expression expression) => expression switch
    {
        Comparison { Operator: ComparisonOperator.Equal, Left: FactReference fact, Right: Literal { Value: not BoolValue } value } => (fact, [value.Value]),
        Comparison { Operator: ComparisonOperator.In, Left: FactReference fact, Right: ListExpression list } when list.Elements.All(e => e is Literal) =>
            (fact, [.. list.Elements.Cast<Literal>().Select(l => l.Value)]),
        _ => null,
    };

    private static bool Admits(Expression relation, FactReference fact, FactValue value) => relation switch
    {
        Comparison { Operator: ComparisonOperator.In, Left: FactReference other, Right: ListExpression list } =>
            other.Equals(fact) && list.Elements.Any(e => e is Literal literal && Same(literal.Value, value)),
        Comparison { Left: FactReference other, Right: Literal bound } comparison =>
            other.Equals(fact) && ValueOrder.Comparable(value.Type, bound.Value.Type)
            && new OrderTest(comparison.Operator).Of(ValueOrder.Compare(value, bound.Value)) == Truth.Yes,
        _ => false,
    };

    private static bool Same(FactValue left, FactValue right) => ValueOrder.Comparable(left.Type, right.Type) && ValueOrder.Compare(left, right) == 0;

    /// <summary>Whether all values on one side of the first bound are on a side of the second; <paramref name="order"/> compares the bounds.</summary>
    private static bool Within(ComparisonOperator first, ComparisonOperator second, int order) => (first, second) switch
    {
        (ComparisonOperator.Greater, ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual or ComparisonOperator.NotEqual) => order >= 0,
        (ComparisonOperator.GreaterOrEqual, ComparisonOperator.GreaterOrEqual) => order >= 0,
        (ComparisonOperator.GreaterOrEqual, ComparisonOperator.Greater or ComparisonOperator.NotEqual) => order > 0,
        (ComparisonOperator.Less, ComparisonOperator.Less or ComparisonOperator.LessOrEqual or ComparisonOperator.NotEqual) => order <= 0,
        (ComparisonOperator.LessOrEqual, ComparisonOperator.LessOrEqual) => order <= 0,
        (ComparisonOperator.LessOrEqual, ComparisonOperator.Less or ComparisonOperator.NotEqual) => order < 0,
        _ => false,
    };
}
