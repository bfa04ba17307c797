using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>Text and bytes literals: single, triple and raw quotes, with the escapes of CEL.</summary>
internal sealed partial class Lexer
{
    /// <summary>How a literal begins: <c>b</c>, <c>r</c> or <c>br</c>, if anything, and its quote.</summary>
    private readonly record struct Opening(bool IsBytes, bool IsRaw, int Letters, char Quote);

    private Opening? TextPrefix()
    {
        var letters = 0;
        var isBytes = Peek() is 'b' or 'B';
        letters += isBytes ? 1 : 0;
        var isRaw = Peek(letters) is 'r' or 'R';
        letters += isRaw ? 1 : 0;
        return Peek(letters) is '"' or '\'' ? new Opening(isBytes, isRaw, letters, Peek(letters)) : null;
    }

    private Token? Text(Opening opening)
    {
        var start = _at;
        var quote = new string(opening.Quote, Peek(opening.Letters + 1) == opening.Quote && Peek(opening.Letters + 2) == opening.Quote ? 3 : 1);
        _at += opening.Letters + quote.Length;
        var value = new Content(opening.IsBytes);
        while (true)
        {
            if (_at >= text.Length || (quote.Length == 1 && text[_at] is '\n' or '\r'))
            {
                return Fail(start, quote.Length == 1 ? "This text is not closed on its line." : "This text is not closed.", quote);
            }

            if (string.CompareOrdinal(text, _at, quote, 0, quote.Length) == 0)
            {
                _at += quote.Length;
                return new Token(opening.IsBytes ? TokenKind.Bytes : TokenKind.Text, new SourceSpan(start, _at - start), value.Read());
            }

            var ok = text[_at] == '\\' && !opening.IsRaw ? Escape(value) : Plain(value);
            if (!ok)
            {
                return null;
            }
        }
    }

    private bool Plain(Content value)
    {
        if (!Rune.TryGetRuneAt(text, _at, out var rune))
        {
            Fail(_at, $"{Describe(_at)} is half a surrogate pair, not a character.");
            return false;
        }

        value.Add(rune);
        _at += rune.Utf16SequenceLength;
        return true;
    }

    private bool Escape(Content value)
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
            value.Add(new Rune(plain));
            _at += 2;
            return true;
        }

        return Peek(1) switch
        {
            'x' or 'X' => CodePoint(value, 2, 2, 16),
            'u' when !value.IsBytes => CodePoint(value, 2, 4, 16),
            'U' when !value.IsBytes => CodePoint(value, 2, 8, 16),
            >= '0' and <= '3' => CodePoint(value, 1, 3, 8),
            _ => BadEscape(),
        };
    }

    private bool CodePoint(Content value, int skip, int digits, int radix)
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

        value.AddCode((int)code);
        _at += skip + digits;
        return true;
    }

    private bool BadEscape()
    {
        Fail(_at, "This escape names no character.", @"\\", "\\\"", @"\'", @"\n", @"\t", @"\uHHHH", @"\UHHHHHHHH");
        return false;
    }

    /// <summary>What a literal holds: characters, or of bytes their UTF-8.</summary>
    private sealed class Content(bool isBytes)
    {
        private readonly StringBuilder _text = new();
        private readonly List<byte> _bytes = [];

        public bool IsBytes => isBytes;

        public void Add(Rune rune)
        {
            if (!isBytes)
            {
                _text.Append(rune);
                return;
            }

            Span<byte> utf8 = stackalloc byte[4];
            _bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
        }

        /// <summary>A code point by its number; of bytes one byte.</summary>
        public void AddCode(int code)
        {
            if (isBytes)
            {
                _bytes.Add((byte)code);
            }
            else
            {
                _text.Append(new Rune(code));
            }
        }

        public object Read() => isBytes ? new ByteText([.. _bytes]) : _text.ToString();
    }
}
