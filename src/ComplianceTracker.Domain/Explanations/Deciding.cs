using ComplianceTracker.Domain.Conditions;

namespace ComplianceTracker.Domain.Explanations;

/// <summary>Finds what of a condition decided its result.</summary>
public static class Deciding
{
    /// <summary>
    /// The innermost parts that decided the result, in the order of the text, with what each came to: of an <c>&amp;&amp;</c> that holds all
    /// operands, of one that does not those that fail; of an unknown result what keeps it unknown.
    /// </summary>
    /// <param name="condition">The condition.</param>
    /// <param name="facts">The company's facts of the day.</param>
    public static IReadOnlyList<(Expression Part, Truth Result)> Of(Condition condition, FactFrame facts)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(facts);
        var parts = new List<(Expression, Truth)>();
        Add(condition.Root, condition.Trace(facts), parts);
        return parts;
    }

    // The steps of a trace stand in the order of the operands.
    private static void Add(Expression expression, TraceNode step, List<(Expression, Truth)> parts)
    {
        switch (expression)
        {
            case Negation negation:
                Add(negation.Operand, step.Children[0], parts);
                break;
            case Junction junction:
                foreach (var (operand, child) in junction.Operands.Zip(step.Children).Where(p => p.Second.Decisive))
                {
                    Add(operand, child, parts);
                }

                break;
            default:
                parts.Add((expression, step.Truth ?? Truth.Unknown));
                break;
        }
    }
}
