using System.Collections.Immutable;

namespace ComplianceTracker.Domain.Vocabulary;

/// <summary>
/// A known value of a fact. Unknown is never a value: it is the absence of one (null). False, 0 and the empty set are known.
/// Values are immutable and compared by content.
/// </summary>
public abstract record FactValue
{
    private protected FactValue()
    {
    }

    /// <summary>The type the value has.</summary>
    public abstract FactType Type { get; }
}

/// <summary>A value of a <see cref="FactType.Bool"/> fact.</summary>
/// <param name="Value">True or false.</param>
public sealed record BoolValue(bool Value) : FactValue
{
    /// <inheritdoc/>
    public override FactType Type => FactType.Bool;
}

/// <summary>A value of a <see cref="FactType.Int"/> fact.</summary>
/// <param name="Value">The whole number, in the fact's own unit.</param>
public sealed record IntValue(long Value) : FactValue
{
    /// <inheritdoc/>
    public override FactType Type => FactType.Int;
}

/// <summary>A value of a <see cref="FactType.Double"/> fact.</summary>
/// <param name="Value">A finite number, in the fact's own unit.</param>
public sealed record DoubleValue(double Value) : FactValue
{
    /// <inheritdoc/>
    public override FactType Type => FactType.Double;
}

/// <summary>A value of a <see cref="FactType.String"/> fact.</summary>
/// <param name="Value">The text, compared by ordinal.</param>
public sealed record StringValue(string Value) : FactValue
{
    /// <inheritdoc/>
    public override FactType Type => FactType.String;
}

/// <summary>A value of a <see cref="FactType.Date"/> fact.</summary>
/// <param name="Value">The calendar day.</param>
public sealed record DateValue(DateOnly Value) : FactValue
{
    /// <inheritdoc/>
    public override FactType Type => FactType.Date;
}

/// <summary>
/// A value of a <see cref="FactType.StringSet"/> fact: the texts it holds, and up to which state of the vocabulary
/// the declaration is complete. A text that the vocabulary gained later is neither in the set nor out of it: unknown.
/// </summary>
/// <param name="Values">The members, compared by ordinal.</param>
/// <param name="CompleteTo">
/// The version of the vocabulary stream when the set was declared. A listed value added at a higher version is unknown to this set.
/// </param>
public sealed record SetValue(ImmutableSortedSet<string> Values, long CompleteTo) : FactValue
{
    /// <inheritdoc/>
    public override FactType Type => FactType.StringSet;

    /// <summary>A set complete for every value, whenever the vocabulary gained it.</summary>
    /// <param name="values">The members; duplicates count once.</param>
    public static SetValue Complete(params IEnumerable<string> values) =>
        new(ImmutableSortedSet.CreateRange(StringComparer.Ordinal, values), long.MaxValue);

    /// <summary>Compares members and completeness.</summary>
    public bool Equals(SetValue? other) =>
        other is not null && CompleteTo == other.CompleteTo && Values.SetEquals(other.Values);

    /// <inheritdoc/>
    public override int GetHashCode() => Values.Aggregate(CompleteTo.GetHashCode(), HashCode.Combine);
}
