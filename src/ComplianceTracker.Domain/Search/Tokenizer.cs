using System.Text;

namespace ComplianceTracker.Domain.Search;

/// <summary>
/// Cuts texts into what can be found. Words are folded and lose a simple English plural or possessive ending; letters and digits part
/// (<c>NIS2</c> is <c>nis</c> and <c>2</c>), so that numbers are found however they are joined. Han characters go in overlapping pairs,
/// so that every two of them that stand together are found, without a dictionary. A Chinese citation (第三十八条) is told again, after a gap,
/// as an English one would be.
/// </summary>
internal static class Tokenizer
{
    /// <summary>The words, numbers and pairs of a text in order.</summary>
    /// <param name="text">The text.</param>
    /// <param name="asWritten">True: words keep the endings of plurals.</param>
    public static List<Token> Words(string text, bool asWritten = false) => new Cutter(text, asWritten).Tokens;

    /// <summary>The tokens of a text in order, then, each after a gap, those of its Chinese citations.</summary>
    public static List<Token> Of(string text)
    {
        var tokens = Words(text);
        foreach (var citation in Citations.In(text))
        {
            tokens.Add(Token.Gap);
            tokens.AddRange(citation.Tokens());
        }

        return tokens;
    }

    private sealed class Cutter
    {
        private readonly StringBuilder word = new();
        private readonly List<(string Character, int Start, int End)> han = [];
        private LetterKind open = LetterKind.Separator;
        private int start;
        private int end;
        private readonly bool asWritten;
        private int runs;

        public Cutter(string text, bool asWritten)
        {
            this.asWritten = asWritten;
            for (var at = 0; at < text.Length;)
            {
                var rune = Rune.TryGetRuneAt(text, at, out var read) ? read : Rune.ReplacementChar;
                var next = at + rune.Utf16SequenceLength;
                var kind = Letters.Of(rune, out var folded);
                if (kind == LetterKind.Separator && open == LetterKind.Letter && IsPossessive(text, at))
                {
                    end = next + 1;
                    at = end;
                    Close();
                    continue;
                }

                Take(kind, folded, at, next);
                at = next;
            }

            Close();
        }

        public List<Token> Tokens { get; } = [];

        private void Take(LetterKind kind, Rune folded, int from, int to)
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
                (open, start) = (kind, from);
            }

            end = to;
            if (kind == LetterKind.Han)
            {
                han.Add((folded.ToString(), from, to));
            }
            else if (kind != LetterKind.Separator)
            {
                Letters.Append(word, folded);
            }
        }

        private void Close()
        {
            if (open is LetterKind.Letter or LetterKind.Digit)
            {
                Tokens.Add(new(open == LetterKind.Letter && !asWritten ? Plurals.Without(word.ToString()) : word.ToString(), start, end, end, open, runs++));
            }

            for (var i = 0; i < han.Count; i++)
            {
                var (character, from, to) = han[i];
                Tokens.Add(i + 1 < han.Count
                    ? new(character + han[i + 1].Character, from, to, han[i + 1].End, LetterKind.Han, runs)
                    : new(character, from, to, to, LetterKind.Han, runs++));
            }

            word.Clear();
            han.Clear();
            open = LetterKind.Separator;
        }

        private static bool IsPossessive(string text, int at) =>
            text[at] is '\'' or '’' && at + 1 < text.Length && text[at + 1] is 's' or 'S' && (at + 2 == text.Length || !char.IsLetterOrDigit(text[at + 2]));
    }
}

/// <summary>Simple English plurals: the S-stemmer (Harman 1991), which conflates few words that differ, on both sides alike.</summary>
internal static class Plurals
{
    /// <summary>The folded word without the ending of a plural.</summary>
    public static string Without(string word)
    {
        if (word.Length < 4 || word[^1] != 's' || word is "news")
        {
            return word;
        }

        return word.EndsWith("ies", StringComparison.Ordinal) && word[^4] is not ('a' or 'e') ? word[..^3] + "y"
            : word.EndsWith("sses", StringComparison.Ordinal) || word.EndsWith("xes", StringComparison.Ordinal) ? word[..^2]
            : word[^2] is 's' or 'u' or 'i' ? word
            : word[..^1];
    }
}
