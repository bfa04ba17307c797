using System.Collections.Immutable;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>
/// Builds the tree by recursive descent, one method for each level of precedence. A method gives null after an error;
/// the first error stays. Recursion is bounded by <see cref="ConditionSyntax.MaxDepth"/>.
/// </summary>
internal sealed partial class Parser(string text, List<Token> tokens)
{
    private int _at;
    private int _depth;

    /// <summary>Set when <see cref="ParseCondition"/> gave null.</summary>
    public ConditionError? Error { get; private set; }

    private Token Current => tokens[_at];

    /// <summary>The whole text as one expression.</summary>
    public Expression? ParseCondition()
    {
        if (Current.Kind == TokenKind.End)
        {
            return Fail(Current.Span, "The condition is empty.", "an expression");
        }

        var root = ParseChoice();
        if (root is not null && Current.Kind != TokenKind.End)
        {
            return Unexpected("an operator", "the end of the condition");
        }

        // Chains inside nesting add up: whoever walks the tree must be able to recurse.
        return root?.PartAt(ConditionSyntax.MaxHeight) is { } tooDeep ? TooDeep(tooDeep.Span) : root;
    }

    /// <summary>From a token to the last one read, parentheses of its parts and all.</summary>
    private SourceSpan SpanFrom(SourceSpan start) => SourceSpan.Between(start, tokens[_at - 1].Span);

    private Expression? ParseChoice()
    {
        var start = Current.Span;
        var condition = ParseOr();
        if (condition is null || Current.Kind != TokenKind.Question)
        {
            return condition;
        }

        _at++;
        if (ParseOr() is not { } whenYes || !Expect(TokenKind.Colon, "':'") || Nested(ParseChoice) is not { } whenNo)
        {
            return null;
        }

        return new Choice(condition, whenYes, whenNo) { Span = SpanFrom(start) };
    }

    private Expression? ParseOr() => ParseJunction(TokenKind.Or, JunctionKind.Or, ParseAnd);

    private Expression? ParseAnd() => ParseJunction(TokenKind.And, JunctionKind.And, ParseRelation);

    private Expression? ParseJunction(TokenKind sign, JunctionKind kind, Func<Expression?> operand)
    {
        var start = Current.Span;
        var first = operand();
        if (first is null || Current.Kind != sign)
        {
            return first;
        }

        var operands = new List<Expression> { first };
        while (Current.Kind == sign)
        {
            _at++;
            if (operand() is not { } next)
            {
                return null;
            }

            operands.Add(next);
        }

        return Junction.Of(kind, operands) with { Span = SpanFrom(start) };
    }

    private Expression? ParseRelation()
    {
        var start = Current.Span;
        var left = ParseSum();
        var links = 0;
        while (left is not null && Relation(Current.Kind) is { } relation)
        {
            // The tree of a chain grows to the left without recursion here, so the depth is counted by hand.
            if (++links > 1 && _depth + links > ConditionSyntax.MaxDepth)
            {
                return TooDeep();
            }

            _at++;
            left = ParseSum() is { } right
                ? new Comparison(relation, left, right) { Span = SpanFrom(start) }
                : null;
        }

        return left;
    }

    private Expression? ParseSum() => ParseArithmetic(
        kind => kind switch { TokenKind.Plus => ArithmeticOperator.Add, TokenKind.Minus => ArithmeticOperator.Subtract, _ => null }, ParseProduct);

    private Expression? ParseProduct() => ParseArithmetic(
        kind => kind switch
        {
            TokenKind.Star => ArithmeticOperator.Multiply,
            TokenKind.Slash => ArithmeticOperator.Divide,
            TokenKind.Percent => ArithmeticOperator.Modulo,
            _ => null,
        },
        ParseUnary);

    private Expression? ParseArithmetic(Func<TokenKind, ArithmeticOperator?> operatorOf, Func<Expression?> operand)
    {
        var start = Current.Span;
        var left = operand();
        var links = 0;
        while (left is not null && operatorOf(Current.Kind) is { } sign)
        {
            if (++links > 1 && _depth + links > ConditionSyntax.MaxDepth)
            {
                return TooDeep();
            }

            _at++;
            left = operand() is { } right
                ? new Arithmetic(sign, left, right) { Span = SpanFrom(start) }
                : null;
        }

        return left;
    }

    private static ComparisonOperator? Relation(TokenKind kind) => kind switch
    {
        TokenKind.Equal => ComparisonOperator.Equal,
        TokenKind.NotEqual => ComparisonOperator.NotEqual,
        TokenKind.Less => ComparisonOperator.Less,
        TokenKind.LessOrEqual => ComparisonOperator.LessOrEqual,
        TokenKind.Greater => ComparisonOperator.Greater,
        TokenKind.GreaterOrEqual => ComparisonOperator.GreaterOrEqual,
        TokenKind.In => ComparisonOperator.In,
        _ => null,
    };

    private Expression? ParseUnary()
    {
        var start = Current.Span;
        switch (Current.Kind)
        {
            case TokenKind.Not:
                _at++;
                return Nested(ParseUnary) is { } operand
                    ? new Negation(operand) { Span = SpanFrom(start) }
                    : null;
            case TokenKind.Minus:
                _at++;
                if (Current.Kind is TokenKind.Int or TokenKind.Double)
                {
                    return ParseNumber(negative: true, start);
                }

                return Nested(ParseUnary) is { } number ? new Minus(number) { Span = SpanFrom(start) } : null;
            default:
                return ParseMember();
        }
    }

    private Expression? Nested(Func<Expression?> parse)
    {
        if (++_depth > ConditionSyntax.MaxDepth)
        {
            return TooDeep();
        }

        var nested = parse();
        _depth--;
        return nested;
    }

    private bool Expect(TokenKind kind, string sign)
    {
        if (Current.Kind != kind)
        {
            Unexpected(sign);
            return false;
        }

        _at++;
        return true;
    }

    private Expression? TooDeep() => TooDeep(Current.Span);

    private Expression? TooDeep(SourceSpan at) =>
        Fail(at, "The condition nests too deeply.", $"at most {ConditionSyntax.MaxDepth} levels");

    private Expression? Unexpected(params ImmutableArray<string> expected) => Fail(
        Current.Span,
        Current.Kind == TokenKind.End
            ? $"The condition ends where {expected[0]} is expected."
            : $"'{text.AsSpan(Current.Span.Start, Current.Span.Length)}' stands where {expected[0]} is expected.",
        expected);

    private Expression? Fail(SourceSpan at, string message, params ImmutableArray<string> expected)
    {
        Error ??= ConditionError.At(text, at.Start, message, expected);
        return null;
    }
}
