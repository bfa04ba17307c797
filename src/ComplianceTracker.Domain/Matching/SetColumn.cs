using System.Collections.Immutable;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Matching;

/// <summary>
/// A fact that is a set: the members that occur are numbered, and a row has a bit for each. Whether a value is in the set, and whether
/// the set covers a jurisdiction, is read off the bits; anything else is asked of the set itself, row by row.
/// </summary>
internal sealed class SetColumn(int slot, FactIndex index) : Column(slot)
{
    /// <summary>So many members have bits; where more occur, sets are kept as they are.</summary>
    private const int MostMembers = 256;

    private readonly FactDefinition definition = index.Definitions[slot];
    private readonly List<string> members = [];
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);

    // How complete sets are, by the vocabulary's version at which they were declared: few versions, most rows the same.
    private readonly List<long> versions = [];
    private readonly List<ulong[]> words = [];
    private byte[] states = [];
    private CodedColumn? instead;

    public override IEnumerable<string> Members => members;

    public override Column Roomy => (Column?)instead ?? this;

    public override void Set(int row, FactValue? value)
    {
        if (value is not SetValue set)
        {
            return;
        }

        Population.Grow(ref states, row + 1);
        var version = versions.IndexOf(set.CompleteTo);
        if (version < 0)
        {
            version = versions.Count;
            versions.Add(set.CompleteTo);
        }

        if (version >= byte.MaxValue || members.Count + set.Values.Count(v => !numbers.ContainsKey(v)) > MostMembers)
        {
            instead = new CodedColumn(Slot, index);
            for (var earlier = 0; earlier < row; earlier++)
            {
                instead.Set(earlier, At(earlier));
            }

            instead.Set(row, value);
            return;
        }

        states[row] = (byte)(version + 1);
        foreach (var member in set.Values)
        {
            if (!numbers.TryGetValue(member, out var number))
            {
                numbers[member] = number = members.Count;
                members.Add(member);
                if (number / TruthBits.WordBits == words.Count)
                {
                    words.Add([]);
                }
            }

            var word = words[number / TruthBits.WordBits];
            Population.Grow(ref word, row + 1);
            word[row] |= 1UL << (number % TruthBits.WordBits);
            words[number / TruthBits.WordBits] = word;
        }
    }

    public override FactValue? At(int row)
    {
        if (StateAt(row) == 0)
        {
            return null;
        }

        var values = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        for (var number = 0; number < members.Count; number++)
        {
            if (Has(row, number))
            {
                values.Add(members[number]);
            }
        }

        return new SetValue(values.ToImmutable(), versions[states[row] - 1]);
    }

    public override void Evaluate(Condition condition, FactFrame scratch, int from, int to, TruthBits into, CancellationToken cancellationToken)
    {
        switch (condition.Root)
        {
            case Comparison { Operator: ComparisonOperator.In, Left: Literal { Value: StringValue value }, Right: FactReference }:
                EvaluateIn(value.Value, from, to, into);
                break;
            case Call { Function: "covers", Target: FactReference, Arguments: [Literal { Value: StringValue code }] }:
                EvaluateCovers(code.Value, from, to, into);
                break;
            default:
                for (var row = from; row < to; row++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var set = (SetValue?)At(row);
                    scratch.Put(Slot, set, set is not null && index.CoverageSlots[Slot] >= 0 ? new Coverage(set.Values, index.Jurisdictions) : null);
                    Write(into, row, condition.Evaluate(scratch));
                }

                scratch.Put(Slot, null, null);
                break;
        }
    }

    // As InSetNode: a value listed after the set was declared is unknown to it.
    private void EvaluateIn(string value, int from, int to, TruthBits into)
    {
        var since = definition.Find(value)?.Since ?? long.MinValue;
        var otherwise = versions.Select(v => since > v ? Truth.Unknown : Truth.No).ToArray();
        var number = numbers.GetValueOrDefault(value, -1);
        for (var row = from; row < to; row++)
        {
            var state = StateAt(row);
            Write(into, row, state == 0 ? Truth.Unknown : number >= 0 && Has(row, number) ? Truth.Yes : otherwise[state - 1]);
        }
    }

    // As Coverage: what a member or a whole of one names is covered; a whole named without any of its parts leaves its parts open.
    private void EvaluateCovers(string code, int from, int to, TruthBits into)
    {
        var wholes = index.Jurisdictions.WholesOf(code).ToHashSet(StringComparer.Ordinal);
        var wholesOf = members.Select(m => index.Jurisdictions.WholesOf(m).ToHashSet(StringComparer.Ordinal)).ToList();
        var covering = Mask(m => members[m] == code || wholesOf[m].Contains(code));
        var open = Enumerable.Range(0, members.Count).Where(m => wholes.Contains(members[m]))
            .Select(whole => (Whole: whole, Parts: Mask(m => wholesOf[m].Contains(members[whole])))).ToList();
        for (var row = from; row < to; row++)
        {
            var truth = StateAt(row) == 0 ? Truth.Unknown : Any(row, covering) ? Truth.Yes : Truth.No;
            if (truth == Truth.No)
            {
                foreach (var (whole, parts) in open)
                {
                    truth = Has(row, whole) && !Any(row, parts) ? Truth.Unknown : truth;
                }
            }

            Write(into, row, truth);
        }
    }

    private ulong[] Mask(Func<int, bool> wanted)
    {
        var mask = new ulong[words.Count];
        for (var number = 0; number < members.Count; number++)
        {
            mask[number / TruthBits.WordBits] |= wanted(number) ? 1UL << (number % TruthBits.WordBits) : 0;
        }

        return mask;
    }

    private bool Any(int row, ulong[] mask)
    {
        for (var i = 0; i < mask.Length; i++)
        {
            if (mask[i] != 0 && row < words[i].Length && (words[i][row] & mask[i]) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private bool Has(int row, int number) =>
        words[number / TruthBits.WordBits] is var word && row < word.Length && (word[row] & (1UL << (number % TruthBits.WordBits))) != 0;

    private int StateAt(int row) => row < states.Length ? states[row] : 0;
}
