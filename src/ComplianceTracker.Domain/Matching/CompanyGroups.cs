using System.Runtime.InteropServices;

namespace ComplianceTracker.Domain.Matching;

/// <summary>Companies parted into groups in which all are answered alike.</summary>
/// <param name="GroupOf">By a company's number its group's; <see cref="None"/> where the number is no company's any more.</param>
/// <param name="Representatives">By a group's number, one of its companies.</param>
public sealed record CompanyGroups(IReadOnlyList<int> GroupOf, IReadOnlyList<int> Representatives)
{
    /// <summary>No group.</summary>
    public const int None = -1;
}

/// <summary>Parts companies into groups, key by key.</summary>
internal sealed class CompanyPartition
{
    private readonly Func<int, (int First, int Count)> rowsOf;
    private readonly int[] groups;
    private readonly bool[] varies;

    /// <summary>All companies in one group.</summary>
    /// <param name="numbers">How many numbers of companies were given out.</param>
    /// <param name="companies">Those that are a company's still.</param>
    /// <param name="rowsOf">A company's first row and how many it has.</param>
    public CompanyPartition(int numbers, IEnumerable<int> companies, Func<int, (int First, int Count)> rowsOf)
    {
        (this.rowsOf, groups, varies) = (rowsOf, new int[numbers], new bool[numbers]);
        Array.Fill(groups, CompanyGroups.None);
        foreach (var company in companies)
        {
            groups[company] = 0;
        }
    }

    /// <summary>Parts each group by the keys of its companies' rows, and marks the companies whose own rows differ.</summary>
    public void Part(ulong[] keys)
    {
        var parts = new Dictionary<ulong, Dictionary<int, int>>();
        var next = 0;
        var (lastKey, lastGroup, lastPart) = (0UL, CompanyGroups.None, 0);
        for (var company = 0; company < groups.Length; company++)
        {
            var group = groups[company];
            if (group == CompanyGroups.None)
            {
                continue;
            }

            var (first, count) = rowsOf(company);
            var key = keys[first];
            for (var row = first + 1; row < first + count; row++)
            {
                varies[company] |= keys[row] != key;
            }

            // Neighbours are alike more often than not.
            if (key != lastKey || group != lastGroup)
            {
                ref var byGroup = ref CollectionsMarshal.GetValueRefOrAddDefault(parts, key, out _);
                ref var part = ref CollectionsMarshal.GetValueRefOrAddDefault(byGroup ??= [], group, out var known);
                part = known ? part : next++;
                (lastKey, lastGroup, lastPart) = (key, group, part);
            }

            groups[company] = lastPart;
        }
    }

    /// <summary>The groups, numbered from 0; a company whose rows differ is a group of its own.</summary>
    public CompanyGroups Groups()
    {
        var representatives = new List<int>();
        var numbers = new Dictionary<int, int>();
        for (var company = 0; company < groups.Length; company++)
        {
            var part = groups[company];
            if (part == CompanyGroups.None)
            {
                continue;
            }

            if (varies[company] || !numbers.TryGetValue(part, out var group))
            {
                group = representatives.Count;
                representatives.Add(company);
                if (!varies[company])
                {
                    numbers[part] = group;
                }
            }

            groups[company] = group;
        }

        return new CompanyGroups(groups, representatives);
    }
}
