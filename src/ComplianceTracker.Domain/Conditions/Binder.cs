using ComplianceTracker.Domain.Common;
using System.Collections.Immutable;
using System.Diagnostics;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>
/// Checks a tree against the vocabulary and builds what evaluates it, in one walk: what could be built is well-typed.
/// A method gives null after an error; the first error stays.
/// </summary>
/// <param name="text">The text, for the positions of errors.</param>
/// <param name="index">The vocabulary.</param>
/// <param name="undeclared">Takes the values that their facts do not list; null makes them errors.</param>
internal sealed partial class Binder(string text, FactIndex index, List<UndeclaredValue>? undeclared = null)
{
    /// <summary>Set when binding gave null.</summary>
    public ConditionError? Error { get; private set; }

    /// <summary>The names of the facts read so far.</summary>
    public SortedSet<string> FactNames { get; } = new(StringComparer.Ordinal);

    /// <summary>The expression as a truth, which a whole condition must be.</summary>
    public TruthNode? BindTruth(Expression expression)
    {
        if (Bind(expression) is not { } node)
        {
            return null;
        }

        return node as TruthNode ?? WrongType<TruthNode>(expression, node.Type, "a bool");
    }

    /// <summary>The expression as whatever it is.</summary>
    public Node? Bind(Expression expression) => expression switch
    {
        Literal { Value: BoolValue truth } => new BoolLiteralNode(truth.Value),
        Literal literal => new LiteralNode(literal.Value),
        FactReference fact => BindFact(fact),
        Negation negation => BindTruth(negation.Operand) is { } operand ? new NegationNode(operand) : null,
        Junction junction => BindJunction(junction),
        Comparison { Operator: ComparisonOperator.In } membership => BindMembership(membership),
        Comparison comparison => BindComparison(comparison),
        Choice choice => BindChoice(choice),
        Call call => BindCall(call),
        ListExpression => Fail<Node>(expression.Span, "A list stands only after 'in'.", "a single value"),

        // The general evaluator has these.
        Arithmetic or Minus or Element or Selection or MapExpression or PlainLiteral => Fail<Node>(expression.Span, "This is no matter of facts.", "a fact"),
        _ => throw new UnreachableException(),
    };

    private Node? BindFact(FactReference fact)
    {
        if (!index.TryGetSlot(fact.Name, out var slot))
        {
            var nearest = Nearest.To(fact.Name, index.Vocabulary.Facts.Keys);
            return Fail<Node>(
                fact.Span, $"No fact is named {Shorten(fact.Name)}.", nearest.IsEmpty ? ["a fact of the vocabulary"] : nearest);
        }

        FactNames.Add(fact.Name);
        var definition = index.Definitions[slot];
        return definition.Type == FactType.Bool
            ? new BoolFactNode(slot, fact.Name)
            : new FactNode(slot, index.CoverageSlots[slot], definition);
    }

    private JunctionNode? BindJunction(Junction junction)
    {
        var operands = new TruthNode[junction.Operands.Length];
        for (var i = 0; i < operands.Length; i++)
        {
            if (BindTruth(junction.Operands[i]) is not { } operand)
            {
                return null;
            }

            operands[i] = operand;
        }

        return new JunctionNode(junction.Kind, operands);
    }

    private Node? BindChoice(Choice choice)
    {
        if (BindTruth(choice.Condition) is not { } condition
            || Bind(choice.WhenYes) is not { } whenYes
            || Bind(choice.WhenNo) is not { } whenNo)
        {
            return null;
        }

        if (whenYes.Type == FactType.StringSet)
        {
            return WrongType<Node>(choice.WhenYes, whenYes.Type, "a single value");
        }

        if (whenYes.Type != whenNo.Type)
        {
            return WrongType<Node>(choice.WhenNo, whenNo.Type, TypeWords.For(whenYes.Type));
        }

        return (whenYes, whenNo) is (TruthNode yes, TruthNode no)
            ? new TruthChoiceNode(condition, yes, no)
            : new ChoiceNode(condition, whenYes, whenNo);
    }

    private T? WrongType<T>(Expression at, FactType found, params ImmutableArray<string> expected)
        where T : class =>
        Fail<T>(at.Span, $"This is {TypeWords.For(found)} where {string.Join(" or ", expected)} is expected.", expected);

    private T? Fail<T>(SourceSpan at, string message, params ImmutableArray<string> expected)
        where T : class
    {
        Error ??= ConditionError.At(text, at.Start, message, expected);
        return null;
    }

    /// <summary>A name or value as it may stand in a message: whole unless it is absurdly long.</summary>
    internal static string Shorten(string written) => written.Length <= 80 ? written : $"{written.AsSpan(0, 80)}…";
}
