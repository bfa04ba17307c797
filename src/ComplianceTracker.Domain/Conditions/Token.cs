namespace ComplianceTracker.Domain.Conditions;

internal enum TokenKind
{
    End,
    Identifier,
    QuotedField,
    Int,
    Uint,
    Double,
    Text,
    Bytes,
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
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    OpenParenthesis,
    CloseParenthesis,
    OpenBracket,
    CloseBracket,
    OpenBrace,
    CloseBrace,
}

/// <summary>One token. <see cref="Value"/> is the identifier, the field between backticks, the unescaped text or bytes, the double, or the digits of an int or uint as ulong.</summary>
internal readonly record struct Token(TokenKind Kind, SourceSpan Span, object? Value = null);
