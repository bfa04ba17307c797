namespace ComplianceTracker.Domain.Conditions;

/// <summary><c>&amp;&amp;</c> and <c>||</c>: one operand that decides settles it, whatever failed or stands unknown beside it; then unknown comes before failure.</summary>
internal sealed class JunctionCelNode(Expression at, JunctionKind kind, params CelNode[] operands) : CelNode(at, CelType.Bool, operands)
{
    public override object Evaluate(CelScope scope)
    {
        var tally = new Tally(kind);
        foreach (var operand in operands)
        {
            if (tally.Add(operand.Evaluate(scope), operand))
            {
                return tally.Decided;
            }
        }

        return tally.Result;
    }
}

/// <summary>Joins truths by <c>&amp;&amp;</c> or <c>||</c>, one after the other.</summary>
internal struct Tally(JunctionKind kind)
{
    private UnknownValue? _unknown;
    private Failure? _failure;

    /// <summary>The truth that settles it.</summary>
    public readonly bool Decided => kind == JunctionKind.Or;

    /// <summary>What it came to, when nothing settled it.</summary>
    public readonly object Result => _unknown ?? (object?)_failure ?? !Decided;

    /// <summary>Takes one truth; true when that settles it.</summary>
    public bool Add(object truth, CelNode of)
    {
        switch (truth)
        {
            case bool known:
                return known == Decided;
            case UnknownValue unknown:
                _unknown = unknown.And(_unknown);
                return false;
            case Failure failure:
                _failure ??= failure;
                return false;
            default:
                _failure ??= NoBool(truth, of);
                return false;
        }
    }

    /// <summary>A value of type dyn that turned out to be no bool.</summary>
    public static Failure NoBool(object value, CelNode of) =>
        new($"This is {Calculation.TypeName(value)} where a bool is expected.") { Span = of.Span, Facts = of.Facts };
}

/// <summary><c>?:</c>. An unknown condition gives what both branches share, if the condition cannot fail; else unknown.</summary>
internal sealed class ChoiceCelNode(Expression at, CelType type, CelNode condition, CelNode whenYes, CelNode whenNo)
    : CelNode(at, type, condition, whenYes, whenNo)
{
    public override object Evaluate(CelScope scope)
    {
        switch (condition.Evaluate(scope))
        {
            case true:
                return whenYes.Evaluate(scope);
            case false:
                return whenNo.Evaluate(scope);
            case Failure failure:
                return failure;
            case UnknownValue unknown:
                return Undecided(scope, unknown);
            case var value:
                return Tally.NoBool(value, condition);
        }
    }

    private object Undecided(CelScope scope, UnknownValue unknown)
    {
        var (yes, no) = (whenYes.Evaluate(scope), whenNo.Evaluate(scope));
        return !condition.CanFail && yes is not Failure && Equality.Same(yes, no)
            ? yes
            : unknown.And(yes as UnknownValue).And(no as UnknownValue);
    }
}
