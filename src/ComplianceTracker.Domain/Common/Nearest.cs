using System.Collections.Immutable;

namespace ComplianceTracker.Domain.Common;

/// <summary>Finds what a person who mistyped a name may have meant.</summary>
public static class Nearest
{
    private const int Most = 3;

    /// <summary>
    /// At most three candidates, the nearest first: those a few edits away, and those whose last dotted part was written
    /// without the parts before it.
    /// </summary>
    public static ImmutableArray<string> To(string written, IEnumerable<string> candidates)
    {
        var reach = Math.Clamp(written.Length / 3, 1, 4);
        return
        [
            .. candidates
                .Select(candidate => (candidate, distance: Distance(written, candidate, reach)))
                .Where(pair => pair.distance <= reach)
                .OrderBy(pair => pair.distance)
                .ThenBy(pair => pair.candidate, StringComparer.Ordinal)
                .Take(Most)
                .Select(pair => pair.candidate),
        ];
    }

    private static int Distance(string written, string candidate, int reach)
    {
        if (candidate.EndsWith('.' + written, StringComparison.Ordinal))
        {
            return 1;
        }

        // A length too different rules the candidate out before the quadratic part, which keeps hostile names cheap.
        return Math.Abs(written.Length - candidate.Length) > reach ? int.MaxValue : Edits(written, candidate);
    }

    /// <summary>Insertions, deletions and replacements that make one of the other (Levenshtein); upper and lower case are alike.</summary>
    private static int Edits(string from, string to)
    {
        var above = Enumerable.Range(0, to.Length + 1).ToArray();
        var row = new int[to.Length + 1];
        for (var i = 1; i <= from.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var same = char.ToLowerInvariant(from[i - 1]) == char.ToLowerInvariant(to[j - 1]);
                row[j] = Math.Min(Math.Min(row[j - 1], above[j]) + 1, above[j - 1] + (same ? 0 : 1));
            }

            (above, row) = (row, above);
        }

        return above[to.Length];
    }
}
