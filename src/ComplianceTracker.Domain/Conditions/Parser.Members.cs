using System.Collections.Immutable;
using System.Globalization;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>Literals, facts, lists, calls and parentheses.</summary>
internal sealed partial class Parser
{
    private Expression? ParseMember()
    {
        var start = Current.Span;
        return ParseLinks(ParsePrimary(), start);
    }

    /// <summary>Methods, fields and elements, as many as follow.</summary>
    private Expression? ParseLinks(Expression? member, SourceSpan start)
    {
        var links = 0;
        while (member is not null && Current.Kind is TokenKind.Dot or TokenKind.OpenBracket)
        {
            if (++links > 1 && _depth + links > ConditionSyntax.MaxDepth)
            {
                return TooDeep();
            }

            _at++;
            member = tokens[_at - 1].Kind == TokenKind.OpenBracket ? ParseElement(member, start) : ParseDotted(member, start);
        }

        return member;
    }

    private Element? ParseElement(Expression list, SourceSpan start) =>
        Nested(ParseChoice) is { } key && Expect(TokenKind.CloseBracket, "']'")
            ? new Element(list, key) { Span = SpanFrom(start) }
            : null;

    private Expression? ParseDotted(Expression target, SourceSpan start)
    {
        if (Current.Kind is not (TokenKind.Identifier or TokenKind.QuotedField))
        {
            return Unexpected("a method");
        }

        if (Current.Kind == TokenKind.Identifier && Following(1) == TokenKind.OpenParenthesis)
        {
            return ParseCall(target, start);
        }

        var field = Current;
        _at++;
        return new Selection(target, (string)field.Value!) { Span = SpanFrom(start) };
    }

    private Expression? ParsePrimary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.True or TokenKind.False:
                _at++;
                return new Literal(new BoolValue(token.Kind == TokenKind.True)) { Span = token.Span };
            case TokenKind.Int or TokenKind.Double:
                return ParseNumber(negative: false, token.Span);
            case TokenKind.Uint:
                _at++;
                return new PlainLiteral((ulong)token.Value!) { Span = token.Span };
            case TokenKind.Bytes:
                _at++;
                return new PlainLiteral(token.Value!) { Span = token.Span };
            case TokenKind.Text:
                _at++;
                return new Literal(new StringValue((string)token.Value!)) { Span = token.Span };
            case TokenKind.OpenParenthesis:
                _at++;
                return Nested(ParseChoice) is { } inner && Expect(TokenKind.CloseParenthesis, "')'") ? inner : null;
            case TokenKind.OpenBracket:
                _at++;
                return ParseItems(TokenKind.CloseBracket, "']'") is { } elements
                    ? new ListExpression(elements) { Span = SpanFrom(token.Span) }
                    : null;
            case TokenKind.OpenBrace:
                _at++;
                return ParseEntries() is { } entries
                    ? new MapExpression(entries) { Span = SpanFrom(token.Span) }
                    : null;
            case TokenKind.Identifier when token.Value is "null":
                _at++;
                return new PlainLiteral(NullValue.Instance) { Span = token.Span };
            case TokenKind.Dot when Following(1) == TokenKind.Identifier && Following(2) != TokenKind.OpenParenthesis:
                _at++;
                return ParseFact() with { IsRoot = true, Span = SpanFrom(token.Span) };
            case TokenKind.Identifier:
                return Following(1) == TokenKind.OpenParenthesis ? ParseCall(null, token.Span) : ParseFact();
            default:
                return Unexpected("a value");
        }
    }

    private TokenKind Following(int ahead) => tokens[Math.Min(_at + ahead, tokens.Count - 1)].Kind;

    private Literal? ParseNumber(bool negative, SourceSpan start)
    {
        var token = Current;
        var span = SourceSpan.Between(start, token.Span);
        if (token.Value is double number)
        {
            _at++;
            return new Literal(new DoubleValue(negative ? -number : number)) { Span = span };
        }

        // The smallest long has no positive counterpart, so sign and digits are read together.
        var digits = (ulong)token.Value!;
        if (digits > long.MaxValue + (negative ? 1UL : 0UL))
        {
            Fail(start, "This number is too large for an int.", "a whole number of 64 bits", "a double, written with a fraction or an exponent");
            return null;
        }

        _at++;
        return new Literal(new IntValue(negative ? unchecked(-(long)digits) : (long)digits)) { Span = span };
    }

    /// <summary>A dotted name; an identifier before a parenthesis is left to be a method.</summary>
    private FactReference ParseFact()
    {
        var first = _at++;
        while (Current.Kind == TokenKind.Dot && Following(1) == TokenKind.Identifier && Following(2) != TokenKind.OpenParenthesis)
        {
            _at += 2;
        }

        // Blanks around the dots are allowed and not part of the name.
        var parts = tokens.GetRange(first, _at - first).Where(t => t.Kind == TokenKind.Identifier);
        return new FactReference(string.Join('.', parts.Select(t => t.Value)))
        {
            Span = SourceSpan.Between(tokens[first].Span, tokens[_at - 1].Span),
        };
    }

    private Expression? ParseCall(Expression? target, SourceSpan start)
    {
        var name = Current;
        _at++;
        if (!Expect(TokenKind.OpenParenthesis, "'('") || ParseItems(TokenKind.CloseParenthesis, "')'") is not { } arguments)
        {
            return null;
        }

        var span = SpanFrom(start);
        return target is null && name.Value is "date"
            ? ParseDate(arguments, span)
            : new Call((string)name.Value!, target, arguments) { Span = span, NameSpan = name.Span };
    }

    private Literal? ParseDate(ImmutableArray<Expression> arguments, SourceSpan span)
    {
        if (arguments is not [Literal { Value: StringValue written } day])
        {
            Fail(arguments is [var first, ..] ? first.Span : span, "date takes one text.", "date(\"YYYY-MM-DD\")");
            return null;
        }

        if (!DateOnly.TryParseExact(written.Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            Fail(day.Span, "This is no day of the calendar.", "a day as \"YYYY-MM-DD\"");
            return null;
        }

        return new Literal(new DateValue(date)) { Span = span };
    }

    private ImmutableArray<Expression>? ParseItems(TokenKind close, string sign)
    {
        var items = ImmutableArray.CreateBuilder<Expression>();
        if (Current.Kind == close)
        {
            _at++;
            return items.ToImmutable();
        }

        while (Nested(ParseChoice) is { } item)
        {
            items.Add(item);
            if (Current.Kind != TokenKind.Comma)
            {
                return Expect(close, sign) ? items.ToImmutable() : null;
            }

            _at++;
            if (close == TokenKind.CloseBracket && Current.Kind == close)
            {
                _at++;
                return items.ToImmutable();
            }
        }

        return null;
    }

    private ImmutableArray<Expression>? ParseEntries()
    {
        var entries = ImmutableArray.CreateBuilder<Expression>();
        while (Current.Kind != TokenKind.CloseBrace)
        {
            if (Nested(ParseChoice) is not { } key || !Expect(TokenKind.Colon, "':'") || Nested(ParseChoice) is not { } value)
            {
                return null;
            }

            entries.Add(key);
            entries.Add(value);
            if (Current.Kind != TokenKind.Comma)
            {
                break;
            }

            _at++;
        }

        return Expect(TokenKind.CloseBrace, "'}'") ? entries.ToImmutable() : null;
    }
}
