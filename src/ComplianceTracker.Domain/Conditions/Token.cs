namespace ComplianceTracker.Domain.Conditions;

internal enum TokenKind
{
    End,
    Identifier,
    Int,
    Double,
    Text,
    True,
    False,
    In,
    And,
    Or,
    Not,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Question,
    Colon,
    Dot,
    Comma,
    Minus,
    OpenParenthesis,
    CloseParenthesis,
    OpenBracket,
    CloseBracket,
}

/// <summary>One token. <see cref="Value"/> is the identifier, the unescaped text, the double, or the digits of an int as ulong.</summary>
internal readonly record struct Token(TokenKind Kind, SourceSpan Span, object? Value = null);
