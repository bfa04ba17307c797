using System.Collections.Immutable;
using System.Globalization;

namespace ComplianceTracker.Domain.Search;

/// <summary>A part of a text around what was found in it. It is cut between characters as people see them, at words where there are some.</summary>
/// <param name="Text">The part, with an ellipsis where the text goes on.</param>
/// <param name="Highlights">What was found, in the part's own offsets, in order and apart.</param>
public sealed record Snippet(string Text, ImmutableArray<Highlight> Highlights)
{
    private const int Longest = 240;
    private const int Before = 60;
    private const string Ellipsis = "…";

    /// <summary>The part of the text that shows most of what was found; all of a short text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="found">What was found, in order and apart.</param>
    public static Snippet Of(string text, IReadOnlyList<Highlight> found)
    {
        if (text.Length <= Longest || found.Count == 0)
        {
            return new Snippet(text, [.. found]);
        }

        var cuts = Cuts(text);
        var first = Densest(found);
        var start = Start(text, cuts, found[first].Start);
        var end = End(text, cuts, start, found[first]);
        var (lead, tail) = (start > 0 ? Ellipsis : "", end < text.Length ? Ellipsis : "");
        return new Snippet(
            lead + text[start..end] + tail,
            [.. found.Where(h => h.Start >= start && h.Start + h.Length <= end).Select(h => h with { Start = h.Start - start + lead.Length })]);
    }

    // The highlight from which on most others fit in.
    private static int Densest(IReadOnlyList<Highlight> found)
    {
        var (best, most, to) = (0, 0, 0);
        for (var from = 0; from < found.Count; from++)
        {
            while (to < found.Count && found[to].Start + found[to].Length - found[from].Start <= Longest - Before)
            {
                to++;
            }

            if (to - from > most)
            {
                (best, most) = (from, to - from);
            }
        }

        return best;
    }

    private static int Start(string text, List<int> cuts, int found)
    {
        var from = Math.Max(0, found - Before);
        if (from == 0)
        {
            return 0;
        }

        var space = text.AsSpan(from..found).IndexOf(' ');
        return CutAtMost(cuts, space >= 0 ? from + space + 1 : from);
    }

    private static int End(string text, List<int> cuts, int start, Highlight found)
    {
        var shown = found.Start + found.Length;
        var to = start + Longest;
        if (to >= text.Length)
        {
            return text.Length;
        }

        if (to <= shown)
        {
            return CutAtLeast(cuts, shown);
        }

        var space = text.AsSpan(shown..to).LastIndexOf(' ');
        return Math.Max(CutAtLeast(cuts, shown), CutAtMost(cuts, space > (to - shown) / 2 ? shown + space : to));
    }

    // Where characters as people see them begin, and the end of the text.
    private static List<int> Cuts(string text)
    {
        var cuts = new List<int>();
        for (var at = 0; at < text.Length; at += StringInfo.GetNextTextElementLength(text, at))
        {
            cuts.Add(at);
        }

        cuts.Add(text.Length);
        return cuts;
    }

    private static int CutAtMost(List<int> cuts, int at) => cuts.BinarySearch(at) is >= 0 and var exact ? cuts[exact] : cuts[~cuts.BinarySearch(at) - 1];

    private static int CutAtLeast(List<int> cuts, int at) => cuts.BinarySearch(at) is >= 0 and var exact ? cuts[exact] : cuts[~cuts.BinarySearch(at)];
}
