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

    private TraceNode Trace(Expression expression, bool decisive)
    {
        var binder = new Binder("", index);
        var node = binder.Bind(expression) ?? throw new UnreachableException("A part of a checked condition is checked.");
        var value = node.Value(facts);
        return new TraceNode(
            ConditionSyntax.Print(expression),
            node.Type,
            value,
            decisive,
            [.. binder.FactNames.Select(name => new FactReading(name, facts.Find(name)))],
            Children(expression, value));
    }

    private ImmutableArray<TraceNode> Children(Expression expression, FactValue? value) => expression switch
    {
        Negation negation => [Trace(negation.Operand, decisive: true)],
        Junction junction => [.. junction.Operands.Select(o => Trace(o, true)).Select(o => o with { Decisive = Equals(o.Value, value) })],
        Choice choice => Branches(choice),
        Comparison comparison => Operands([comparison.Left, comparison.Right], value),
        Call call => Operands([.. call.Target is null ? [] : new[] { call.Target }, .. call.Arguments], value),
        _ => [],
    };

    private ImmutableArray<TraceNode> Branches(Choice choice)
    {
        var condition = Trace(choice.Condition, true);
        var whenYes = Trace(choice.WhenYes, condition.Truth != Truth.No);
        var whenNo = Trace(choice.WhenNo, condition.Truth != Truth.Yes);

        // Branches that agree need no condition.
        var agree = whenYes.Value is not null && whenYes.Value.Equals(whenNo.Value);
        return [condition with { Decisive = !agree || condition.Truth != Truth.Unknown }, whenYes, whenNo];
    }

    private ImmutableArray<TraceNode> Operands(ImmutableArray<Expression> operands, FactValue? value) =>
    [
        .. operands
            .Where(o => o is not (Literal or ListExpression or FactReference))
            .Select(o => Trace(o, true))
            .Select(o => o with { Decisive = value is not null || o.Value is null }),
    ];
}
