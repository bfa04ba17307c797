using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary><c>!</c>: the unknown stays unknown.</summary>
internal sealed class NegationNode(TruthNode operand) : TruthNode
{
    public override Truth Evaluate(FactFrame facts) => operand.Evaluate(facts) switch
    {
        Truth.Yes => Truth.No,
        Truth.No => Truth.Yes,
        _ => Truth.Unknown,
    };

    public override void AddMissing(FactFrame facts, ISet<string> missing) => operand.AddMissing(facts, missing);
}

/// <summary>
/// <c>&amp;&amp;</c> and <c>||</c>: one operand with the deciding truth settles it, whatever stands unknown beside it;
/// without one, an unknown operand keeps it unknown.
/// </summary>
internal sealed class JunctionNode(JunctionKind kind, TruthNode[] operands) : TruthNode
{
    private readonly Truth _decides = kind == JunctionKind.And ? Truth.No : Truth.Yes;
    private readonly Truth _otherwise = kind == JunctionKind.And ? Truth.Yes : Truth.No;

    public override Truth Evaluate(FactFrame facts)
    {
        var result = _otherwise;
        foreach (var operand in operands)
        {
            var truth = operand.Evaluate(facts);
            if (truth == _decides)
            {
                return truth;
            }

            if (truth == Truth.Unknown)
            {
                result = Truth.Unknown;
            }
        }

        return result;
    }

    public override void AddMissing(FactFrame facts, ISet<string> missing)
    {
        foreach (var operand in operands)
        {
            AddMissingOf(operand, facts, missing);
        }
    }
}

/// <summary><c>?:</c> between truths. An unknown condition gives the common truth of both branches, else unknown.</summary>
internal sealed class TruthChoiceNode(TruthNode condition, TruthNode whenYes, TruthNode whenNo) : TruthNode
{
    public override Truth Evaluate(FactFrame facts)
    {
        switch (condition.Evaluate(facts))
        {
            case Truth.Yes:
                return whenYes.Evaluate(facts);
            case Truth.No:
                return whenNo.Evaluate(facts);
            default:
                var common = whenYes.Evaluate(facts);
                return common == whenNo.Evaluate(facts) ? common : Truth.Unknown;
        }
    }

    public override void AddMissing(FactFrame facts, ISet<string> missing) =>
        ChoiceNode.AddMissing(condition, whenYes, whenNo, facts, missing);
}

/// <summary><c>?:</c> between values of one type.</summary>
internal sealed class ChoiceNode(TruthNode condition, Node whenYes, Node whenNo) : Node
{
    public override FactType Type => whenYes.Type;

    public override FactValue? Value(FactFrame facts)
    {
        switch (condition.Evaluate(facts))
        {
            case Truth.Yes:
                return whenYes.Value(facts);
            case Truth.No:
                return whenNo.Value(facts);
            default:
                var common = whenYes.Value(facts);
                return common is not null && common.Equals(whenNo.Value(facts)) ? common : null;
        }
    }

    public override void AddMissing(FactFrame facts, ISet<string> missing) =>
        AddMissing(condition, whenYes, whenNo, facts, missing);

    internal static void AddMissing(TruthNode condition, Node whenYes, Node whenNo, FactFrame facts, ISet<string> missing)
    {
        var chosen = condition.Evaluate(facts);
        if (chosen == Truth.Unknown)
        {
            condition.AddMissing(facts, missing);
        }

        if (chosen != Truth.No)
        {
            AddMissingOf(whenYes, facts, missing);
        }

        if (chosen != Truth.Yes)
        {
            AddMissingOf(whenNo, facts, missing);
        }
    }
}
