using System.Collections.Immutable;
using System.Diagnostics;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>
/// Checks a tree against the types of CEL and builds what the general evaluator runs. What only reads facts is left to
/// <see cref="Binder"/>, with all its checks. A method gives null after an error; the first error stays.
/// </summary>
internal sealed partial class CelBinder(string text, FactIndex index, List<UndeclaredValue>? undeclared = null)
{
    /// <summary>
    /// The most steps one evaluation may take by the estimate of <see cref="CelNode.Cost"/>: some hundredths of a second. Held before
    /// anything is evaluated, so that whether a condition has an answer never depends on how long it takes.
    /// </summary>
    public const double MaxCost = 1_000_000;

    /// <summary>The largest value that an expression may make, in code units and items.</summary>
    private const double MaxSize = 1_000_000;

    // What facts may hold at most (a set has 1,000 members), or usually (a member has far fewer than 200 code units).
    private const double TextSize = 1_000;
    private const double MemberSize = 200;
    private const double SetLength = 1_000;

    private readonly Binder _facts = new(text, index, undeclared);
    private readonly Stack<Local> _locals = new();
    private ConditionError? _error;
    private int _slots;

    /// <summary>Set when binding gave null.</summary>
    public ConditionError? Error => _error ?? _facts.Error;

    /// <summary>The names of the facts read so far.</summary>
    public SortedSet<string> FactNames => _facts.FactNames;

    /// <summary>The item of a macro that is open where the binder is.</summary>
    private readonly record struct Local(string Name, CelType Type, int Slot, CelNode Range);

    /// <summary>The expression as a truth, which a whole condition must be.</summary>
    public GeneralTruthNode? BindTruth(Expression expression) =>
        BindBool(expression) is { } root ? new GeneralTruthNode(root, _slots) : null;

    /// <summary>The expression as a node of its fact's type; null for one of a type that no fact has.</summary>
    public Node? BindStep(Expression expression)
    {
        if (Bind(expression) is not { } node)
        {
            return null;
        }

        return node.Type switch
        {
            { Kind: TypeKind.Bool } => new GeneralTruthNode(node, _slots),
            { AsFact: { } type } => new GeneralValueNode(node, type, _slots),
            _ => null,
        };
    }

    /// <summary>The type of the expression, or null where it has none.</summary>
    public CelType? TypeOf(Expression expression) => Bind(expression)?.Type;

    private CelNode? Bind(Expression expression)
    {
        var node = BindBare(expression);
        if (node is null)
        {
            return null;
        }

        if (node.Cost > MaxCost)
        {
            return Fail(
                expression.Span,
                $"Evaluating this could take {Estimate(node.Cost)} steps, where {MaxCost:N0} are allowed.",
                "shorter lists, or fewer macros inside macros");
        }

        return node.Size > MaxSize
            ? Fail(expression.Span, $"The value of this could have {Estimate(node.Size)} characters and entries, where {MaxSize:N0} are allowed.", "smaller values")
            : Settled(expression, node);
    }

    /// <summary>What reads neither facts nor items is evaluated here and now: only so is it known whether it fails.</summary>
    private CelNode Settled(Expression expression, CelNode node)
    {
        if (node is ConstantNode || !node.Facts.IsEmpty || _locals.Count > 0)
        {
            return node;
        }

        var value = node.Evaluate(new CelScope(FactFrame.Of(index, []), _slots));
        return value is Failure ? node : new ConstantNode(expression, node.Type, value) { Size = node.Size, Length = node.Length };
    }

    private static string Estimate(double number) => number < 1e15 ? $"{number:N0}" : $"{number:0.#e+0}";

    private CelNode? BindBare(Expression expression) => expression switch
    {
        Literal literal => new ConstantNode(literal, CelType.Of(literal.Value.Type), PlainOf(literal.Value))
        {
            Size = literal.Value is StringValue written ? written.Value.Length + 1 : 1,
        },
        PlainLiteral plain => new ConstantNode(plain, plain.Value is ulong ? CelType.Uint : plain.IsNull ? CelType.Null : CelType.Bytes, plain.Value)
        {
            Size = plain.Value is ByteText bytes ? bytes.Bytes.Length + 1 : 1,
        },
        FactReference name => BindName(name),
        Negation negation => BindBool(negation.Operand) is { } operand
            ? new StrictNode(negation, CelType.Bool, v => v[0] is bool truth ? !truth : Tally.NoBool(v[0], operand), operand) { CanFail = operand.CanFail || operand.Type.IsOpen }
            : null,
        Junction junction => BindJunction(junction),
        Comparison { Operator: ComparisonOperator.In } membership => BindMembership(membership),
        Comparison comparison => BindComparison(comparison),
        Choice choice => BindChoice(choice),
        Arithmetic arithmetic => BindArithmetic(arithmetic),
        Minus minus => BindMinus(minus),
        Element element => BindElement(element),
        Selection selection => Bind(selection.Target) is { } target ? Select(selection, target, selection.Field) : null,
        ListExpression list => BindList(list),
        MapExpression map => BindMap(map),
        Call call => BindCall(call),
        _ => throw new UnreachableException(),
    };

    private static object PlainOf(FactValue value) => value switch
    {
        BoolValue v => v.Value,
        IntValue v => v.Value,
        DoubleValue v => v.Value,
        StringValue v => v.Value,
        DateValue v => v.Value,
        _ => throw new UnreachableException(),
    };

    /// <summary>The item of a macro and fields of it, a fact, or the name of a type.</summary>
    private CelNode? BindName(FactReference name)
    {
        var parts = name.Name.Split('.');
        if (!name.IsRoot && _locals.FirstOrDefault(l => l.Name == parts[0]) is { Name: not null } local)
        {
            // A text item is as long as its list; what it is a list of is part of that size.
            CelNode? item = new LocalNode(name, local.Type, local.Slot)
            {
                Facts = local.Range.Facts,
                Size = local.Range.Type.Kind == TypeKind.Set ? MemberSize : local.Range.Size,
                Length = local.Range.Size,
            };
            foreach (var field in parts.Skip(1))
            {
                item = item is null ? null : Select(name, item, field);
            }

            return item;
        }

        if (!index.TryGetSlot(name.Name, out _) && TypeNames.Contains(name.Name))
        {
            return new ConstantNode(name, CelType.Type, new TypeValue(name.Name));
        }

        return Leaf(name);
    }

    /// <summary>What the nodes of facts evaluate.</summary>
    private LeafNode? Leaf(Expression expression)
    {
        if (_facts.Bind(expression) is not { } node)
        {
            return null;
        }

        // A binder of its own: the names that this part reads.
        var names = new Binder(text, index, undeclared is null ? null : []);
        names.Bind(expression);
        var type = CelType.Of(node.Type);
        return new LeafNode(expression, type, node)
        {
            Facts = [.. names.FactNames],
            Size = type.Kind switch { TypeKind.String => TextSize, TypeKind.Set => SetLength * MemberSize, _ => 1 },
            Length = type.Kind == TypeKind.Set ? SetLength : 0,
        };
    }

    private CelNode? BindBool(Expression expression)
    {
        if (Bind(expression) is not { } node)
        {
            return null;
        }

        return node.Type.Fits(TypeKind.Bool) ? node : WrongType(expression, node.Type, "a bool");
    }

    private JunctionCelNode? BindJunction(Junction junction) =>
        BindAll(junction.Operands, BindBool) is { } operands
            ? new JunctionCelNode(junction, junction.Kind, operands)
            {
                CanFail = operands.Any(o => o.CanFail || o.Type.IsOpen)
                    && !operands.Any(o => o is ConstantNode { Value: bool known } && known == (junction.Kind == JunctionKind.Or)),
            }
            : null;

    private CelNode? BindChoice(Choice choice)
    {
        if (BindBool(choice.Condition) is not { } condition || Bind(choice.WhenYes) is not { } whenYes || Bind(choice.WhenNo) is not { } whenNo)
        {
            return null;
        }

        if (whenYes.Type.Kind == TypeKind.Set)
        {
            return WrongType(choice.WhenYes, whenYes.Type, "a single value");
        }

        if (whenNo.Type.Kind == TypeKind.Set)
        {
            return WrongType(choice.WhenNo, whenNo.Type, "a single value");
        }

        if (CelType.Unify(whenYes.Type, whenNo.Type) is not { } type)
        {
            return WrongType(choice.WhenNo, whenNo.Type, whenYes.Type.Words);
        }

        return new ChoiceCelNode(choice, type, Open(condition), whenYes, whenNo)
        {
            CanFail = condition.CanFail || condition.Type.IsOpen || whenYes.CanFail || whenNo.CanFail,
            Size = Math.Max(whenYes.Size, whenNo.Size),
            Length = Math.Max(whenYes.Length, whenNo.Length),
        };
    }

    /// <summary>The condition of a choice; one of type dyn may turn out to be no bool, which is a failure.</summary>
    private static CelNode Open(CelNode condition) => condition.Type.IsOpen
        ? new StrictNode(new PlainLiteral(NullValue.Instance) { Span = condition.Span }, CelType.Bool, v => v[0] is bool ? v[0] : Tally.NoBool(v[0], condition), condition)
        {
            CanFail = true,
        }
        : condition;

    private ListNode? BindList(ListExpression list)
    {
        if (BindAll(list.Elements, BindValue) is not { } items)
        {
            return null;
        }

        // Items of different types are allowed: then the check leaves them to the evaluation.
        var item = CelType.None;
        foreach (var next in items)
        {
            item = CelType.Unify(item, next.Type) ?? CelType.Dyn;
        }

        return new ListNode(list, CelType.ListOf(item), items) { Size = items.Sum(i => i.Size) + 1, Length = items.Length };
    }

    private CelNode? BindMap(MapExpression map)
    {
        if (BindAll([.. map.Entries.Where((_, i) => i % 2 == 0)], BindValue) is not { } keys
            || BindAll([.. map.Entries.Where((_, i) => i % 2 == 1)], BindValue) is not { } values)
        {
            return null;
        }

        var (key, value) = (CelType.None, CelType.None);
        for (var i = 0; i < keys.Length; i++)
        {
            if (!keys[i].Type.Fits(TypeKind.Int, TypeKind.Uint, TypeKind.Bool, TypeKind.String))
            {
                return WrongType(map.Entries[2 * i], keys[i].Type, "an int", "a uint", "a bool", "a string");
            }

            (key, value) = (CelType.Unify(key, keys[i].Type) ?? CelType.Dyn, CelType.Unify(value, values[i].Type) ?? CelType.Dyn);
        }

        return new MapNode(map, CelType.MapOf(key, value), keys, values)
        {
            // Two keys may come to be the same.
            CanFail = keys.Length > 0,
            Size = keys.Concat(values).Sum(v => v.Size) + 1,
            Length = keys.Length,
        };
    }

    /// <summary>Anything but a string-set, which stands for itself only where it is asked for members.</summary>
    private CelNode? BindValue(Expression expression)
    {
        if (Bind(expression) is not { } node)
        {
            return null;
        }

        return node.Type.Kind == TypeKind.Set ? WrongType(expression, node.Type, "a single value", "\"value\" in set") : node;
    }

    private static CelNode[]? BindAll(ImmutableArray<Expression> expressions, Func<Expression, CelNode?> bind)
    {
        var nodes = new CelNode[expressions.Length];
        for (var i = 0; i < nodes.Length; i++)
        {
            if (bind(expressions[i]) is not { } node)
            {
                return null;
            }

            nodes[i] = node;
        }

        return nodes;
    }

    private CelNode? WrongType(Expression at, CelType found, params ImmutableArray<string> expected) =>
        Fail(at.Span, $"This is {found.Words} where {string.Join(" or ", expected)} is expected.", expected);

    private CelNode? Fail(SourceSpan at, string message, params ImmutableArray<string> expected)
    {
        _error ??= ConditionError.At(text, at.Start, message, expected);
        return null;
    }
}
