using System.Collections.Immutable;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>What an expression is made of.</summary>
internal static class ExpressionParts
{
    /// <summary>The parts in the order of the text.</summary>
    public static ImmutableArray<Expression> Parts(this Expression expression) => expression switch
    {
        Negation e => [e.Operand],
        Junction e => e.Operands,
        Comparison e => [e.Left, e.Right],
        Choice e => [e.Condition, e.WhenYes, e.WhenNo],
        Arithmetic e => [e.Left, e.Right],
        Minus e => [e.Operand],
        Element e => [e.Target, e.Key],
        Selection e => [e.Target],
        ListExpression e => e.Elements,
        MapExpression e => e.Entries,
        Call e => e.Target is null ? e.Arguments : [e.Target, .. e.Arguments],
        _ => [],
    };

    /// <summary>How many expressions it is made of, itself among them.</summary>
    public static int Count(this Expression expression) => 1 + expression.Parts().Sum(Count);

    /// <summary>A part that lies so many levels down, or null. Does not recurse: it is what bounds the recursion of everything else.</summary>
    public static Expression? PartAt(this Expression root, int level)
    {
        var open = new Stack<(Expression Part, int Level)>([(root, 0)]);
        while (open.TryPop(out var next))
        {
            if (next.Level >= level)
            {
                return next.Part;
            }

            foreach (var part in next.Part.Parts())
            {
                open.Push((part, next.Level + 1));
            }
        }

        return null;
    }
}
