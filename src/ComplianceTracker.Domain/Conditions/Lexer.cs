using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>Splits a text into tokens. Stops at the first error.</summary>
internal sealed partial class Lexer(string text)
{
    private int _at;

    /// <summary>Set when <see cref="Read"/> gave null.</summary>
    public ConditionError? Error { get; private set; }

    /// <summary>The tokens, the last of them the end; null at an error.</summary>
    public List<Token>? Read()
    {
        var tokens = new List<Token>();
        while (true)
        {
            SkipBlanks();
            if (Next() is not { } token)
            {
                return null;
            }

            tokens.Add(token);
            if (token.Kind == TokenKind.End)
            {
                return tokens;
            }
        }
    }

    private char Peek(int ahead = 0) => _at + ahead < text.Length ? text[_at + ahead] : '\0';

    private void SkipBlanks()
    {
        while (_at < text.Length)
        {
            if (text[_at] is ' ' or '\t' or '\n' or '\r' or '\f')
            {
                _at++;
            }
            else if (text[_at] == '/' && Peek(1) == '/')
            {
                var end = text.AsSpan(_at).IndexOfAny('\n', '\r');
                _at = end < 0 ? text.Length : _at + end;
            }
            else
            {
                return;
            }
        }
    }

    private Token? Next()
    {
        if (_at >= text.Length)
        {
            return new Token(TokenKind.End, new SourceSpan(_at, 0));
        }

        var c = text[_at];
        if (TextPrefix() is { } prefix)
        {
            return Text(prefix);
        }

        if (char.IsAsciiLetter(c) || c == '_')
        {
            return Word();
        }

        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1))))
        {
            return Number();
        }

        return c == '`' ? QuotedField() : Sign(c);
    }

    private Token? QuotedField()
    {
        var start = _at++;
        while (IsWordPart(Peek()) || Peek() is '.' or '-' or '/' or ' ')
        {
            _at++;
        }

        if (Peek() != '`' || _at == start + 1)
        {
            return Fail(start, "This is no field between backticks: letters, digits, '_', '.', '-', '/' and blanks.", "`field`");
        }

        _at++;
        return new Token(TokenKind.QuotedField, new SourceSpan(start, _at - start), text[(start + 1)..(_at - 1)]);
    }

    private Token Word()
    {
        var start = _at;
        while (IsWordPart(Peek()))
        {
            _at++;
        }

        var word = text[start.._at];
        var kind = word switch
        {
            "true" => TokenKind.True,
            "false" => TokenKind.False,
            "in" => TokenKind.In,
            _ => TokenKind.Identifier,
        };
        return new Token(kind, new SourceSpan(start, _at - start), word);
    }

    private static bool IsWordPart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private Token? Number()
    {
        var start = _at;
        if (Peek() == '0' && Peek(1) is 'x' or 'X')
        {
            return Hexadecimal(start);
        }

        SkipDigits();
        var isDouble = false;
        if (Peek() == '.' && char.IsAsciiDigit(Peek(1)))
        {
            isDouble = true;
            _at++;
            SkipDigits();
        }

        if (Peek() is 'e' or 'E')
        {
            var sign = Peek(1) is '+' or '-' ? 1 : 0;
            if (!char.IsAsciiDigit(Peek(1 + sign)))
            {
                return Fail(start, "This number's exponent has no digits.", "a number");
            }

            isDouble = true;
            _at += 1 + sign;
            SkipDigits();
        }

        var isUint = !isDouble && Peek() is 'u' or 'U';
        return IsWordPart(Peek(isUint ? 1 : 0)) ? Fail(start, "A letter follows this number.", "a number") : NumberToken(start, isDouble, isUint);
    }

    private Token? Hexadecimal(int start)
    {
        _at += 2;
        var first = _at;
        while (char.IsAsciiHexDigit(Peek()))
        {
            _at++;
        }

        var digits = text.AsSpan(first, _at - first);
        var isUint = Peek() is 'u' or 'U';
        if (digits.IsEmpty || IsWordPart(Peek(isUint ? 1 : 0)))
        {
            return Fail(start, "This is no hexadecimal number.", "0x and hexadecimal digits");
        }

        return ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var whole)
            ? Whole(start, whole, isUint)
            : TooLarge(start);
    }

    private Token Whole(int start, ulong digits, bool isUint)
    {
        _at += isUint ? 1 : 0;
        return new Token(isUint ? TokenKind.Uint : TokenKind.Int, new SourceSpan(start, _at - start), digits);
    }

    private Token? TooLarge(int start) =>
        Fail(start, "This number is too large for an int.", "a whole number of 64 bits", "a double, written with a fraction or an exponent");

    private Token? NumberToken(int start, bool isDouble, bool isUint)
    {
        var span = new SourceSpan(start, _at - start);
        var digits = text.AsSpan(start, span.Length);
        if (isDouble)
        {
            var value = double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
            return double.IsFinite(value)
                ? new Token(TokenKind.Double, span, value)
                : Fail(start, "This number is too large for a double.", "a number up to 1.7e+308");
        }

        return ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var whole)
            ? Whole(start, whole, isUint)
            : TooLarge(start);
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(Peek()))
        {
            _at++;
        }
    }

    private Token? Sign(char c)
    {
        var (kind, length) = (c, Peek(1)) switch
        {
            ('&', '&') => (TokenKind.And, 2),
            ('|', '|') => (TokenKind.Or, 2),
            ('=', '=') => (TokenKind.Equal, 2),
            ('!', '=') => (TokenKind.NotEqual, 2),
            ('<', '=') => (TokenKind.LessOrEqual, 2),
            ('>', '=') => (TokenKind.GreaterOrEqual, 2),
            ('!', _) => (TokenKind.Not, 1),
            ('<', _) => (TokenKind.Less, 1),
            ('>', _) => (TokenKind.Greater, 1),
            ('?', _) => (TokenKind.Question, 1),
            (':', _) => (TokenKind.Colon, 1),
            ('.', _) => (TokenKind.Dot, 1),
            (',', _) => (TokenKind.Comma, 1),
            ('+', _) => (TokenKind.Plus, 1),
            ('-', _) => (TokenKind.Minus, 1),
            ('*', _) => (TokenKind.Star, 1),
            ('/', _) => (TokenKind.Slash, 1),
            ('%', _) => (TokenKind.Percent, 1),
            ('(', _) => (TokenKind.OpenParenthesis, 1),
            (')', _) => (TokenKind.CloseParenthesis, 1),
            ('[', _) => (TokenKind.OpenBracket, 1),
            (']', _) => (TokenKind.CloseBracket, 1),
            ('{', _) => (TokenKind.OpenBrace, 1),
            ('}', _) => (TokenKind.CloseBrace, 1),
            _ => (TokenKind.End, 0),
        };
        if (length == 0)
        {
            return UnknownSign(c);
        }

        _at += length;
        return new Token(kind, new SourceSpan(_at - length, length));
    }

    private Token? UnknownSign(char c) => c switch
    {
        '&' => Fail(_at, "A single '&' means nothing here.", "'&&'"),
        '|' => Fail(_at, "A single '|' means nothing here.", "'||'"),
        '=' => Fail(_at, "A single '=' means nothing here.", "'=='"),
        _ => Fail(_at, $"{Describe(_at)} means nothing here."),
    };

    /// <summary>A character in words that survive any encoding: half a surrogate pair or a control character by number.</summary>
    private string Describe(int offset)
    {
        var valid = Rune.TryGetRuneAt(text, offset, out var rune);
        return valid && !Rune.IsControl(rune) ? $"'{rune}'" : $"U+{(valid ? rune.Value : text[offset]):X4}";
    }

    private Token? Fail(int offset, string message, params ImmutableArray<string> expected)
    {
        Error = ConditionError.At(text, offset, message, expected);
        return null;
    }
}
