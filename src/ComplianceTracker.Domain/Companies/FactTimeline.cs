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
        IEnumerable<FactPiece> Rest(FactPiece piece)
        {
            if (days.From is { } from)
            {
                yield return piece with { Days = piece.Days.Intersect(new Days(null, from)) };
            }

            if (days.To is { } to)
            {
                yield return piece with { Days = piece.Days.Intersect(new Days(to, null)) };
            }
        }

        return new([..Pieces
            .SelectMany(Rest)
            .Append(new FactPiece(days, value))
            .Where(p => !p.Days.IsEmpty)
            .OrderBy(p => p.Days.From ?? DateOnly.MinValue)]);
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
