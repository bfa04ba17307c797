using System.Collections.Immutable;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Tests.Conditions;

/// <summary>
/// A second evaluator for facts that are all known, written from the language's description alone: it walks the tree,
/// shares nothing with the compiled nodes and knows no third truth.
/// </summary>
internal sealed class TwoValued(IReadOnlyDictionary<string, FactValue?> facts)
{
    public bool Holds(Expression expression) => expression switch
    {
        Literal { Value: BoolValue literal } => literal.Value,
        FactReference fact => ((BoolValue)facts[fact.Name]!).Value,
        Negation negation => !Holds(negation.Operand),
        Junction { Kind: JunctionKind.And } and => and.Operands.All(Holds),
        Junction or => or.Operands.Any(Holds),
        Choice choice => Holds(choice.Condition) ? Holds(choice.WhenYes) : Holds(choice.WhenNo),
        Comparison comparison => Relate(comparison),
        Call { Function: "covers" } call => Covers(Set(call.Target!), (string)Value(call.Arguments[0])),
        Call { Function: "startsWith" } call => Text(call).StartsWith(Part(call), StringComparison.Ordinal),
        Call { Function: "endsWith" } call => Text(call).EndsWith(Part(call), StringComparison.Ordinal),
        Call { Function: "contains" } call => Text(call).Contains(Part(call), StringComparison.Ordinal),
        _ => throw new NotSupportedException(expression.ToString()),
    };

    private bool Relate(Comparison comparison)
    {
        if (comparison is { Operator: ComparisonOperator.In, Right: ListExpression list })
        {
            return list.Elements.Any(e => Equals(Value(e), Value(comparison.Left)));
        }

        if (comparison.Operator == ComparisonOperator.In)
        {
            return Set(comparison.Right).Contains((string)Value(comparison.Left));
        }

        var (left, right) = (Value(comparison.Left), Value(comparison.Right));
        return comparison.Operator switch
        {
            ComparisonOperator.Equal => Equals(left, right),
            ComparisonOperator.NotEqual => !Equals(left, right),
            ComparisonOperator.Less => ((IComparable)left).CompareTo(right) < 0,
            ComparisonOperator.LessOrEqual => ((IComparable)left).CompareTo(right) <= 0,
            ComparisonOperator.Greater => ((IComparable)left).CompareTo(right) > 0,
            _ => ((IComparable)left).CompareTo(right) >= 0,
        };
    }

    /// <summary>A bool, a string, a date, or any number as a decimal, which holds the small numbers of these tests exactly.</summary>
    private object Value(Expression expression) => expression switch
    {
        Literal literal => Plain(literal.Value),
        FactReference fact => Plain(facts[fact.Name]!),
        Call { Function: "size" } size => (decimal)Set(size.Target ?? size.Arguments[0]).Count,
        Choice choice => Holds(choice.Condition) ? Value(choice.WhenYes) : Value(choice.WhenNo),
        _ => Holds(expression),
    };

    private static object Plain(FactValue value) => value switch
    {
        BoolValue truth => truth.Value,
        IntValue whole => (decimal)whole.Value,
        DoubleValue number => (decimal)number.Value,
        StringValue text => text.Value,
        DateValue day => day.Value,
        _ => throw new NotSupportedException(value.ToString()),
    };

    private ImmutableSortedSet<string> Set(Expression fact) => ((SetValue)facts[((FactReference)fact).Name]!).Values;

    private string Text(Call call) => (string)Value(call.Target!);

    private string Part(Call call) => (string)Value(call.Arguments[0]);

    private static bool Covers(ImmutableSortedSet<string> set, string code) =>
        set.Contains(code)
        || set.Any(m => m.StartsWith(code + "-", StringComparison.Ordinal))
        || (Sample.Vocabulary.Groups.TryGetValue(code, out var members) && members.Any(m => Covers(set, m)));
}
