using System.Collections.Immutable;

namespace ComplianceTracker.Domain.Search;

/// <summary>
/// Finds and ranks. Every text is looked through, which takes a few milliseconds for ten thousand instruments and follows the record without
/// an index to keep up: what an instrument says is cut once, when it was first asked for.
/// </summary>
/// <param name="query">What is looked for.</param>
/// <param name="table">The terms of the texts, all of which were cut before.</param>
public sealed class Searching(SearchQuery query, TermTable table)
{
    // How soon more matches of the same unit stop to matter (BM25's k1).
    private const double Saturation = 1.2;
    private const double BeginningCounts = 0.6;
    private readonly UnitMatcher[] units = [.. query.Units.Select(u => new UnitMatcher(u, table))];

    /// <summary>The texts that hold every unit, the best first, among equals in the order given.</summary>
    /// <param name="texts">All texts: how rare a unit is among them decides what it counts.</param>
    public ImmutableArray<Found> Find(IReadOnlyList<SearchText> texts)
    {
        if (Array.Exists(units, u => u.IsEmpty))
        {
            return [];
        }

        var holding = new int[units.Length];
        var counts = new double[units.Length];
        var found = new List<(int At, double[] Counts, double Together)>();
        int[] covered = [];
        for (var i = 0; i < texts.Count; i++)
        {
            var text = texts[i];
            if (covered.Length < text.Places.Length)
            {
                covered = new int[text.Places.Length];
            }

            covered.AsSpan(0, text.Places.Length).Clear();
            var held = 0;
            for (var u = 0; u < units.Length; u++)
            {
                counts[u] = Count(units[u], u, text, covered);
                if (counts[u] > 0)
                {
                    holding[u]++;
                    held++;
                }
            }

            if (held == units.Length)
            {
                found.Add((i, [.. counts], Together(text, covered)));
            }
        }

        var rarity = Array.ConvertAll(holding, n => Math.Log(1 + ((texts.Count - n + 0.5) / (n + 0.5))));
        return [.. found.Select(f => new Found(f.At, Score(f.Counts, rarity, f.Together))).OrderByDescending(f => f.Score).ThenBy(f => f.At)];
    }

    /// <summary>Where the text holds the units: the fewest texts that show every one, those first that say most.</summary>
    public ImmutableArray<TextMatch> Matches(SearchText text)
    {
        const int Most = 5;
        var places = Enumerable.Range(0, text.Places.Length)
            .Select(p => (Place: p, Units: Enumerable.Range(0, units.Length).Where(u => units[u].Next(text.TermsOf(p), 0) >= 0).ToHashSet()))
            .Where(p => p.Units.Count > 0)
            .ToList();
        var cut = new CutText();
        var shown = new HashSet<int>();
        var matches = ImmutableArray.CreateBuilder<TextMatch>();
        while (matches.Count < Most && shown.Count < units.Length && places.Count > 0)
        {
            var best = places.MaxBy(p => (p.Units.Count(u => !shown.Contains(u)), SearchFields.Weight(text.Places[p.Place].Field), text.WeightOf(p.Place), -p.Place));
            if (best.Units.IsSubsetOf(shown))
            {
                break;
            }

            places.Remove(best);
            shown.UnionWith(best.Units);
            var place = text.Places[best.Place];
            cut.Cut(place.Text);
            matches.Add(new TextMatch(place, Snippet.Of(place.Text, Highlights(text.TermsOf(best.Place), cut.Tokens))));
        }

        return matches.DrainToImmutable();
    }

    // Each match counts by its place; "covered" learns in which places this unit and all before it stand.
    private static double Count(UnitMatcher unit, int number, SearchText text, int[] covered)
    {
        var terms = text.Terms;
        var (sum, place) = (0.0, 0);
        for (var at = unit.Next(terms, 0); at >= 0; at = unit.Next(terms, at + unit.Length))
        {
            while (text.EndOf(place) <= at)
            {
                place++;
            }

            if (covered[place] == number)
            {
                covered[place]++;
            }

            sum += text.WeightOf(place) * (unit.EndsExactly(terms, at) ? 1 : BeginningCounts);
        }

        return sum;
    }

    // A title that is nothing but the query is what was meant, before one that holds all of it among other words, and that before an act
    // over which the words are strewn.
    private double Together(SearchText text, int[] covered)
    {
        var best = 0.0;
        for (var p = 0; p < text.Places.Length; p++)
        {
            if (covered[p] == units.Length)
            {
                var whole = text.TermsOf(p).Length == query.Length;
                best = Math.Max(best, SearchFields.Weight(text.Places[p].Field) * (whole ? 1 : units.Length > 1 ? 0.5 : 0));
            }
        }

        return 2 * best / SearchFields.Weight(SearchField.ShortTitle);
    }

    private static double Score(double[] counts, double[] rarity, double together)
    {
        var sum = 0.0;
        for (var u = 0; u < counts.Length; u++)
        {
            sum += rarity[u] * counts[u] / (Saturation + counts[u]);
        }

        return sum * (1 + together);
    }

    private List<Highlight> Highlights(ReadOnlySpan<int> terms, List<Token> tokens)
    {
        var spans = new List<(int Start, int End)>();
        foreach (var unit in units)
        {
            for (var at = unit.Next(terms, 0); at >= 0; at = unit.Next(terms, at + 1))
            {
                var last = tokens[at + unit.Length - 1];
                spans.Add((tokens[at].Start, unit.EndsExactly(terms, at) ? last.End : last.HeadEnd));
            }
        }

        spans.Sort();
        var merged = new List<Highlight>();
        foreach (var (start, end) in spans)
        {
            if (merged.Count > 0 && start <= merged[^1].Start + merged[^1].Length)
            {
                merged[^1] = merged[^1] with { Length = Math.Max(merged[^1].Length, end - merged[^1].Start) };
            }
            else
            {
                merged.Add(new(start, end - start));
            }
        }

        return merged;
    }
}

/// <summary>A text that holds what is looked for.</summary>
/// <param name="At">Its place among the texts.</param>
/// <param name="Score">How well it fits; comparable within one search only.</param>
public readonly record struct Found(int At, double Score);

/// <summary>One text that shows why something was found.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Snippet">The part of it that shows it.</param>
public sealed record TextMatch(TextPlace Place, Snippet Snippet);

/// <summary>What was found in a text. Offsets are UTF-16 code units.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="Length">How long it is.</param>
public readonly record struct Highlight(int Start, int Length);
