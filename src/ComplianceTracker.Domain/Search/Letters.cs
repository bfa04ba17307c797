using System.Globalization;
using System.Text;

namespace ComplianceTracker.Domain.Search;

/// <summary>What a character is to a search.</summary>
internal enum LetterKind
{
    /// <summary>It parts words.</summary>
    Separator,

    /// <summary>It changes nothing: a mark over a letter, a character of no width.</summary>
    Ignored,

    /// <summary>A letter of a script that writes words apart.</summary>
    Letter,

    /// <summary>A digit.</summary>
    Digit,

    /// <summary>A Han character or a kana: nothing stands between words.</summary>
    Han,
}

/// <summary>
/// Characters folded for a search: upper and lower case, letters with and without marks, and full and half width are alike. The tables are
/// here because the service runs without the data that normalisation would need.
/// </summary>
internal static class Letters
{
    private const string Latin =
        "aaaaaaæceeeeiiiidnooooo×ouuuuyþßaaaaaaæceeeeiiiidnooooo÷ouuuuyþyaaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllll"
        + "nnnnnnnnnooooooœœrrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

    private const string LatinAdditional =
        "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
        + "wwwwwwwwwwxxxxyyzzzzzzhtwyassssßsaaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyyỻỻỽỽyy";

    /// <summary>What the character is.</summary>
    /// <param name="rune">The character.</param>
    /// <param name="folded">The character that stands for it; for a separator itself.</param>
    public static LetterKind Of(Rune rune, out Rune folded)
    {
        folded = Narrow(rune);
        var value = folded.Value;
        if (value < 0x80)
        {
            var ascii = (char)value;
            folded = new Rune(char.ToLowerInvariant(ascii));
            return char.IsAsciiLetter(ascii) ? LetterKind.Letter : char.IsAsciiDigit(ascii) ? LetterKind.Digit : LetterKind.Separator;
        }

        if (IsHan(value))
        {
            return LetterKind.Han;
        }

        switch (Rune.GetUnicodeCategory(folded))
        {
            case UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter:
                folded = WithoutMarks(Rune.ToLowerInvariant(folded));
                return LetterKind.Letter;
            case UnicodeCategory.OtherLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.LetterNumber:
                return LetterKind.Letter;
            case UnicodeCategory.DecimalDigitNumber:
                folded = new Rune('0' + (int)CharUnicodeInfo.GetNumericValue(char.ConvertFromUtf32(value), 0));
                return LetterKind.Digit;
            case UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format:
                return LetterKind.Ignored;
            default:
                return LetterKind.Separator;
        }
    }

    // Kana count as Han: between their words stands nothing either.
    private static bool IsHan(int value) => value is >= 0x3400 and <= 0x4DBF or >= 0x4E00 and <= 0x9FFF or >= 0x3041 and <= 0x30FF and not 0x30FB
        or >= 0xF900 and <= 0xFAFF or 0x3005 or 0x3007 or >= 0x20000 and <= 0x3FFFF;

    private static Rune Narrow(Rune rune) => rune.Value is >= 0xFF01 and <= 0xFF5E ? new Rune(rune.Value - 0xFEE0) : rune;

    private static Rune WithoutMarks(Rune letter) => letter.Value switch
    {
        >= 0xC0 and < 0x180 and var value => new Rune(Latin[value - 0xC0]),
        >= 0x1E00 and < 0x1F00 and var value => new Rune(LatinAdditional[value - 0x1E00]),
        0x1A1 => new Rune('o'),
        0x1B0 => new Rune('u'),
        _ => letter,
    };
}
