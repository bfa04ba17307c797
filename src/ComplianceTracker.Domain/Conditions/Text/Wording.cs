using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>Walks a tree and says it in one language.</summary>
internal sealed class Wording(PlainWords words, FactVocabulary vocabulary)
{
    private static readonly ImmutableArray<string> Macros = ["all", "exists", "exists_one", "map", "filter"];
    private static readonly ImmutableArray<string> Tests = ["startsWith", "endsWith", "contains", "matches"];

    /// <summary>A truth as a clause, or its opposite; anything else as a noun.</summary>
    public string Clause(Expression expression, bool denied) => expression switch
    {
        Literal { Value: BoolValue truth } => words.Constant(truth.Value != denied),
        FactReference fact when vocabulary.Find(fact.Name) is { Type: FactType.Bool } definition => words.Statement(definition, denied),
        Negation negation => Clause(negation.Operand, !denied),
        Junction junction => words.Join((junction.Kind == JunctionKind.And) != denied ? JunctionKind.And : JunctionKind.Or, Clauses(junction, denied)),
        Comparison { Operator: ComparisonOperator.In } membership => Membership(membership, denied),
        Comparison comparison => Relation(comparison, denied),
        Choice choice => words.If(Nested(choice.Condition, false), Nested(choice.WhenYes, denied), Nested(choice.WhenNo, denied)),
        Call { Function: "covers", Target: { } set, Arguments: [Literal { Value: StringValue code }] } =>
            words.Covers(Noun(set), words.Place(code.Value), denied),
        Call call when Tests.Contains(call.Function) => words.Call(call.Function, [.. Parts(call).Select(p => Noun(p))], denied),
        Call { Function: "all" or "exists" or "exists_one" } macro => denied ? words.Not(Noun(macro)) : Noun(macro),
        _ => denied ? words.Not(Noun(expression)) : Noun(expression),
    };

    /// <summary>Anything as a noun; a literal reads as a value of the fact beside it.</summary>
    private string Noun(Expression expression, FactDefinition? beside = null) => expression switch
    {
        Literal literal => words.Value(beside is not null && words.NamesUnit(beside) ? beside with { Unit = null } : beside, literal.Value),
        FactReference fact => vocabulary.Find(fact.Name) is { } definition ? words.Noun(definition) : words.Quoted(fact.Name),
        ListExpression list => words.List(JunctionKind.And, [.. list.Elements.Select(e => Noun(e, beside)).DefaultIfEmpty(words.Nothing)]),
        Choice choice => $"({words.If(Nested(choice.Condition, false), Noun(choice.WhenYes, beside), Noun(choice.WhenNo, beside))})",
        Call { Function: "size" } size => words.Size(Noun(Parts(size)[0])),
        Call { Target: { } list, Arguments: [FactReference item, ..] } macro when Macros.Contains(macro.Function) =>
            words.Macro(macro.Function, Noun(list), item.Name, [.. macro.Arguments.Skip(1).Select(a => Nested(a, false))]),
        Call call when Tests.Contains(call.Function) => $"({Clause(call, false)})",
        Call call => words.Call(call.Function, [.. Parts(call).Select(p => Noun(p))], false),
        PlainLiteral { IsNull: true } => words.Nothing,
        PlainLiteral plain => plain.ToString(),
        Arithmetic arithmetic => words.Arithmetic(Printer.Sign(arithmetic.Operator), Operand(arithmetic.Left), Operand(arithmetic.Right)),
        Minus minus => words.Arithmetic('-', "0", Operand(minus.Operand)),
        Element element => words.Element(Noun(element.Target), Noun(element.Key)),
        Selection selection => words.Element(Noun(selection.Target), words.Quoted(selection.Field)),
        MapExpression map => words.List(
            JunctionKind.And, [.. map.Entries.Chunk(2).Select(e => $"{Noun(e[0])}: {Noun(e[1])}").DefaultIfEmpty(words.Nothing)]),
        Negation or Junction or Comparison => $"({Clause(expression, false)})",
        _ => throw new UnreachableException(),
    };

    private string Operand(Expression expression) => expression is Arithmetic ? $"({Noun(expression)})" : Noun(expression);

    /// <summary>The operands of a junction; values of one set that stand beside each other make one clause.</summary>
    private List<string> Clauses(Junction junction, bool denied)
    {
        var all = (junction.Kind == JunctionKind.And) != denied;
        var clauses = new List<string>();
        for (var i = 0; i < junction.Operands.Length; i++)
        {
            var values = new List<string>();
            while (i + values.Count < junction.Operands.Length && IsListed(junction.Operands[i + values.Count], out var set, out var value)
                && set == ((Comparison)junction.Operands[i]).Right)
            {
                values.Add(words.Text(Definition(set), value));
            }

            // "Does not include a, or does not include b" has no shorter words.
            if (values.Count < 2 || (denied && !all))
            {
                clauses.Add(Nested(junction.Operands[i], denied));
                continue;
            }

            var kind = all && !denied ? JunctionKind.And : JunctionKind.Or;
            clauses.Add(words.Includes(Noun(((Comparison)junction.Operands[i]).Right), words.List(kind, values), denied));
            i += values.Count - 1;
        }

        return clauses;
    }

    private static bool IsListed(Expression expression, [NotNullWhen(true)] out FactReference? set, out string value)
    {
        (set, value) = expression is Comparison { Operator: ComparisonOperator.In, Left: Literal { Value: StringValue text }, Right: FactReference fact }
            ? (fact, text.Value)
            : (null, "");
        return set is not null;
    }

    // One level of brackets keeps "and" apart from "or".
    private string Nested(Expression expression, bool denied)
    {
        var bare = expression is Negation negation ? negation.Operand : expression;
        return bare is Junction or Choice ? $"({Clause(expression, denied)})" : Clause(expression, denied);
    }

    private string Membership(Comparison membership, bool denied)
    {
        if (membership.Right is ListExpression list)
        {
            var elements = list.Elements.Select(e => Noun(e, Definition(membership.Left))).DefaultIfEmpty(words.Nothing);
            return words.OneOf(Noun(membership.Left), words.List(JunctionKind.Or, [.. elements]), denied);
        }

        return words.Includes(Noun(membership.Right), Noun(membership.Left, Definition(membership.Right)), denied);
    }

    private string Relation(Comparison comparison, bool denied)
    {
        // The law says "the figure is at least", never "at most the figure".
        var (left, right, relation) = comparison.Left is Literal && comparison.Right is not Literal
            ? (comparison.Right, comparison.Left, Mirrored(comparison.Operator))
            : (comparison.Left, comparison.Right, comparison.Operator);
        var equality = relation is ComparisonOperator.Equal or ComparisonOperator.NotEqual;
        if (equality && IsTruth(left))
        {
            var differs = denied != (relation == ComparisonOperator.NotEqual);
            return right is Literal { Value: BoolValue truth } ? Clause(left, differs == truth.Value) : words.BothOrNeither(Clause(left, false), Clause(right, false), differs);
        }

        // What is not a number (0.0 / 0.0) is neither below nor above: only plain operands are denied by the opposite sign.
        var plain = equality || (left is Literal or FactReference or Call { Function: "size" } && right is Literal or FactReference);
        var text = Noun(left, Definition(right)) + words.Relation(denied && plain ? Opposite(relation) : relation, IsDay(left) || IsDay(right)) + Noun(right, Definition(left));
        return denied && !plain ? words.Not(text) : text;
    }

    private bool IsTruth(Expression expression) => expression switch
    {
        Literal literal => literal.Value is BoolValue,
        FactReference => Definition(expression)?.Type == FactType.Bool,
        Negation or Junction or Comparison => true,
        _ => false,
    };

    private bool IsDay(Expression expression) => expression is Literal { Value: DateValue } || Definition(expression)?.Type == FactType.Date;

    private FactDefinition? Definition(Expression expression) => expression is FactReference fact ? vocabulary.Find(fact.Name) : null;

    private static ImmutableArray<Expression> Parts(Call call) => call.Target is null ? call.Arguments : [call.Target, .. call.Arguments];

    private static ComparisonOperator Mirrored(ComparisonOperator relation) => relation switch
    {
        ComparisonOperator.Less => ComparisonOperator.Greater,
        ComparisonOperator.LessOrEqual => ComparisonOperator.GreaterOrEqual,
        ComparisonOperator.Greater => ComparisonOperator.Less,
        ComparisonOperator.GreaterOrEqual => ComparisonOperator.LessOrEqual,
        _ => relation,
    };

    private static ComparisonOperator Opposite(ComparisonOperator relation) => relation switch
    {
        ComparisonOperator.Less => ComparisonOperator.GreaterOrEqual,
        ComparisonOperator.LessOrEqual => ComparisonOperator.Greater,
        ComparisonOperator.Greater => ComparisonOperator.LessOrEqual,
        ComparisonOperator.GreaterOrEqual => ComparisonOperator.Less,
        ComparisonOperator.Equal => ComparisonOperator.NotEqual,
        _ => ComparisonOperator.Equal,
    };
}
