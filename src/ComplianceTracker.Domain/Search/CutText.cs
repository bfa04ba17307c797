using System.Text;

namespace ComplianceTracker.Domain.Search;

/// <summary>
/// A text cut into what can be found. Words are folded and lose a simple English plural or possessive ending; letters and digits part
/// (<c>NIS2</c> is <c>nis</c> and <c>2</c>), so that numbers are found however they are joined. Han characters go in overlapping pairs,
/// so that every two of them that stand together are found, without a dictionary. A Chinese citation (第三十八条) is told again, after a gap,
/// as an English one would be. One object cuts one text after the other: what it held of the one before is gone.
/// </summary>
internal sealed class CutText
{
    private readonly List<(int Folded, int Start, int End)> han = [];
    private char[] folded = new char[256];
    private int length;
    private bool asWritten;
    private LetterKind open = LetterKind.Separator;
    private int word;
    private int start;
    private int end;
    private int runs;

    /// <summary>The words, numbers and pairs in order, then, each after a gap, the citations.</summary>
    public List<Token> Tokens { get; } = [];

    /// <summary>What is found at the token.</summary>
    public ReadOnlySpan<char> TermOf(Token token) => folded.AsSpan(token.Term);

    /// <summary>Cuts a text with its citations, as it can be found.</summary>
    public void Cut(string text)
    {
        CutWords(text);
        foreach (var citation in Citations.In(text))
        {
            Tokens.Add(new(0..0, 0, 0, 0, LetterKind.Separator, -1));
            AddCitation(citation);
        }
    }

    /// <summary>Cuts a text into words, numbers and pairs alone.</summary>
    /// <param name="text">The text.</param>
    /// <param name="keepPlurals">True: words keep the endings of plurals.</param>
    public void CutWords(string text, bool keepPlurals = false)
    {
        Tokens.Clear();
        (length, runs, open, asWritten) = (0, 0, LetterKind.Separator, keepPlurals);
        for (var at = 0; at < text.Length;)
        {
            var rune = Rune.TryGetRuneAt(text, at, out var read) ? read : Rune.ReplacementChar;
            var next = at + rune.Utf16SequenceLength;
            var kind = Letters.Of(rune, out var letter);
            if (kind == LetterKind.Separator && open == LetterKind.Letter && IsPossessive(text, at))
            {
                at = end = next + 1;
                Close();
                continue;
            }

            Take(kind, letter, at, next);
            at = next;
        }

        Close();
    }

    /// <summary>Adds a citation as an English one would be cut; its two tokens reach together over all of it.</summary>
    public void AddCitation(Citation citation)
    {
        Tokens.Add(new(Add(citation.Word), citation.Start, citation.NumberStart, citation.NumberStart, LetterKind.Letter, runs++));
        Tokens.Add(new(Add(citation.Number), citation.NumberStart, citation.End, citation.End, LetterKind.Digit, runs++));

        Range Add(string term)
        {
            var from = length;
            foreach (var letter in term)
            {
                Append(letter);
            }

            return from..length;
        }
    }

    private void Take(LetterKind kind, Rune letter, int from, int to)
    {
        if (kind == LetterKind.Ignored)
        {
            if (open == LetterKind.Han)
            {
                han[^1] = han[^1] with { End = to };
            }

            end = to;
            return;
        }

        if (kind != open)
        {
            Close();
            (open, word, start) = (kind, length, from);
        }

        end = to;
        if (kind == LetterKind.Separator)
        {
            return;
        }

        if (kind == LetterKind.Han)
        {
            han.Add((length, from, to));
        }

        switch (letter.Value)
        {
            // Two letters stand for one.
            case 'ß':
                Append('s');
                Append('s');
                break;
            case 'æ' or 'œ':
                Append(letter.Value == 'æ' ? 'a' : 'o');
                Append('e');
                break;
            case 'þ':
                Append('t');
                Append('h');
                break;
            case <= char.MaxValue:
                Append((char)letter.Value);
                break;
            default:
                Span<char> pair = stackalloc char[2];
                letter.EncodeToUtf16(pair);
                Append(pair[0]);
                Append(pair[1]);
                break;
        }
    }

    private void Close()
    {
        if (open is LetterKind.Letter or LetterKind.Digit)
        {
            if (open == LetterKind.Letter && !asWritten)
            {
                length = word + Plurals.Strip(folded.AsSpan(word, length - word));
            }

            Tokens.Add(new(word..length, start, end, end, open, runs++));
        }
        else if (open == LetterKind.Han)
        {
            for (var i = 0; i < han.Count; i++)
            {
                var (from, first, head) = han[i];
                var isLast = i + 1 == han.Count;
                var to = i + 2 < han.Count ? han[i + 2].Folded : length;
                Tokens.Add(new(from..to, first, head, isLast ? head : han[i + 1].End, LetterKind.Han, runs));
            }

            runs++;
            han.Clear();
        }

        open = LetterKind.Separator;
    }

    private void Append(char letter)
    {
        if (length == folded.Length)
        {
            Array.Resize(ref folded, length * 2);
        }

        folded[length++] = letter;
    }

    private static bool IsPossessive(string text, int at) =>
        text[at] is '\'' or '’' && at + 1 < text.Length && text[at + 1] is 's' or 'S' && (at + 2 == text.Length || !char.IsLetterOrDigit(text[at + 2]));
}

/// <summary>Simple English plurals: the S-stemmer (Harman 1991), which conflates few words that differ, on both sides alike.</summary>
internal static class Plurals
{
    /// <summary>Makes a folded word one without the ending of a plural, in place.</summary>
    /// <returns>How long it is then.</returns>
    public static int Strip(Span<char> word)
    {
        if (word.Length < 4 || word[^1] != 's' || word is "news")
        {
            return word.Length;
        }

        if (word.EndsWith("ies") && word[^4] is not ('a' or 'e'))
        {
            word[^3] = 'y';
            return word.Length - 2;
        }

        return word.EndsWith("sses") || word.EndsWith("xes") ? word.Length - 2
            : word[^2] is 's' or 'u' or 'i' ? word.Length
            : word.Length - 1;
    }
}
