using System.Collections.Concurrent;

namespace ComplianceTracker.Domain.Search;

/// <summary>
/// The number of each term that some text held. One table serves all texts that are searched together; it only grows, by what is
/// recorded and never by what is asked. Safe for many threads.
/// </summary>
public sealed class TermTable
{
    private readonly ConcurrentDictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> known;
    private readonly Lock growing = new();
    private string[] terms = new string[1024];
    private volatile int count;

    /// <summary>A table of no terms.</summary>
    public TermTable() => known = numbers.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>How many terms there are.</summary>
    public int Count => count;

    /// <summary>The number of a term, a new one where it has none.</summary>
    internal int Add(ReadOnlySpan<char> term)
    {
        if (known.TryGetValue(term, out var number))
        {
            return number;
        }

        lock (growing)
        {
            if (known.TryGetValue(term, out number))
            {
                return number;
            }

            if (count == terms.Length)
            {
                var larger = new string[count * 2];
                terms.CopyTo(larger, 0);
                Volatile.Write(ref terms, larger);
            }

            terms[count] = term.ToString();
            numbers[terms[count]] = count;
            return count++;
        }
    }

    /// <summary>The number of a term, or -1: no text ever held it.</summary>
    internal int Find(string term) => numbers.TryGetValue(term, out var number) ? number : -1;

    /// <summary>The numbers of the terms that begin so, in order.</summary>
    internal List<int> Beginning(string start)
    {
        // The count first: the array read after it holds at least as many.
        var all = count;
        var here = Volatile.Read(ref terms);
        var found = new List<int>();
        for (var i = 0; i < all; i++)
        {
            if (here[i].StartsWith(start, StringComparison.Ordinal))
            {
                found.Add(i);
            }
        }

        return found;
    }
}
