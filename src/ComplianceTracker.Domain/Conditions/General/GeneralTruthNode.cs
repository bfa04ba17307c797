namespace ComplianceTracker.Domain.Conditions;

/// <summary>A node that can fail, where those of facts are unknown at most.</summary>
internal interface IFailing
{
    /// <summary>Why there is no value, or null where there is one or facts are missing.</summary>
    Failure? FailureOf(FactFrame facts);
}

/// <summary>
/// A whole expression of the general evaluator among the nodes of facts. Where it fails it is unknown: neither yes nor no, and what it
/// was made of is what someone must look at.
/// </summary>
internal sealed class GeneralTruthNode(CelNode root, int locals) : TruthNode, IFailing
{
    /// <summary>How many steps one evaluation takes at most, by estimate.</summary>
    public double Cost => root.Cost;

    public override Truth Evaluate(FactFrame facts) => Run(facts) switch
    {
        true => Truth.Yes,
        false => Truth.No,
        _ => Truth.Unknown,
    };

    public override void AddMissing(FactFrame facts, ISet<string> missing) => missing.UnionWith(Run(facts) switch
    {
        UnknownValue unknown => unknown.Facts,

        // The part that failed may read no fact by itself, as in "a && 1 / 0 > 1": then it is what let it come to matter.
        Failure { Facts: { IsEmpty: false } read } => read,
        _ => root.Facts,
    });

    /// <inheritdoc/>
    public Failure? FailureOf(FactFrame facts) => Run(facts) as Failure;

    /// <summary>True, false, an <see cref="UnknownValue"/> or a <see cref="Failure"/>.</summary>
    private object Run(FactFrame facts)
    {
        var value = root.Evaluate(new CelScope(facts, locals));
        return value is bool or UnknownValue or Failure ? value : Tally.NoBool(value, root);
    }
}

/// <summary>A sub-expression of the general evaluator whose values facts can have, for the steps of an explanation.</summary>
internal sealed class GeneralValueNode(CelNode root, Vocabulary.FactType type, int locals) : Node, IFailing
{
    public override Vocabulary.FactType Type => type;

    public override Vocabulary.FactValue? Value(FactFrame facts) => root.Evaluate(new CelScope(facts, locals)) switch
    {
        bool v => new Vocabulary.BoolValue(v),
        long v => new Vocabulary.IntValue(v),
        double v when double.IsFinite(v) => new Vocabulary.DoubleValue(v),
        string v => new Vocabulary.StringValue(v),
        DateOnly v => new Vocabulary.DateValue(v),
        Vocabulary.SetValue v => v,
        _ => null,
    };

    public override void AddMissing(FactFrame facts, ISet<string> missing) => missing.UnionWith(root.Facts);

    /// <inheritdoc/>
    public Failure? FailureOf(FactFrame facts) => root.Evaluate(new CelScope(facts, locals)) as Failure;
}
