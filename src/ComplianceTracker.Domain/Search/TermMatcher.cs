using System.Collections.Immutable;

namespace ComplianceTracker.Domain.Search;

/// <summary>One place of a unit, held against a table: which terms may stand there.</summary>
internal sealed class TermMatcher
{
    // As many as the processor compares at once.
    private const int Few = 3;
    private readonly int[] exact;
    private readonly int[] all;
    private readonly ulong[]? many;

    /// <summary>The element over the terms there are.</summary>
    public TermMatcher(SearchElement element, TermTable table)
    {
        exact = [.. element.Terms.Select(table.Find).Where(n => n >= 0)];
        all = element.Beginning is { } beginning ? [.. exact.Union(table.Beginning(beginning))] : exact;
        if (all.Length > Few)
        {
            many = new ulong[(table.Count >> 6) + 1];
            foreach (var term in all)
            {
                many[term >> 6] |= 1UL << (term & 63);
            }
        }
    }

    /// <summary>True when no text can hold it.</summary>
    public bool IsEmpty => all.Length == 0;

    /// <summary>True when the term is one of those asked for and does not merely begin so.</summary>
    public bool IsExact(int term) => exact.AsSpan().Contains(term);

    /// <summary>True when the term may stand there.</summary>
    public bool Takes(int term) => many is null ? all.AsSpan().Contains(term) : Holds(many, term);

    /// <summary>The first place from the start of the span, or -1.</summary>
    public int First(ReadOnlySpan<int> terms)
    {
        switch (all)
        {
            case [var one]:
                return terms.IndexOf(one);
            case [var one, var two]:
                return terms.IndexOfAny(one, two);
            case [var one, var two, var three]:
                return terms.IndexOfAny(one, two, three);
        }

        for (var i = 0; i < terms.Length; i++)
        {
            if (Takes(terms[i]))
            {
                return i;
            }
        }

        return -1;
    }

    // A text cut after the table was asked may hold later terms; the gap is below all.
    private static bool Holds(ulong[] set, int term) => (uint)term >> 6 is var word && word < (uint)set.Length && (set[word] >> (term & 63) & 1) != 0;
}

/// <summary>A unit, held against a table.</summary>
internal sealed class UnitMatcher(ImmutableArray<SearchElement> unit, TermTable table)
{
    private readonly TermMatcher[] places = [.. unit.Select(e => new TermMatcher(e, table))];

    /// <summary>True when no text can hold it.</summary>
    public bool IsEmpty => Array.Exists(places, p => p.IsEmpty);

    /// <summary>How many terms follow one another.</summary>
    public int Length => places.Length;

    /// <summary>The first place at or after the given one at which the unit stands, or -1.</summary>
    public int Next(ReadOnlySpan<int> terms, int from)
    {
        for (var at = from; at + places.Length <= terms.Length; at++)
        {
            var next = places[0].First(terms[at..]);
            if (next < 0 || (at += next) + places.Length > terms.Length)
            {
                return -1;
            }

            var matched = 1;
            while (matched < places.Length && places[matched].Takes(terms[at + matched]))
            {
                matched++;
            }

            if (matched == places.Length)
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>True when the last term of the unit at the place is whole, not only a beginning.</summary>
    public bool EndsExactly(ReadOnlySpan<int> terms, int at) => places[^1].IsExact(terms[at + places.Length - 1]);
}
