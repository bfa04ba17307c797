using System.Text.RegularExpressions;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>
/// Patterns of <c>matches</c>: .NET syntax without what backtracking needs, found anywhere in the text. Matching takes time
/// proportional to the text, and two bounds keep building the automaton cheap, whatever the pattern.
/// </summary>
internal static partial class LinearPattern
{
    private const int MaxLength = 256;
    private const int MaxRepetitions = 1000;

    /// <summary>The pattern made ready, or the reason why it cannot be.</summary>
    public static (Regex? Pattern, string? Refusal) Read(string pattern)
    {
        if (pattern.Length > MaxLength)
        {
            return (null, $"This pattern is longer than {MaxLength} UTF-16 code units.");
        }

        if (Repetitions(pattern) > MaxRepetitions)
        {
            return (null, $"The counted repetitions of this pattern multiply to more than {MaxRepetitions}.");
        }

        try
        {
            return (new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), null);
        }
        catch (RegexParseException e)
        {
            return (null, $"This pattern is not valid: {e.Error} at its character {e.Offset}.");
        }
        catch (NotSupportedException)
        {
            return (null, "This pattern asks for a look-around, a back-reference or another thing that takes more than linear time.");
        }
    }

    /// <summary>The product of all counts, an upper bound for how often nested ones multiply a part of the pattern.</summary>
    private static long Repetitions(string pattern)
    {
        var product = 1L;
        foreach (Match count in Counts().Matches(pattern))
        {
            var digits = count.Groups[2].Length > 0 ? count.Groups[2].Value : count.Groups[1].Value;
            var times = int.TryParse(digits, out var n) ? n : int.MaxValue;
            product = Math.Min(product * Math.Max(times, 1), int.MaxValue);
        }

        return product;
    }

    [GeneratedRegex(@"\{([0-9]+)(?:,([0-9]*))?\}")]
    private static partial Regex Counts();
}
