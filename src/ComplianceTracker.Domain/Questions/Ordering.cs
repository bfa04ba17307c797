using System.Collections.Immutable;

namespace ComplianceTracker.Domain.Questions;

/// <summary>
/// Orders facts so that as many obligations as may be are settled early. To find the best few is hard in general (it is to find the densest
/// part of a hypergraph); this takes again and again the bundle of facts that settles most for each fact, where a bundle is all that
/// one obligation still waits for.
/// </summary>
internal sealed class Ordering
{
    private readonly ImmutableArray<string> facts;
    private readonly List<(int[] Facts, Tally Tally)> groups;

    /// <summary>Groups the obligations by what they wait for.</summary>
    public Ordering(ImmutableArray<Waiting> waiting)
    {
        facts = [..waiting.SelectMany(w => w.Facts).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        groups = [..waiting
            .GroupBy(w => string.Join('\n', w.Facts), StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => ((int[])[..g.First().Facts.Select(f => facts.BinarySearch(f, StringComparer.Ordinal))], Tally.Of(g)))];
    }

    /// <summary>The facts, the one to ask for first at the front.</summary>
    public IReadOnlyList<string> Facts()
    {
        var known = new bool[facts.Length];
        var order = new List<string>(facts.Length);
        var left = groups;
        while (true)
        {
            left = [..left.Where(g => !g.Facts.All(f => known[f]))];
            if (left.Count == 0)
            {
                return order;
            }

            foreach (var fact in Inside(Best(left, known), left, known))
            {
                known[fact] = true;
                order.Add(facts[fact]);
            }
        }
    }

    private static int[] Best(List<(int[] Facts, Tally Tally)> left, bool[] known)
    {
        int[] best = [];
        var bestGain = default(Tally);
        foreach (var (own, _) in left)
        {
            int[] bundle = [..own.Where(f => !known[f])];
            var gain = Gain(bundle, left, known);
            if (best.Length == 0 || Compare(gain, bundle.Length, bestGain, best.Length) > 0)
            {
                (best, bestGain) = (bundle, gain);
            }
        }

        return best;
    }

    // What is settled once the bundle is known too.
    private static Tally Gain(int[] bundle, List<(int[] Facts, Tally Tally)> left, bool[] known)
    {
        foreach (var fact in bundle)
        {
            known[fact] = true;
        }

        var gain = default(Tally);
        foreach (var (own, tally) in left)
        {
            if (Array.TrueForAll(own, f => known[f]))
            {
                gain = new(gain.InForce + tally.InForce, gain.Upcoming + tally.Upcoming, gain.Other + tally.Other);
            }
        }

        foreach (var fact in bundle)
        {
            known[fact] = false;
        }

        return gain;
    }

    // More for each question; of the same, fewer questions.
    private static int Compare(Tally a, int ofA, Tally b, int ofB)
    {
        var byGain = (a.InForce * ofB, a.Upcoming * ofB, a.Other * ofB).CompareTo((b.InForce * ofA, b.Upcoming * ofA, b.Other * ofA));
        return byGain != 0 ? byGain : ofB - ofA;
    }

    // Inside a bundle first what settles something at once, then what most obligations wait for.
    private static IEnumerable<int> Inside(int[] bundle, List<(int[] Facts, Tally Tally)> left, bool[] known)
    {
        var rest = bundle.ToList();
        while (rest.Count > 0)
        {
            var next = rest
                .OrderByDescending(f => Gain([f], left, known).All)
                .ThenByDescending(f => left.Where(g => g.Facts.Contains(f)).Sum(g => g.Tally.All))
                .ThenBy(f => f)
                .First();
            rest.Remove(next);
            yield return next;
        }
    }
}
