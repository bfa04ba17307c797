using ComplianceTracker.Domain.Conditions;

namespace ComplianceTracker.Domain.Matching;

/// <summary>A part of conditions that no operator joins, and its truth for the rows so far.</summary>
internal sealed class LeafTruths(Condition condition)
{
    // What fails is unknown too, but for no missing fact.
    private readonly Dictionary<string, int>? missingSets = condition.FactNames.Length > 1 || !condition.NeverFails ? new(StringComparer.Ordinal) : null;
    private TruthBits bits = TruthBits.Empty(0);
    private int[]? missing = condition.FactNames.Length > 1 || !condition.NeverFails ? [] : null;

    public Condition Condition => condition;

    public TruthBits Bits => bits;

    /// <summary>By row, which facts keep it unknown, as a number; null where it can be only the one that it reads.</summary>
    public int[]? Missing => missing;

    public int Rows { get; set; }

    public void MakeRoom(int words, int rows)
    {
        var (yes, unknown) = (bits.Yes, bits.Unknown);
        Population.Grow(ref yes, words);
        Population.Grow(ref unknown, words);
        bits = new TruthBits(yes, unknown);
        if (missing is not null)
        {
            Population.Grow(ref missing, rows);
        }
    }

    public void EvaluateEach(int from, int to, Func<Condition, int, FactFrame> frameOf, CancellationToken cancellationToken)
    {
        for (var row = from; row < to; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var evaluation = condition.EvaluateWithMissing(frameOf(condition, row));
            var bit = 1UL << (row % TruthBits.WordBits);
            if (evaluation.Result == Truth.Yes)
            {
                bits.Yes[row / TruthBits.WordBits] |= bit;
            }
            else if (evaluation.Result == Truth.Unknown)
            {
                bits.Unknown[row / TruthBits.WordBits] |= bit;
                if (missing is not null && missingSets is not null)
                {
                    var facts = (evaluation.Error is null ? "" : "!") + string.Join(' ', evaluation.MissingFacts);
                    if (!missingSets.TryGetValue(facts, out var number))
                    {
                        missingSets[facts] = number = missingSets.Count + 1;
                    }

                    missing[row] = number;
                }
            }
        }
    }

    public void AddTo(ulong[] keys, int shift)
    {
        for (var row = 0; row < Rows; row++)
        {
            var (word, at) = (row / TruthBits.WordBits, row % TruthBits.WordBits);
            keys[row] |= (((bits.Yes[word] >> at) & 1) | (((bits.Unknown[word] >> at) & 1) << 1)) << shift;
        }
    }
}
