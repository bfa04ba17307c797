using System.Collections.Immutable;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>
/// Says the same in fewer words. Whatever facts are known, the simpler tree comes to the same yes, no or unknown. Parts that can fail
/// keep their form, since what a failure is beside would change.
/// </summary>
internal sealed class Simplifier(FactIndex index)
{
    // Each operand is held against each other one: longer chains are only cleared of what stands in them twice.
    private const int MostCompared = 200;

    private readonly Implication _implication = new(index);

    /// <summary>The simpler tree; an equal one where nothing was found.</summary>
    public Expression Simplify(Expression expression) => Again(expression switch
    {
        Negation negation => negation with { Operand = Simplify(negation.Operand) },
        Junction junction => Joined(junction.Kind, [.. junction.Operands.Select(Simplify)], junction.Span),
        Comparison comparison => comparison with { Left = Simplify(comparison.Left), Right = Simplify(comparison.Right) },
        Choice choice => choice with { Condition = Simplify(choice.Condition), WhenYes = Simplify(choice.WhenYes), WhenNo = Simplify(choice.WhenNo) },
        _ => expression,
    });

    /// <summary>The parts that became simpler, each as large as it must be, in the order of the text.</summary>
    public static IEnumerable<(Expression From, Expression To)> Changes(Expression from, Expression to) => (from, to) switch
    {
        _ when from.Equals(to) => [],
        (Negation a, Negation b) => Changes(a.Operand, b.Operand),
        (Junction a, Junction b) when a.Kind == b.Kind && a.Operands.Length == b.Operands.Length =>
            a.Operands.Zip(b.Operands).SelectMany(pair => Changes(pair.First, pair.Second)),
        (Choice a, Choice b) => Changes(a.Condition, b.Condition).Concat(Changes(a.WhenYes, b.WhenYes)).Concat(Changes(a.WhenNo, b.WhenNo)),
        _ => [(from, to)],
    };

    private static Literal True(SourceSpan span) => new(new BoolValue(true)) { Span = span };

    private static bool Is(Expression expression, bool truth) => expression is Literal { Value: BoolValue known } && known.Value == truth;

    private Expression Again(Expression expression)
    {
        if (expression is not Literal && Constant(expression) is { } constant)
        {
            return new Literal(constant) { Span = expression.Span };
        }

        var simpler = expression switch
        {
            Negation { Operand: Negation twice } when IsTruth(twice.Operand) => twice.Operand,
            Negation { Operand: Comparison comparison } when NeverFails(comparison) && Opposite(comparison.Operator) is { } opposite => comparison with { Operator = opposite },
            Comparison comparison => Relation(comparison),
            Choice choice when NeverFails(choice) => Chosen(choice),
            _ => null,
        };
        return simpler is null ? expression : simpler with { Span = expression.Span };
    }

    private Expression? Relation(Comparison comparison) => comparison switch
    {
        { Operator: ComparisonOperator.Equal or ComparisonOperator.NotEqual, Right: Literal { Value: BoolValue truth }, Left: var left } when IsTruth(left) =>
            Is(comparison.Right, comparison.Operator == ComparisonOperator.Equal) ? left : Denied(left, truth.Value == (comparison.Operator == ComparisonOperator.NotEqual)),
        { Operator: ComparisonOperator.Equal or ComparisonOperator.NotEqual, Left: Literal { Value: BoolValue } left, Right: var right } when IsTruth(right) && right is not Literal =>
            Relation(comparison with { Left = right, Right = left }),
        { Operator: ComparisonOperator.In, Left: FactReference fact, Right: ListExpression { Elements: [Literal only] } } when NeverFails(comparison) =>
            new Comparison(ComparisonOperator.Equal, fact, only),
        _ => null,
    };

    private Expression Denied(Expression truth, bool denied) => denied ? Again(new Negation(truth) { Span = truth.Span }) : truth;

    private Expression? Chosen(Choice choice) => choice switch
    {
        { Condition: Literal { Value: BoolValue chosen } } => chosen.Value ? choice.WhenYes : choice.WhenNo,
        { WhenYes: var same } when same.Equals(choice.WhenNo) => same,
        { Condition: Negation denied } => Again(new Choice(denied.Operand, choice.WhenNo, choice.WhenYes)),
        _ when Is(choice.WhenYes, true) => Joined(JunctionKind.Or, [choice.Condition, choice.WhenNo], choice.Span),
        _ when Is(choice.WhenNo, false) => Joined(JunctionKind.And, [choice.Condition, choice.WhenYes], choice.Span),
        _ when Is(choice.WhenYes, false) => Joined(JunctionKind.And, [Denied(choice.Condition, true), choice.WhenNo], choice.Span),
        _ when Is(choice.WhenNo, true) => Joined(JunctionKind.Or, [Denied(choice.Condition, true), choice.WhenYes], choice.Span),
        _ => null,
    };

    private Expression Joined(JunctionKind kind, ImmutableArray<Expression> operands, SourceSpan span)
    {
        var and = kind == JunctionKind.And;
        ImmutableArray<Expression> flat = [.. operands.SelectMany(o => o is Junction inner && inner.Kind == kind ? inner.Operands : [o])];
        if (flat.Any(o => Is(o, !and)))
        {
            return new Literal(new BoolValue(!and)) { Span = span };
        }

        var kept = Undecided(kind, Merged(kind, [.. flat.Where(o => !Is(o, and))]));
        return kept.Count switch
        {
            0 => and ? True(span) : new Literal(new BoolValue(false)) { Span = span },
            1 when IsTruth(kept[0]) => kept[0],
            1 => Junction.Of(kind, kept[0], new Literal(new BoolValue(and))) with { Span = span },
            _ => Junction.Of(kind, kept) with { Span = span },
        };
    }

    /// <summary>Without the operands that another one always decides for.</summary>
    private List<Expression> Undecided(JunctionKind kind, List<Expression> operands)
    {
        var kept = operands.Select(o => (Operand: o, NeverFails: NeverFails(o))).ToList();
        for (var i = kept.Count - 1; i >= 0 && kept.Count <= MostCompared; i--)
        {
            var (candidate, neverFails) = kept[i];
            if (neverFails && kept.Where((other, j) => j != i && other.NeverFails).Any(other =>
                kind == JunctionKind.And ? _implication.Holds(other.Operand, candidate) : _implication.Holds(candidate, other.Operand)))
            {
                kept.RemoveAt(i);
            }
        }

        return [.. kept.Select(k => k.Operand)];
    }

    /// <summary><c>x == a || x == b</c> as <c>x in [a, b]</c>, in the place of the first.</summary>
    private List<Expression> Merged(JunctionKind kind, List<Expression> operands)
    {
        if (kind == JunctionKind.And)
        {
            return [.. operands.Distinct()];
        }

        // What stands in it twice is one group too.
        var merged = new List<Expression>();
        foreach (var group in operands.GroupBy(o => Choices(o)?.Fact.Name ?? (object)o))
        {
            var first = group.First();
            merged.Add(group.Count() == 1 || Choices(first) is not { } choices
                ? first
                : new Comparison(ComparisonOperator.In, choices.Fact, new ListExpression([.. group.SelectMany(g => Choices(g)!.Value.Values).Distinct()])));
        }

        return merged;
    }

    private (FactReference Fact, ImmutableArray<Expression> Values)? Choices(Expression expression) => expression switch
    {
        Comparison { Operator: ComparisonOperator.Equal, Left: FactReference fact, Right: Literal { Value: not BoolValue } value } when NeverFails(expression) => (fact, [value]),
        Comparison { Operator: ComparisonOperator.In, Left: FactReference fact, Right: ListExpression list } when NeverFails(expression) && list.Elements.All(e => e is Literal) =>
            (fact, list.Elements),
        _ => null,
    };

    // The facts' own nodes never fail; a part that reads the item of a macro is none of theirs.
    private bool NeverFails(Expression expression) => new Binder("", index, []).Bind(expression) is not null;

    private bool IsTruth(Expression expression) =>
        new Binder("", index, []).Bind(expression) is { } node ? node.Type == FactType.Bool : new CelBinder("", index, []).TypeOf(expression)?.Kind == TypeKind.Bool;

    /// <summary>The value of a part that reads no fact and does not fail, where a literal can have it.</summary>
    private FactValue? Constant(Expression expression)
    {
        if (expression is FactReference or ListExpression or MapExpression or PlainLiteral)
        {
            return null;
        }

        var binder = new CelBinder("", index, []);
        if (binder.BindStep(expression) is not { } node || binder.FactNames.Count > 0)
        {
            return null;
        }

        var value = node.Value(FactFrame.Of(index, []));
        return value is SetValue ? null : value;
    }

    private static ComparisonOperator? Opposite(ComparisonOperator relation) => relation switch
    {
        ComparisonOperator.Equal => ComparisonOperator.NotEqual,
        ComparisonOperator.NotEqual => ComparisonOperator.Equal,
        ComparisonOperator.Less => ComparisonOperator.GreaterOrEqual,
        ComparisonOperator.LessOrEqual => ComparisonOperator.Greater,
        ComparisonOperator.Greater => ComparisonOperator.LessOrEqual,
        ComparisonOperator.GreaterOrEqual => ComparisonOperator.Less,
        _ => null,
    };
}
