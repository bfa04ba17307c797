using System.Collections.Immutable;
using System.Diagnostics;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>
/// Walks a checked tree and evaluates every sub-expression with the same compiled nodes that evaluate the whole,
/// so that an explanation cannot disagree with the answer.
/// </summary>
internal sealed class Tracer(FactIndex index, FactFrame facts)
{
    public TraceNode Trace(Expression root) => Trace(root, decisive: true);

    /// <summary>A step that stands where a truth is expected.</summary>
    private TraceNode Trace(Expression expression, bool decisive) => Trace(expression, decisive, isTruth: true);

    private TraceNode Trace(Expression expression, bool decisive, bool isTruth)
    {
        var (node, names) = Bind(expression, isTruth) ?? throw new UnreachableException("Steps are parts of a checked condition that can be told alone.");
        var value = node.Value(facts);
        return new TraceNode(
            ConditionSyntax.Print(expression),
            node.Type,
            value,
            decisive,
            [.. names.Select(name => new FactReading(name, facts.Find(name)))],
            Children(expression, value))
        {
            Error = value is null ? (node as IFailing)?.FailureOf(facts)?.Message : null,
        };
    }

    /// <summary>The part as it is evaluated alone; null where facts have no values of its type or it reads the item of a macro.</summary>
    private (Node Node, SortedSet<string> FactNames)? Bind(Expression expression, bool isTruth)
    {
        var binder = new Binder("", index);
        if (binder.Bind(expression) is { } node)
        {
            return (node, binder.FactNames);
        }

        var general = new CelBinder("", index);
        return (isTruth ? general.BindTruth(expression) : general.BindStep(expression)) is { } step ? (step, general.FactNames) : null;
    }

    private ImmutableArray<TraceNode> Children(Expression expression, FactValue? value) => expression switch
    {
        Negation negation => [Trace(negation.Operand, decisive: true)],
        Junction junction => [.. junction.Operands.Select(o => Trace(o, true)).Select(o => o with { Decisive = Equals(o.Value, value) })],
        Choice choice => Branches(choice),
        Comparison comparison => Operands([comparison.Left, comparison.Right], value),
        Arithmetic arithmetic => Operands([arithmetic.Left, arithmetic.Right], value),
        Minus minus => Operands([minus.Operand], value),
        Element element => Operands([element.Target, element.Key], value),
        Call { Target: { } range, Arguments: [FactReference, _, ..], Function: "all" or "exists" or "exists_one" or "map" or "filter" } => Operands([range], value),
        Call call => Operands([.. call.Target is null ? [] : new[] { call.Target }, .. call.Arguments], value),
        _ => [],
    };

    private ImmutableArray<TraceNode> Branches(Choice choice)
    {
        var condition = Trace(choice.Condition, true);
        if (Bind(choice.WhenYes, false) is null || Bind(choice.WhenNo, false) is null)
        {
            return [condition];
        }

        var whenYes = Trace(choice.WhenYes, condition.Truth != Truth.No, false);
        var whenNo = Trace(choice.WhenNo, condition.Truth != Truth.Yes, false);

        // Branches that agree need no condition.
        var agree = whenYes.Value is not null && whenYes.Value.Equals(whenNo.Value);
        return [condition with { Decisive = !agree || condition.Truth != Truth.Unknown }, whenYes, whenNo];
    }

    private ImmutableArray<TraceNode> Operands(ImmutableArray<Expression> operands, FactValue? value) =>
    [
        .. operands
            .Where(o => o is not (Literal or PlainLiteral or ListExpression or MapExpression or FactReference) && Bind(o, false) is not null)
            .Select(o => Trace(o, true, false))
            .Select(o => o with { Decisive = value is not null || o.Value is null }),
    ];
}
