using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>Comparisons and memberships.</summary>
internal sealed partial class Binder
{
    private TruthNode? BindComparison(Comparison comparison)
    {
        if (Bind(comparison.Left) is not { } left || Bind(comparison.Right) is not { } right)
        {
            return null;
        }

        if (!CheckOrder(comparison.Operator, comparison.Left, left.Type))
        {
            return null;
        }

        if (!ValueOrder.Comparable(left.Type, right.Type))
        {
            return WrongType<TruthNode>(comparison.Right, right.Type, ValueOrder.IsNumber(left.Type) ? "a number" : TypeWords.For(left.Type));
        }

        if (!CheckListed(comparison.Right, left, right) || !CheckListed(comparison.Left, right, left))
        {
            return null;
        }

        return (left, right) switch
        {
            (FactNode fact, LiteralNode { Literal: IntValue whole }) when left.Type == FactType.Int =>
                new IntThresholdNode(comparison.Operator, fact, whole.Value),
            (FactNode fact, LiteralNode { Literal: DoubleValue number }) when left.Type == FactType.Double =>
                new DoubleThresholdNode(comparison.Operator, fact, number.Value),
            _ => new ComparisonNode(comparison.Operator, left, right),
        };
    }

    private bool CheckOrder(ComparisonOperator relation, Expression left, FactType type)
    {
        var forEquality = relation is ComparisonOperator.Equal or ComparisonOperator.NotEqual;
        if (type == FactType.StringSet)
        {
            Fail<Node>(left.Span, "Sets are not compared.", "\"value\" in set", "set.covers(\"CN\")", "size(set)");
        }
        else if (!forEquality && (type is FactType.Bool or FactType.String))
        {
            WrongType<Node>(left, type, "a number", "a date");
        }

        return Error is null;
    }

    private TruthNode? BindMembership(Comparison membership)
    {
        if (Bind(membership.Left) is not { } value)
        {
            return null;
        }

        if (membership.Right is ListExpression list)
        {
            return BindList(membership.Left, value, list);
        }

        if (Bind(membership.Right) is not { } container)
        {
            return null;
        }

        if (container is not FactNode { Type: FactType.StringSet } set)
        {
            return WrongType<TruthNode>(membership.Right, container.Type, "a string-set", "a list");
        }

        if (value.Type != FactType.String)
        {
            return WrongType<TruthNode>(membership.Left, value.Type, "a string");
        }

        if (value is not LiteralNode { Literal: StringValue literal })
        {
            return new InSetByValueNode(value, set);
        }

        return CheckValue(membership.Left, literal.Value, set.Definition) ? new InSetNode(set, literal.Value) : null;
    }

    private InListNode? BindList(Expression written, Node value, ListExpression list)
    {
        if (value.Type == FactType.StringSet)
        {
            return WrongType<InListNode>(written, value.Type, "a single value");
        }

        var literals = new List<FactValue>();
        foreach (var element in list.Elements)
        {
            if (element is not Literal literal)
            {
                return Fail<InListNode>(element.Span, "A list holds literals.", "a literal");
            }

            if (!ValueOrder.Comparable(value.Type, literal.Value.Type))
            {
                return WrongType<InListNode>(
                    element, literal.Value.Type, ValueOrder.IsNumber(value.Type) ? "a number" : TypeWords.For(value.Type));
            }

            if (!CheckListed(element, value, new LiteralNode(literal.Value)))
            {
                return null;
            }

            literals.Add(literal.Value);
        }

        return new InListNode(value, [.. literals]);
    }

    /// <summary>A literal text that a fact is compared with must be one the fact can have: a mistyped one would never match.</summary>
    private bool CheckListed(Expression written, Node other, Node node) =>
        other is not FactNode { Type: FactType.String } fact
        || node is not LiteralNode { Literal: StringValue literal }
        || CheckValue(written, literal.Value, fact.Definition);

    /// <summary>The same for a tree: <paramref name="other"/> is what the text is compared with.</summary>
    internal bool CheckListed(Expression written, Expression other) =>
        written is not Literal { Value: StringValue literal }
        || other is not FactReference name
        || index.Vocabulary.Find(name.Name) is not { Type: FactType.String } definition
        || CheckValue(written, literal.Value, definition);

    private bool CheckValue(Expression written, string value, FactDefinition definition)
    {
        if (definition.TakesJurisdictions && !CheckCode(written, value))
        {
            return false;
        }

        if (definition.Values.IsEmpty || definition.Find(value) is not null)
        {
            return true;
        }

        if (undeclared is not null)
        {
            undeclared.Add(new UndeclaredValue((Literal)written, definition));
            return true;
        }

        var nearest = Nearest.To(value, definition.Values.Select(v => v.Value));
        Fail<Node>(
            written.Span,
            $"{definition.Name} has no value {Printer.Quote(Shorten(value))}.",
            nearest.IsEmpty ? [$"a value that {definition.Name} lists"] : [.. nearest.Select(Printer.Quote)]);
        return false;
    }

    private bool CheckCode(Expression written, string value)
    {
        if (Jurisdiction.IsValid(value))
        {
            return true;
        }

        var upper = value.ToUpperInvariant();
        const string codes = "a jurisdiction code such as \"CN\" or \"CN-NM\"";
        Fail<Node>(
            written.Span,
            $"{Printer.Quote(Shorten(value))} is no jurisdiction code.",
            Jurisdiction.IsValid(upper) ? [Printer.Quote(upper), codes] : [codes]);
        return false;
    }
}
