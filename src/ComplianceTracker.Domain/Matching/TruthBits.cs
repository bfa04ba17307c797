using ComplianceTracker.Domain.Conditions;

namespace ComplianceTracker.Domain.Matching;

/// <summary>A truth for each of many rows, as two bitmaps; what is in neither is no. Bits past the last row are of no meaning.</summary>
/// <param name="Yes">The rows for which it holds.</param>
/// <param name="Unknown">The rows for which that is unknown; none of them is in <paramref name="Yes"/>.</param>
public readonly record struct TruthBits(ulong[] Yes, ulong[] Unknown)
{
    /// <summary>Rows to a word.</summary>
    public const int WordBits = 64;

    /// <summary>The truth for the row.</summary>
    public Truth At(int row)
    {
        var (word, bit) = (row / WordBits, 1UL << (row % WordBits));
        return (Yes[word] & bit) != 0 ? Truth.Yes : (Unknown[word] & bit) != 0 ? Truth.Unknown : Truth.No;
    }

    internal static int WordsFor(int rows) => (rows + WordBits - 1) / WordBits;

    internal static TruthBits Empty(int words) => new(new ulong[words], new ulong[words]);

    internal TruthBits Negated()
    {
        var bits = Empty(Yes.Length);
        for (var i = 0; i < Yes.Length; i++)
        {
            (bits.Yes[i], bits.Unknown[i]) = (~(Yes[i] | Unknown[i]), Unknown[i]);
        }

        return bits;
    }

    // No where one operand is no, yes where both are, unknown otherwise; and the other way round.
    internal TruthBits Joined(JunctionKind kind, TruthBits other)
    {
        var bits = Empty(Yes.Length);
        for (var i = 0; i < Yes.Length; i++)
        {
            var (a, b) = (Yes[i] | Unknown[i], other.Yes[i] | other.Unknown[i]);
            if (kind == JunctionKind.And)
            {
                bits.Yes[i] = Yes[i] & other.Yes[i];
                bits.Unknown[i] = a & b & ~bits.Yes[i];
            }
            else
            {
                bits.Yes[i] = Yes[i] | other.Yes[i];
                bits.Unknown[i] = (a | b) & ~bits.Yes[i];
            }
        }

        return bits;
    }

    // The chosen branch's truth; where it is unknown which is chosen, the common one.
    internal TruthBits Choosing(TruthBits whenYes, TruthBits whenNo)
    {
        var bits = Empty(Yes.Length);
        for (var i = 0; i < Yes.Length; i++)
        {
            var no = ~(Yes[i] | Unknown[i]);
            var bothYes = whenYes.Yes[i] & whenNo.Yes[i];
            var bothNo = ~(whenYes.Yes[i] | whenYes.Unknown[i] | whenNo.Yes[i] | whenNo.Unknown[i]);
            bits.Yes[i] = (Yes[i] & whenYes.Yes[i]) | (no & whenNo.Yes[i]) | (Unknown[i] & bothYes);
            bits.Unknown[i] = (Yes[i] & whenYes.Unknown[i]) | (no & whenNo.Unknown[i]) | (Unknown[i] & ~bothYes & ~bothNo);
        }

        return bits;
    }
}
