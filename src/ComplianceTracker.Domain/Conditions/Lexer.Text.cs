using System.Globalization;
using System.Text;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>Text literals, with the escapes of CEL.</summary>
internal sealed partial class Lexer
{
    private Token? Text(char quote)
    {
        var start = _at++;
        var value = new StringBuilder();
        while (true)
        {
            if (_at >= text.Length || text[_at] is '\n' or '\r')
            {
                return Fail(start, "This text is not closed on its line.", quote.ToString());
            }

            if (text[_at] == quote)
            {
                _at++;
                return new Token(TokenKind.Text, new SourceSpan(start, _at - start), value.ToString());
            }

            var ok = text[_at] == '\\' ? Escape(value) : Plain(value);
            if (!ok)
            {
                return null;
            }
        }
    }

    private bool Plain(StringBuilder value)
    {
        if (!Rune.TryGetRuneAt(text, _at, out var rune))
        {
            Fail(_at, $"{Describe(_at)} is half a surrogate pair, not a character.");
            return false;
        }

        if (Rune.IsControl(rune) && rune.Value != '\t')
        {
            Fail(_at, $"The control character {Describe(_at)} stands in a text.", $"\\u{rune.Value:x4}");
            return false;
        }

        value.Append(text, _at, rune.Utf16SequenceLength);
        _at += rune.Utf16SequenceLength;
        return true;
    }

    private bool Escape(StringBuilder value)
    {
        var plain = Peek(1) switch
        {
            'a' => '\a',
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            '\\' or '?' or '"' or '\'' or '`' => Peek(1),
            _ => '\0',
        };
        if (plain != '\0')
        {
            value.Append(plain);
            _at += 2;
            return true;
        }

        return Peek(1) switch
        {
            'x' or 'X' => CodePoint(value, 2, 2, 16),
            'u' => CodePoint(value, 2, 4, 16),
            'U' => CodePoint(value, 2, 8, 16),
            >= '0' and <= '3' => CodePoint(value, 1, 3, 8),
            _ => BadEscape(),
        };
    }

    private bool CodePoint(StringBuilder value, int skip, int digits, int radix)
    {
        var code = 0L;
        for (var i = 0; i < digits; i++)
        {
            var c = Peek(skip + i);
            if (!char.IsAsciiHexDigit(c) || (radix == 8 && c is < '0' or > '7'))
            {
                return BadEscape();
            }

            code = (code * radix) + int.Parse([c], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }

        if (code > int.MaxValue || !Rune.IsValid((int)code))
        {
            return BadEscape();
        }

        value.Append(new Rune((int)code).ToString());
        _at += skip + digits;
        return true;
    }

    private bool BadEscape()
    {
        Fail(_at, "This escape names no character.", @"\\", "\\\"", @"\'", @"\n", @"\t", @"\uHHHH", @"\UHHHHHHHH");
        return false;
    }
}
