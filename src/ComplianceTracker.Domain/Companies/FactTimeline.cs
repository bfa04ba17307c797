using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Companies;

/// <summary>
/// What a company declared of one fact, by day: pieces in order, not overlapping. On a day that no piece holds, and where a
/// piece holds null, the fact is unknown. Immutable.
/// </summary>
/// <param name="Pieces">The pieces, the earliest first.</param>
public sealed record FactTimeline(ImmutableArray<FactPiece> Pieces)
{
    /// <summary>Nothing declared.</summary>
    public static FactTimeline Empty { get; } = new(ImmutableArray<FactPiece>.Empty);

    /// <summary>The value on the day, or null: unknown.</summary>
    public FactValue? ValueOn(DateOnly day)
    {
        foreach (var piece in Pieces)
        {
            if (piece.Days.Contains(day))
            {
                return piece.Value;
            }
        }

        return null;
    }

    /// <summary>The timeline after a declaration: it overrides what it overlaps and leaves the rest.</summary>
    /// <param name="days">The days it speaks of, half-open.</param>
    /// <param name="value">The value, or null: unknown again.</param>
    public FactTimeline Declare(Days days, FactValue? value)
    {
        if (days.IsEmpty)
        {
            return this;
        }

        if (Pieces.IsEmpty || days == Days.Always)
        {
            return new([new FactPiece(days, value)]);
        }

        // In order and without overlaps: what lies before, the piece cut at the beginning, the new one, the piece cut at the end, what lies after.
        var before = First(piece => days.From is not { } from || piece.Days.To is not { } end || end > from);
        var overlapped = First(piece => days.To is { } to && piece.Days.From is { } begin && begin >= to) - before;
        var pieces = ImmutableArray.CreateBuilder<FactPiece>(Pieces.Length + 2);
        pieces.AddRange(Pieces.AsSpan(0, before));
        if (overlapped > 0 && days.From is { } cutFrom)
        {
            AddCut(pieces, Pieces[before], new Days(null, cutFrom));
        }

        pieces.Add(new FactPiece(days, value));
        if (overlapped > 0 && days.To is { } cutTo)
        {
            AddCut(pieces, Pieces[before + overlapped - 1], new Days(cutTo, null));
        }

        pieces.AddRange(Pieces.AsSpan()[(before + overlapped)..]);
        return new(pieces.ToImmutable());
    }

    /// <summary>Where the first piece is of which it holds, as it does of all later ones.</summary>
    private int First(Func<FactPiece, bool> holds)
    {
        var (low, high) = (0, Pieces.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = holds(Pieces[middle]) ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private static void AddCut(ImmutableArray<FactPiece>.Builder pieces, FactPiece piece, Days keep)
    {
        var left = piece with { Days = piece.Days.Intersect(keep) };
        if (!left.Days.IsEmpty)
        {
            pieces.Add(left);
        }
    }

    /// <summary>True when the other holds the same values on the same days; a set declared under another vocabulary says the same.</summary>
    public bool SaysTheSameAs(FactTimeline other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Pieces.Select(WithoutVocabulary).SequenceEqual(other.Pieces.Select(WithoutVocabulary));
    }

    private static FactPiece WithoutVocabulary(FactPiece piece) => piece.Value is SetValue set ? piece with { Value = set with { CompleteTo = 0 } } : piece;

    /// <summary>Compares piece by piece.</summary>
    public bool Equals(FactTimeline? other) => other is not null && Pieces.SequenceEqual(other.Pieces);

    /// <inheritdoc/>
    public override int GetHashCode() => Pieces.Aggregate(17, HashCode.Combine);
}

/// <summary>One value of a fact and the days in which it holds.</summary>
/// <param name="Days">The days, half-open.</param>
/// <param name="Value">The value, or null: declared unknown.</param>
public readonly record struct FactPiece(Days Days, FactValue? Value);
