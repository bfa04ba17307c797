using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace ComplianceTracker.Domain.Search;

/// <summary>
/// What someone looks for: units of which an instrument must hold every one. A unit is a word, or words that follow one another: in
/// quotes, joined by punctuation (<c>2016/679</c>), a run of Han characters, a citation (<c>Art. 38</c>). The last word, unless it is in
/// quotes, is a beginning; a number is always whole.
/// </summary>
public sealed record SearchQuery
{
    private const string Joining = "-/.'’_:&()§#–—+·";
    private static readonly SearchValues<char> Quotes = SearchValues.Create("\"“”„«»「」");

    private SearchQuery(ImmutableArray<ImmutableArray<SearchElement>> units, int length) => (Units, Length) = (units, length);

    internal ImmutableArray<ImmutableArray<SearchElement>> Units { get; }

    /// <summary>How many terms a text has that is nothing but the query.</summary>
    internal int Length { get; }

    /// <summary>The query in a text, or null: nothing in it can be looked for.</summary>
    public static SearchQuery? Of(string text)
    {
        var units = new Dictionary<string, (ImmutableArray<SearchElement> Elements, int Terms)>(StringComparer.Ordinal);
        var parts = Parts(text).ToList();
        for (var i = 0; i < parts.Count; i++)
        {
            var (words, quoted) = (parts[i].Words, parts[i].Quoted);

            // "Article 38" is one thing in two parts.
            if (words is [{ Kind: LetterKind.Letter } word] && Citations.IsWord(word.Term) && !quoted && i + 1 < parts.Count && parts[i + 1] is { Quoted: false, Words: [{ Kind: LetterKind.Digit }, ..] })
            {
                words = [word, .. parts[++i].Words];
            }

            // A word said twice is looked for once.
            var unit = Unit(words, parts[i].LastAsWritten, i == parts.Count - 1 && !quoted);
            units.TryAdd(string.Join('\n', unit.Select(e => e.Key)), (unit, words.Length));
        }

        return units.Count == 0 ? null : new SearchQuery([.. units.Values.Select(u => u.Elements)], units.Values.Sum(u => u.Terms));
    }

    private static ImmutableArray<SearchElement> Unit(ImmutableArray<Word> words, string lastAsWritten, bool isLast)
    {
        var elements = ImmutableArray.CreateBuilder<SearchElement>(words.Length);
        for (var i = 0; i < words.Length; i++)
        {
            var (word, ends) = (words[i], i == words.Length - 1);
            if (!ends)
            {
                elements.Add(word.Kind == LetterKind.Letter && words[i + 1].Kind == LetterKind.Digit
                    ? new([.. Citations.SameBeforeNumber(word.Term)], null)
                    : new([word.Term], null));
            }
            else if (word.Kind == LetterKind.Han)
            {
                // The last character of a run stands in a text before another one, or at the end; the pair before it says enough.
                if (i == 0 || words[i - 1].Run != word.Run)
                {
                    elements.Add(new([word.Term], word.Term));
                }
            }
            else
            {
                elements.Add(isLast && word.Kind == LetterKind.Letter ? Beginning(word.Term, lastAsWritten) : new([word.Term], null));
            }
        }

        return elements.DrainToImmutable();
    }

    // Someone who has come as far as "polici" is about to write a plural.
    private static SearchElement Beginning(string term, string written) => written.EndsWith('i') || written.EndsWith("ie", StringComparison.Ordinal)
        ? new([term, written[..written.LastIndexOf('i')] + "y"], written)
        : new([term], written);

    private static IEnumerable<Part> Parts(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var close = Quotes.Contains(text[at]) ? text.AsSpan(at + 1).IndexOfAny(Quotes) : -1;
            if (close >= 0)
            {
                if (Part.Of(text.Substring(at + 1, close), true) is { } quoted)
                {
                    yield return quoted;
                }

                at += close + 2;
                continue;
            }

            var end = at;
            while (end < text.Length && Joins(text, end, out var length))
            {
                end += length;
            }

            foreach (var part in OfChunk(text[at..end]))
            {
                yield return part;
            }

            at = Math.Max(end, at + 1);
        }
    }

    // A Chinese citation is a unit of its own, however it stands in a run.
    private static IEnumerable<Part> OfChunk(string chunk)
    {
        var from = 0;
        foreach (var citation in Citations.In(chunk))
        {
            if (Part.Of(chunk[from..citation.Start], false) is { } before)
            {
                yield return before;
            }

            var cut = new CutText();
            cut.AddCitation(citation);
            yield return new Part(WordsOf(cut), "", false);
            from = citation.End;
        }

        if (Part.Of(chunk[from..], false) is { } rest)
        {
            yield return rest;
        }
    }

    private static bool Joins(string text, int at, out int length)
    {
        var rune = Rune.TryGetRuneAt(text, at, out var read) ? read : Rune.ReplacementChar;
        length = rune.Utf16SequenceLength;
        return Letters.Of(rune, out var folded) != LetterKind.Separator || (folded.IsBmp && Joining.Contains((char)folded.Value, StringComparison.Ordinal));
    }

    private static ImmutableArray<Word> WordsOf(CutText cut) => [.. cut.Tokens.Select(t => new Word(cut.TermOf(t).ToString(), t.Kind, t.Run))];

    private readonly record struct Word(string Term, LetterKind Kind, int Run);

    private sealed record Part(ImmutableArray<Word> Words, string LastAsWritten, bool Quoted)
    {
        public static Part? Of(string text, bool quoted)
        {
            var cut = new CutText();
            cut.CutWords(text);
            var words = WordsOf(cut);
            cut.CutWords(text, keepPlurals: true);
            return words.IsEmpty ? null : new Part(words, cut.TermOf(cut.Tokens[^1]).ToString(), quoted);
        }
    }
}

/// <summary>One place of a unit.</summary>
/// <param name="Terms">One of these stands there.</param>
/// <param name="Beginning">Or a term that begins so; null: none.</param>
internal sealed record SearchElement(ImmutableArray<string> Terms, string? Beginning)
{
    /// <summary>Two elements of the same key find the same.</summary>
    public string Key => $"{string.Join('|', Terms)} {Beginning}";
}
