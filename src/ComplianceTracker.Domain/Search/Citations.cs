using System.Text.RegularExpressions;

namespace ComplianceTracker.Domain.Search;

/// <summary>Numbers of provisions and documents, which people write in several ways.</summary>
internal static partial class Citations
{
    // Words of which each may be written for another in front of a number; as terms, without the ending of a plural.
    private static readonly string[][] Groups =
    [
        ["art", "article"], ["s", "ss", "sec", "section"], ["no", "nr", "number"], ["reg", "regulation"], ["ch", "chapter"], ["para", "paragraph"], ["sch", "schedule"], ["pt", "part"],
    ];

    /// <summary>The terms that mean the same in front of a number; the term alone where it is no such word.</summary>
    public static string[] SameBeforeNumber(string term) => Array.Find(Groups, g => g.Contains(term)) ?? [term];

    /// <summary>True when the term is a word that goes with a number.</summary>
    public static bool IsWord(string term) => Groups.Any(g => g.Contains(term));

    /// <summary>The Chinese citations of a text: 第三十八条, 第38条, 第84号.</summary>
    public static IEnumerable<Citation> In(string text)
    {
        if (!text.Contains('第', StringComparison.Ordinal))
        {
            yield break;
        }

        foreach (Match match in Pattern().Matches(text))
        {
            var digits = match.Groups["number"];
            if (Number(digits.ValueSpan) is { } number)
            {
                yield return new Citation(
                    match.Groups["what"].ValueSpan[0] == '条' ? "art" : "no", $"{number}", match.Index, digits.Index, digits.Index + digits.Length, match.Index + match.Length);
            }
        }
    }

    // Chinese numerals with places (三十八, 一千零三十二) or digit by digit (二〇二一), or digits of full or half width.
    private static long? Number(ReadOnlySpan<char> text)
    {
        const string Digits = "〇一二三四五六七八九";
        var (total, below, digit, places) = (0L, 0L, 0L, false);
        foreach (var c in text)
        {
            var value = c switch
            {
                >= '0' and <= '9' => c - '0',
                >= '０' and <= '９' => c - '０',
                '零' => 0,
                '两' => 2,
                _ => Digits.IndexOf(c, StringComparison.Ordinal),
            };
            if (value >= 0)
            {
                // Without places digits follow each other.
                digit = places || below > 0 || total > 0 ? value : (digit * 10) + value;
                continue;
            }

            places = true;
            if (c == '万')
            {
                total += (below + digit) * 10_000;
                below = 0;
            }
            else
            {
                below += Math.Max(digit, 1) * (c == '十' ? 10 : c == '百' ? 100 : 1000);
            }

            digit = 0;
        }

        return total + below + digit is > 0 and var number ? number : null;
    }

    [GeneratedRegex("第(?<number>[0-9０-９〇零一二三四五六七八九十百千万两]{1,9})(?<what>[条号])", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}

/// <summary>A Chinese citation in a text. Offsets are UTF-16 code units.</summary>
/// <param name="Word">The English word for what is numbered.</param>
/// <param name="Number">The number in digits.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="NumberStart">Where its number begins.</param>
/// <param name="NumberEnd">Where its number ends.</param>
/// <param name="End">Where it ends.</param>
internal sealed record Citation(string Word, string Number, int Start, int NumberStart, int NumberEnd, int End);
