using System.Collections.Immutable;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>What one evaluation reads.</summary>
/// <param name="facts">The facts of the company.</param>
/// <param name="locals">How many items of macros can be open at once.</param>
internal sealed class CelScope(FactFrame facts, int locals)
{
    /// <summary>The facts of the company.</summary>
    public FactFrame Facts { get; } = facts;

    /// <summary>The items of the macros being evaluated, by their slots.</summary>
    public object[] Locals { get; } = locals == 0 ? [] : new object[locals];
}

/// <summary>
/// A compiled expression of the general evaluator, for what the nodes of <see cref="Node"/> have no part in: arithmetic, lists, macros,
/// conversions. It gives a value, an <see cref="UnknownValue"/> or a <see cref="Failure"/>.
/// </summary>
/// <remarks>
/// The rule that keeps more facts from ever changing a yes or a no: with "unknown" below every value and every failure, and these
/// above nothing else, each node is monotone in its parts. docs/conditions.md has the proof.
/// </remarks>
internal abstract class CelNode
{
    protected CelNode(Expression at, CelType type, params ReadOnlySpan<CelNode> parts)
    {
        Span = at.Span;
        Type = type;
        Cost = 1;
        foreach (var part in parts)
        {
            Cost += part.Cost;
            CanFail |= part.CanFail;
            Facts = Facts.Union(part.Facts);
        }
    }

    /// <summary>Where it stands in the text.</summary>
    public SourceSpan Span { get; }

    /// <summary>The type it was checked to have.</summary>
    public CelType Type { get; }

    /// <summary>The facts it reads.</summary>
    public ImmutableSortedSet<string> Facts { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>True unless no facts can make it fail.</summary>
    public bool CanFail { get; init; }

    /// <summary>At most so many steps does one evaluation take.</summary>
    public double Cost { get; init; }

    /// <summary>At most so large is the value: of a text its length, of a list or map the sum over what it holds.</summary>
    public double Size { get; init; } = 1;

    /// <summary>At most so many items does the list, map or set have.</summary>
    public double Length { get; init; }

    /// <summary>A value, an <see cref="UnknownValue"/> or a <see cref="Failure"/>.</summary>
    public abstract object Evaluate(CelScope scope);

    /// <summary>The failure of this very node.</summary>
    protected Failure Fail(string message) => new(message) { Span = Span, Facts = Facts };
}

/// <summary>A value that no fact changes.</summary>
internal sealed class ConstantNode(Expression at, CelType type, object value) : CelNode(at, type)
{
    /// <summary>The value; no failure.</summary>
    public object Value => value;

    public override object Evaluate(CelScope scope) => value;
}

/// <summary>A part that the nodes of facts evaluate: a fact, a membership in a set, <c>covers</c>.</summary>
internal sealed class LeafNode(Expression at, CelType type, Node node) : CelNode(at, type)
{
    public override object Evaluate(CelScope scope)
    {
        if (node.Value(scope.Facts) is { } known)
        {
            return PlainOf(known);
        }

        var missing = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        node.AddMissing(scope.Facts, missing);
        return new UnknownValue(missing.ToImmutable());
    }

    private static object PlainOf(Vocabulary.FactValue value) => value switch
    {
        Vocabulary.BoolValue v => v.Value,
        Vocabulary.IntValue v => v.Value,
        Vocabulary.DoubleValue v => v.Value,
        Vocabulary.StringValue v => v.Value,
        Vocabulary.DateValue v => v.Value,
        _ => value,
    };
}

/// <summary>The item of a macro.</summary>
internal sealed class LocalNode(Expression at, CelType type, int slot) : CelNode(at, type)
{
    public override object Evaluate(CelScope scope) => scope.Locals[slot];
}

/// <summary>
/// An operator or function of values: a part that failed makes it fail, whatever the others are; else an unknown part makes it unknown.
/// </summary>
internal sealed class StrictNode(Expression at, CelType type, Func<object[], object> apply, params CelNode[] parts) : CelNode(at, type, parts)
{
    public override object Evaluate(CelScope scope)
    {
        var values = new object[parts.Length];
        UnknownValue? unknown = null;
        for (var i = 0; i < parts.Length; i++)
        {
            values[i] = parts[i].Evaluate(scope);
            switch (values[i])
            {
                case Failure failure:
                    return failure;
                case UnknownValue u:
                    unknown = u.And(unknown);
                    break;
            }
        }

        // An unknown part does not end the walk: a later one may fail.
        return unknown ?? Placed(apply(values));
    }

    private object Placed(object value) => value is Failure { Facts: null } failure ? failure with { Span = Span, Facts = Facts } : value;
}
