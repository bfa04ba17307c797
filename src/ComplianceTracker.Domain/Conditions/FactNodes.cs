using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>A bool fact.</summary>
internal sealed class BoolFactNode(int slot, string name) : TruthNode
{
    public override Truth Evaluate(FactFrame facts) =>
        facts.At(slot) is not BoolValue known ? Truth.Unknown : known.Value ? Truth.Yes : Truth.No;

    public override void AddMissing(FactFrame facts, ISet<string> missing) => missing.Add(name);
}

/// <summary>A fact of any other type.</summary>
internal sealed class FactNode(int slot, int coverageSlot, FactDefinition definition) : Node
{
    public int Slot => slot;

    /// <summary>Where frames keep the coverage of the set; negative for other facts.</summary>
    public int CoverageSlot => coverageSlot;

    public FactDefinition Definition => definition;

    public override FactType Type => definition.Type;

    public override FactValue? Value(FactFrame facts) => facts.At(slot);

    public override void AddMissing(FactFrame facts, ISet<string> missing) => missing.Add(definition.Name);
}

/// <summary>A literal bool.</summary>
internal sealed class BoolLiteralNode(bool value) : TruthNode
{
    private readonly Truth _truth = value ? Truth.Yes : Truth.No;

    public override Truth Evaluate(FactFrame facts) => _truth;

    public override void AddMissing(FactFrame facts, ISet<string> missing)
    {
    }
}

/// <summary>A literal of any other type.</summary>
internal sealed class LiteralNode(FactValue value) : Node
{
    public FactValue Literal => value;

    public override FactType Type => value.Type;

    public override FactValue? Value(FactFrame facts) => value;

    public override void AddMissing(FactFrame facts, ISet<string> missing)
    {
    }
}
