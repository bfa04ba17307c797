using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary><c>"literal" in set</c>. A value listed after the set was declared is unknown to it.</summary>
internal sealed class InSetNode(FactNode set, string value) : TruthNode
{
    private readonly int _slot = set.Slot;
    private readonly long _since = set.Definition.Find(value)?.Since ?? long.MinValue;

    public override Truth Evaluate(FactFrame facts) => facts.At(_slot) is SetValue known
        ? known.Values.Contains(value) ? Truth.Yes : _since > known.CompleteTo ? Truth.Unknown : Truth.No
        : Truth.Unknown;

    public override void AddMissing(FactFrame facts, ISet<string> missing) => set.AddMissing(facts, missing);
}

/// <summary><c>text in set</c> for a text that is no literal.</summary>
internal sealed class InSetByValueNode(Node value, FactNode set) : TruthNode
{
    public override Truth Evaluate(FactFrame facts)
    {
        if (value.Value(facts) is not StringValue text || set.Value(facts) is not SetValue known)
        {
            return Truth.Unknown;
        }

        return known.Values.Contains(text.Value) ? Truth.Yes : Undecided(text.Value, known) ? Truth.Unknown : Truth.No;
    }

    public override void AddMissing(FactFrame facts, ISet<string> missing)
    {
        AddMissingOf(value, facts, missing);
        var open = set.Value(facts) is not SetValue known
            || (value.Value(facts) is StringValue text ? Undecided(text.Value, known) : known.MayLackValuesOf(set.Definition));
        if (open)
        {
            set.AddMissing(facts, missing);
        }
    }

    private bool Undecided(string text, SetValue known) => set.Definition.Find(text)?.Since > known.CompleteTo;
}

/// <summary><c>size(set)</c>: unknown while the set may lack a value listed after it was declared.</summary>
internal sealed class SizeNode(FactNode set) : Node
{
    // Sizes are small: keeping their values spares an allocation at every evaluation.
    private static readonly IntValue[] Small = [.. Enumerable.Range(0, 256).Select(i => new IntValue(i))];

    private readonly long _latest = set.Definition.Values.Select(v => v.Since).DefaultIfEmpty(long.MinValue).Max();

    public override FactType Type => FactType.Int;

    public override FactValue? Value(FactFrame facts)
    {
        if (set.Value(facts) is not SetValue known || (_latest > known.CompleteTo && known.MayLackValuesOf(set.Definition)))
        {
            return null;
        }

        var count = known.Values.Count;
        return count < Small.Length ? Small[count] : new IntValue(count);
    }

    public override void AddMissing(FactFrame facts, ISet<string> missing) => set.AddMissing(facts, missing);
}

/// <summary><c>set.covers("code")</c>.</summary>
internal sealed class CoversNode(FactNode set, string code, string[] wholes) : TruthNode
{
    private readonly int _slot = set.CoverageSlot;

    public override Truth Evaluate(FactFrame facts) => facts.CoverageAt(_slot)?.Of(code, wholes) ?? Truth.Unknown;

    public override void AddMissing(FactFrame facts, ISet<string> missing) => set.AddMissing(facts, missing);
}
