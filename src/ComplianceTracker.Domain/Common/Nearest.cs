using System.Collections.Immutable;

namespace ComplianceTracker.Domain.Common;

/// <summary>Finds the names that a mistyped name most probably meant.</summary>
public static class Nearest
{
    /// <summary>
    /// At most <paramref name="count"/> names, the nearest by edit distance first, ties in ordinal order;
    /// names further away than half the length of what was typed are left out.
    /// </summary>
    public static ImmutableArray<string> To(string typed, IEnumerable<string> names, int count = 3)
    {
        // A hostile name may be long; what lies beyond the longest real name cannot bring it nearer.
        var text = typed.Length > 80 ? typed[..80] : typed;
        var limit = Math.Max(2, text.Length / 2);
        return [..names
            .Select(name => (name, distance: Distance(text, name)))
            .Where(pair => pair.distance <= limit || pair.name.Contains(text, StringComparison.OrdinalIgnoreCase))
            .OrderBy(pair => pair.distance)
            .ThenBy(pair => pair.name, StringComparer.Ordinal)
            .Take(count)
            .Select(pair => pair.name)];
    }

    private static int Distance(string a, string b)
    {
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + (same ? 0 : 1));
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
