namespace ComplianceTracker.Domain.Search;

/// <summary>
/// One place of a text where a search can find something: a word, a number, or two Han characters side by side (the last of a run alone).
/// Offsets are UTF-16 code units.
/// </summary>
/// <param name="Term">What is found there: a part of <see cref="CutText"/>'s folded letters.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="HeadEnd">Where its first character ends, where it is Han; else <paramref name="End"/>.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Kind">A letter: a word; a digit: a number; Han; a separator: a gap that no phrase reaches across.</param>
/// <param name="Run">Han characters between which nothing stands have the same number; every word and number has its own.</param>
internal readonly record struct Token(Range Term, int Start, int HeadEnd, int End, LetterKind Kind, int Run)
{
    /// <summary>True where no phrase reaches across.</summary>
    public bool IsGap => Kind == LetterKind.Separator;
}
