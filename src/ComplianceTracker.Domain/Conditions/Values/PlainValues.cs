using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ComplianceTracker.Domain.Conditions;

// The values of the general evaluator are plain objects: bool, long, ulong, double, string, DateOnly, a fact's SetValue, and the
// types of this file. Two of them, UnknownValue and Failure, stand where there is no value.

/// <summary>The one value of <c>null</c>.</summary>
internal sealed class NullValue
{
    private NullValue()
    {
    }

    /// <summary>The value.</summary>
    public static NullValue Instance { get; } = new();
}

/// <summary>Bytes, compared by content.</summary>
/// <param name="Bytes">The bytes.</param>
internal sealed record ByteText(ImmutableArray<byte> Bytes)
{
    /// <summary>Compares the bytes.</summary>
    public bool Equals(ByteText? other) => other is not null && Bytes.AsSpan().SequenceEqual(other.Bytes.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Bytes.Aggregate(Bytes.Length, HashCode.Combine);

    /// <summary>The literal: ASCII as it is, other bytes by number.</summary>
    public override string ToString()
    {
        var literal = new StringBuilder("b\"");
        foreach (var b in Bytes)
        {
            _ = b is < 0x20 or > 0x7e or (byte)'"' or (byte)'\\'
                ? literal.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}")
                : literal.Append((char)b);
        }

        return literal.Append('"').ToString();
    }
}

/// <summary>A list. An item may be an <see cref="UnknownValue"/>, never a <see cref="Failure"/>.</summary>
/// <param name="Items">The items; nobody writes to them after the list is made.</param>
internal sealed record ListValue(object[] Items);

/// <summary>A map. A value may be an <see cref="UnknownValue"/>; keys are known.</summary>
/// <param name="Keys">The keys as they were written, in order.</param>
/// <param name="ByKey">The values by <see cref="KeyOf"/> of their key.</param>
internal sealed record MapValue(object[] Keys, Dictionary<object, object> ByKey)
{
    /// <summary>The key as maps look it up: numbers that are equal are one key. Null for what can be no key and equals none.</summary>
    public static object? KeyOf(object key) => key switch
    {
        bool or string or long => key,
        ulong whole => whole <= long.MaxValue ? (long)whole : whole,
        double number when Math.Truncate(number) == number && number is >= -9223372036854775808.0 and < 9223372036854775808.0 => (long)number,
        double number when Math.Truncate(number) == number && number is >= 0 and < 18446744073709551616.0 => (ulong)number,
        _ => null,
    };
}

/// <summary>What <c>type(x)</c> gives.</summary>
/// <param name="Name">The name of the type, as the specification has it.</param>
internal sealed record TypeValue(string Name);

/// <summary>In place of a value that depends on facts that are not known.</summary>
/// <param name="Facts">The facts that keep it unknown, by ordinal; never empty.</param>
internal sealed record UnknownValue(ImmutableSortedSet<string> Facts)
{
    /// <summary>Unknown for want of that fact.</summary>
    public static UnknownValue Of(string fact) => new(ImmutableSortedSet.Create(StringComparer.Ordinal, fact));

    /// <summary>Unknown for want of the facts of both.</summary>
    public UnknownValue And(UnknownValue? other) => other is null ? this : new(Facts.Union(other.Facts));
}

/// <summary>In place of a value that there is none of, whatever else becomes known: an evaluation error of CEL.</summary>
/// <param name="Message">What went wrong, in one sentence.</param>
internal sealed record Failure(string Message)
{
    /// <summary>Where in the text; set by the node that failed.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>The facts that the failed part reads; null until the node that failed sets them.</summary>
    public ImmutableSortedSet<string>? Facts { get; init; }
}
