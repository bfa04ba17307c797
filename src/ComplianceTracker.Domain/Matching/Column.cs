using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Matching;

/// <summary>One fact of all rows. Rows are only ever added.</summary>
internal abstract class Column(int slot)
{
    /// <summary>The fact's slot in the index.</summary>
    public int Slot => slot;

    /// <summary>Adds the next row; null is unknown. Rows that were passed over before are unknown.</summary>
    public abstract void Set(int row, FactValue? value);

    /// <summary>The value of the row, or null: unknown.</summary>
    public abstract FactValue? At(int row);

    /// <summary>Writes the truth of a condition that reads this fact alone, for the rows from the first one on.</summary>
    public abstract void Evaluate(Condition condition, FactFrame scratch, int from, int to, TruthBits into, CancellationToken cancellationToken);

    /// <summary>Another column to go on with, when this one has no room for what came; itself otherwise.</summary>
    public virtual Column Roomy => this;

    /// <summary>The values that occur in sets.</summary>
    public virtual IEnumerable<string> Members => [];

    /// <summary>The column for a fact.</summary>
    public static Column Of(FactIndex index, int slot) => index.Definitions[slot].Type switch
    {
        FactType.Int => new NumberColumn(slot, isDouble: false),
        FactType.Double => new NumberColumn(slot, isDouble: true),
        FactType.Bool => new BoolColumn(slot),
        FactType.StringSet => new SetColumn(slot, index),
        _ => new CodedColumn(slot, index),
    };

    protected static void Write(TruthBits into, int row, Truth truth)
    {
        var bit = 1UL << (row % TruthBits.WordBits);
        if (truth == Truth.Yes)
        {
            into.Yes[row / TruthBits.WordBits] |= bit;
        }
        else if (truth == Truth.Unknown)
        {
            into.Unknown[row / TruthBits.WordBits] |= bit;
        }
    }
}

/// <summary>
/// A fact whose values repeat from row to row: each distinct value once, and its number in each row. A condition on the fact is
/// evaluated once for each distinct value.
/// </summary>
internal sealed class CodedColumn(int slot, FactIndex index) : Column(slot)
{
    private readonly List<(FactValue Value, Coverage? Coverage)> values = [];
    private readonly Dictionary<FactValue, int> codes = [];
    private byte[]? narrow = [];
    private int[] wide = [];

    public override IEnumerable<string> Members => values.Select(v => v.Value).OfType<SetValue>().SelectMany(s => s.Values).Distinct(StringComparer.Ordinal);

    public override void Set(int row, FactValue? value)
    {
        if (value is null)
        {
            Put(row, 0);
            return;
        }

        if (!codes.TryGetValue(value, out var code))
        {
            codes[value] = code = values.Count + 1;
            values.Add((value, index.CoverageSlots[Slot] >= 0 && value is SetValue set ? new Coverage(set.Values, index.Jurisdictions) : null));
        }

        Put(row, code);
    }

    public override FactValue? At(int row) => CodeAt(row) is > 0 and var code ? values[code - 1].Value : null;

    public override void Evaluate(Condition condition, FactFrame scratch, int from, int to, TruthBits into, CancellationToken cancellationToken)
    {
        var truths = new Truth?[values.Count + 1];
        for (var row = from; row < to; row++)
        {
            var code = CodeAt(row);
            if (truths[code] is not { } truth)
            {
                cancellationToken.ThrowIfCancellationRequested();
                scratch.Put(Slot, code == 0 ? null : values[code - 1].Value, code == 0 ? null : values[code - 1].Coverage);
                truths[code] = truth = condition.Evaluate(scratch);
            }

            Write(into, row, truth);
        }

        scratch.Put(Slot, null, null);
    }

    /// <summary>What tells the row's value from others: equal for equal values, 0 where it is unknown.</summary>
    public int CodeAt(int row) => narrow is not null ? row < narrow.Length ? narrow[row] : 0 : row < wide.Length ? wide[row] : 0;

    private void Put(int row, int code)
    {
        if (narrow is not null && code > byte.MaxValue)
        {
            wide = Array.ConvertAll(narrow, b => (int)b);
            narrow = null;
        }

        if (narrow is not null)
        {
            Population.Grow(ref narrow, row + 1);
            narrow[row] = (byte)code;
        }
        else
        {
            Population.Grow(ref wide, row + 1);
            wide[row] = code;
        }
    }
}

/// <summary>A fact whose values are numbers, one for each row.</summary>
internal sealed class NumberColumn(int slot, bool isDouble) : Column(slot)
{
    private long[] numbers = [];
    private ulong[] known = [];

    public override void Set(int row, FactValue? value)
    {
        Population.Grow(ref numbers, row + 1);
        Population.Grow(ref known, TruthBits.WordsFor(row + 1));
        if (value is not null)
        {
            numbers[row] = value is DoubleValue d ? BitConverter.DoubleToInt64Bits(d.Value) : ((IntValue)value).Value;
            known[row / TruthBits.WordBits] |= 1UL << (row % TruthBits.WordBits);
        }
    }

    public override FactValue? At(int row) => !IsKnown(row) ? null
        : isDouble ? new DoubleValue(BitConverter.Int64BitsToDouble(numbers[row]))
        : new IntValue(numbers[row]);

    public override void Evaluate(Condition condition, FactFrame scratch, int from, int to, TruthBits into, CancellationToken cancellationToken)
    {
        if (condition.Root is Comparison { Left: FactReference, Right: Literal literal } comparison && comparison.Operator != ComparisonOperator.In)
        {
            var test = new OrderTest(comparison.Operator);
            if (literal.Value is IntValue whole && !isDouble)
            {
                Compare(whole.Value, test, from, to, into);
                return;
            }

            if (literal.Value is DoubleValue number && isDouble)
            {
                Compare(number.Value, test, from, to, into);
                return;
            }
        }

        for (var row = from; row < to; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            scratch.Put(Slot, At(row), null);
            Write(into, row, condition.Evaluate(scratch));
        }

        scratch.Put(Slot, null, null);
    }

    private void Compare(long literal, OrderTest test, int from, int to, TruthBits into)
    {
        for (var row = from; row < to; row++)
        {
            Write(into, row, IsKnown(row) ? test.Of(numbers[row].CompareTo(literal)) : Truth.Unknown);
        }
    }

    private void Compare(double literal, OrderTest test, int from, int to, TruthBits into)
    {
        for (var row = from; row < to; row++)
        {
            Write(into, row, IsKnown(row) ? test.Of(BitConverter.Int64BitsToDouble(numbers[row]).CompareTo(literal)) : Truth.Unknown);
        }
    }

    private bool IsKnown(int row) =>
        row / TruthBits.WordBits < known.Length && (known[row / TruthBits.WordBits] & (1UL << (row % TruthBits.WordBits))) != 0;
}
