using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>A compiled expression: names are slots, literals are values, types are settled.</summary>
internal abstract class Node
{
    public abstract FactType Type { get; }

    /// <summary>The value, or null where it is unknown.</summary>
    public abstract FactValue? Value(FactFrame facts);

    /// <summary>Adds the facts that keep the value unknown. Called only where it is unknown.</summary>
    public abstract void AddMissing(FactFrame facts, ISet<string> missing);

    protected static void AddMissingOf(Node operand, FactFrame facts, ISet<string> missing)
    {
        if (operand.Value(facts) is null)
        {
            operand.AddMissing(facts, missing);
        }
    }
}

/// <summary>A compiled expression that is true or false.</summary>
internal abstract class TruthNode : Node
{
    private static readonly BoolValue Yes = new(true);
    private static readonly BoolValue No = new(false);

    public sealed override FactType Type => FactType.Bool;

    public abstract Truth Evaluate(FactFrame facts);

    public sealed override FactValue? Value(FactFrame facts) => Evaluate(facts) switch
    {
        Truth.Yes => Yes,
        Truth.No => No,
        _ => null,
    };
}
