using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Matching;

/// <summary>A bool fact: two bitmaps.</summary>
internal sealed class BoolColumn(int slot) : Column(slot)
{
    private static readonly BoolValue Yes = new(true);
    private static readonly BoolValue No = new(false);

    private ulong[] known = [];
    private ulong[] holds = [];

    public override void Set(int row, FactValue? value)
    {
        var words = TruthBits.WordsFor(row + 1);
        Population.Grow(ref known, words);
        Population.Grow(ref holds, words);
        if (value is BoolValue b)
        {
            known[row / TruthBits.WordBits] |= 1UL << (row % TruthBits.WordBits);
            holds[row / TruthBits.WordBits] |= b.Value ? 1UL << (row % TruthBits.WordBits) : 0;
        }
    }

    public override FactValue? At(int row) => !Bit(known, row) ? null : Bit(holds, row) ? Yes : No;

    public override void Evaluate(Condition condition, FactFrame scratch, int from, int to, TruthBits into, CancellationToken cancellationToken)
    {
        // Three values at most: what the condition comes to for each of them, then row by row or word by word.
        var (unknown, yes, no) = (Truth(null), Truth(Yes), Truth(No));
        for (var row = from; row < to;)
        {
            if (row % TruthBits.WordBits == 0 && to - row >= TruthBits.WordBits)
            {
                var word = row / TruthBits.WordBits;
                var (k, h) = word < known.Length ? (known[word], holds[word]) : (0, 0);
                into.Yes[word] = Where(Conditions.Truth.Yes);
                into.Unknown[word] = Where(Conditions.Truth.Unknown);
                row += TruthBits.WordBits;

                ulong Where(Truth truth) => (unknown == truth ? ~k : 0) | (yes == truth ? k & h : 0) | (no == truth ? k & ~h : 0);
            }
            else
            {
                Write(into, row, !Bit(known, row) ? unknown : Bit(holds, row) ? yes : no);
                row++;
            }
        }

        scratch.Put(Slot, null, null);

        Truth Truth(FactValue? value)
        {
            scratch.Put(Slot, value, null);
            return condition.Evaluate(scratch);
        }
    }

    private static bool Bit(ulong[] bits, int row) =>
        row / TruthBits.WordBits < bits.Length && (bits[row / TruthBits.WordBits] & (1UL << (row % TruthBits.WordBits))) != 0;
}
