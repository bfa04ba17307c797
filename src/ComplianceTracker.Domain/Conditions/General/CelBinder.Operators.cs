using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>Relations, arithmetic, entries.</summary>
internal sealed partial class CelBinder
{
    private CelNode? BindComparison(Comparison comparison)
    {
        if (Bind(comparison.Left) is not { } left || Bind(comparison.Right) is not { } right)
        {
            return null;
        }

        if (left.Type.Kind == TypeKind.Set || right.Type.Kind == TypeKind.Set)
        {
            return Fail(
                (left.Type.Kind == TypeKind.Set ? comparison.Left : comparison.Right).Span,
                "Sets are not compared.", "\"value\" in set", "set.covers(\"CN\")", "size(set)");
        }

        var equality = comparison.Operator is ComparisonOperator.Equal or ComparisonOperator.NotEqual;
        if (!equality && !left.Type.Fits(TypeKind.Int, TypeKind.Uint, TypeKind.Double, TypeKind.String, TypeKind.Bytes, TypeKind.Bool, TypeKind.Date))
        {
            return WrongType(comparison.Left, left.Type, "a number", "a string", "a date");
        }

        if (!CelType.Comparable(left.Type, right.Type))
        {
            return left.Type.Kind == TypeKind.Null || right.Type.Kind == TypeKind.Null
                ? Fail(comparison.Span, "Nothing else is null: an unknown fact makes the comparison unknown by itself.", "a value")
                : WrongType(comparison.Right, right.Type, left.Type.IsNumber ? "a number" : left.Type.Words);
        }

        if (!_facts.CheckListed(comparison.Right, comparison.Left) || !_facts.CheckListed(comparison.Left, comparison.Right))
        {
            return null;
        }

        var cost = 1 + left.Cost + right.Cost + CostOfComparing(left, right);
        return equality
            ? new StrictNode(comparison, CelType.Bool, comparison.Operator == ComparisonOperator.Equal ? v => Equality.Of(v[0], v[1]) : v => Differ(v[0], v[1]), left, right) { Cost = cost }
            : new StrictNode(comparison, CelType.Bool, v => Ordered(comparison.Operator, v[0], v[1]), left, right)
            {
                CanFail = left.CanFail || right.CanFail || left.Type.IsOpen || right.Type.IsOpen,
                Cost = cost,
            };
    }

    private static object Differ(object left, object right) => Equality.Of(left, right) is bool equal ? !equal : Equality.Of(left, right);

    private static object Ordered(ComparisonOperator relation, object left, object right) =>
        Equality.Order(left, right, out var isTyped) is { } order
            ? new OrderTest(relation).Of(order) == Truth.Yes
            : isTyped ? false : new Failure($"{Calculation.TypeName(left)} and {Calculation.TypeName(right)} have no order.");

    // Texts are compared many code units at a time.
    private static double CostOfComparing(CelNode left, CelNode right) => Math.Min(left.Size, right.Size) / (left.Type.Kind == TypeKind.String ? 16 : 1);

    private CelNode? BindMembership(Comparison membership)
    {
        // A mistyped value is found by the nodes of facts.
        if (membership is { Left: Literal or FactReference, Right: FactReference set } && IsSet(set) && !IsLocal(membership.Left))
        {
            return Leaf(membership);
        }

        if (BindValue(membership.Left) is not { } value || Bind(membership.Right) is not { } container)
        {
            return null;
        }

        if (container.Type.Kind == TypeKind.Set)
        {
            return InSet(membership, value, container);
        }

        if (!container.Type.Fits(TypeKind.List, TypeKind.Map))
        {
            return WrongType(membership.Right, container.Type, "a string-set", "a list");
        }

        var held = container.Type.Kind == TypeKind.Map ? container.Type.Key! : container.Type.Item ?? CelType.Dyn;
        if (!CelType.Comparable(value.Type, held))
        {
            return WrongType(membership.Left, value.Type, held.IsNumber ? "a number" : held.Words);
        }

        if (membership.Right is ListExpression list && !list.Elements.All(e => _facts.CheckListed(e, membership.Left)))
        {
            return null;
        }

        return new StrictNode(membership, CelType.Bool, v => Collection.In(v[0], v[1]), value, container)
        {
            CanFail = value.CanFail || container.CanFail || container.Type.Kind == TypeKind.Dyn,
            Cost = 1 + value.Cost + container.Cost + container.Length + container.Size,
        };
    }

    private CelNode? InSet(Comparison membership, CelNode value, CelNode set)
    {
        if (!value.Type.Fits(TypeKind.String))
        {
            return WrongType(membership.Left, value.Type, "a string");
        }

        var definition = index.Vocabulary.Facts[((FactReference)membership.Right).Name];
        return new StrictNode(membership, CelType.Bool, v => Holds(v[0], (SetValue)v[1], definition), value, set) { Cost = 2 + value.Cost + set.Cost + (value.Size / 16) };
    }

    private static object Holds(object value, SetValue set, FactDefinition definition) => value is not string text
        ? false
        : set.Values.Contains(text) ? true : definition.Find(text)?.Since > set.CompleteTo ? UnknownValue.Of(definition.Name) : false;

    private bool IsSet(FactReference name) => !IsLocal(name) && index.Vocabulary.Find(name.Name)?.Type == FactType.StringSet;

    private bool IsLocal(Expression expression) => expression is FactReference { IsRoot: false } name && _locals.Any(l => l.Name == name.Name.Split('.')[0]);

    private CelNode? BindArithmetic(Arithmetic arithmetic)
    {
        if (Bind(arithmetic.Left) is not { } left || Bind(arithmetic.Right) is not { } right)
        {
            return null;
        }

        var joins = arithmetic.Operator == ArithmeticOperator.Add;
        var whole = arithmetic.Operator == ArithmeticOperator.Modulo;
        foreach (var (at, node) in new[] { (arithmetic.Left, left), (arithmetic.Right, right) })
        {
            var takes = joins ? node.Type.IsNumber || node.Type.Fits(TypeKind.String, TypeKind.Bytes, TypeKind.List)
                : whole ? node.Type.Fits(TypeKind.Int, TypeKind.Uint)
                : node.Type.IsNumber || node.Type.IsOpen;
            if (!takes)
            {
                return joins ? WrongType(at, node.Type, "a number", "a string", "bytes", "a list") : WrongType(at, node.Type, whole ? "an int or a uint" : "a number");
            }
        }

        if (!left.Type.IsOpen && !right.Type.IsOpen && left.Type.Kind != right.Type.Kind)
        {
            var hint = left.Type.IsNumber && right.Type.IsNumber ? $"{left.Type.Name}(…)" : left.Type.Words;
            return Fail(
                arithmetic.Right.Span,
                $"This is {right.Type.Words} where {left.Type.Words} is expected: arithmetic does not mix types.",
                left.Type.Words, hint);
        }

        // Lists of different items join to a list of anything.
        var type = left.Type.Kind == TypeKind.List && right.Type.Kind == TypeKind.List
            ? CelType.Unify(left.Type, right.Type) ?? CelType.ListOf(CelType.Dyn)
            : left.Type.IsOpen || right.Type.IsOpen ? CelType.Dyn : left.Type;
        var sum = joins ? left.Size + right.Size : 1;
        return new StrictNode(arithmetic, type, v => Calculation.Apply(arithmetic.Operator, v[0], v[1]), left, right)
        {
            CanFail = left.CanFail || right.CanFail || type.Kind is TypeKind.Int or TypeKind.Uint or TypeKind.Dyn,
            Cost = 1 + left.Cost + right.Cost + (joins ? sum / 16 : 0),
            Size = sum,
            Length = left.Length + right.Length,
        };
    }

    private CelNode? BindMinus(Minus minus)
    {
        if (Bind(minus.Operand) is not { } operand)
        {
            return null;
        }

        return operand.Type.Fits(TypeKind.Int, TypeKind.Double)
            ? new StrictNode(minus, operand.Type, v => Calculation.Negate(v[0]), operand) { CanFail = operand.CanFail || operand.Type.Kind != TypeKind.Double }
            : WrongType(minus.Operand, operand.Type, "an int", "a double");
    }

    private CelNode? BindElement(Element element)
    {
        if (BindValue(element.Target) is not { } target || BindValue(element.Key) is not { } key)
        {
            return null;
        }

        if (!target.Type.Fits(TypeKind.List, TypeKind.Map))
        {
            return WrongType(element.Target, target.Type, "a list", "a map");
        }

        if (target.Type.Kind == TypeKind.List && !key.Type.Fits(TypeKind.Int))
        {
            return WrongType(element.Key, key.Type, "an int");
        }

        if (target.Type is { Kind: TypeKind.Map, Key: { } keys } && !CelType.Comparable(key.Type, keys))
        {
            return WrongType(element.Key, key.Type, keys.Words);
        }

        return At(element, target, key);
    }

    private CelNode? Select(Expression at, CelNode target, string field)
    {
        if (!target.Type.Fits(TypeKind.Map) || (target.Type.Key is { } key && !key.Fits(TypeKind.String)))
        {
            return Fail(at.Span, $"This is {target.Type.Words}, which has no field {field}: only maps have.", "a map with texts for keys");
        }

        return At(at, target, new ConstantNode(at, CelType.String, field));
    }

    private static StrictNode At(Expression at, CelNode target, CelNode key) => new(at, target.Type.Item ?? CelType.Dyn, v => Collection.At(v[0], v[1]), target, key)
    {
        CanFail = true,
        Size = target.Size,
        Length = target.Size,
    };
}
