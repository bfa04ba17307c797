using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>Equality and order of values at runtime, as the specification has them: numbers lie on one line, whatever their types.</summary>
internal static class Equality
{
    private static readonly object True = true;
    private static readonly object False = false;

    /// <summary>True or false, or unknown where items of lists or values of maps are.</summary>
    public static object Of(object left, object right)
    {
        switch (left, right)
        {
            case (UnknownValue a, _):
                return a.And(right as UnknownValue);
            case (_, UnknownValue b):
                return b;
            case (ListValue a, ListValue b):
                return a.Items.Length == b.Items.Length ? All(Enumerable.Range(0, a.Items.Length).Select(i => Of(a.Items[i], b.Items[i]))) : False;
            case (MapValue a, MapValue b):
                return a.Keys.Length == b.Keys.Length ? All(a.ByKey.Select(e => b.ByKey.TryGetValue(e.Key, out var other) ? Of(e.Value, other) : False)) : False;
            default:
                return IsNumber(left) && IsNumber(right) ? Compare(left, right) == 0 : left.Equals(right);
        }
    }

    /// <summary>Whether the list holds the value.</summary>
    public static object In(object value, ListValue list)
    {
        UnknownValue? unknown = null;
        foreach (var item in list.Items)
        {
            switch (Of(value, item))
            {
                case true:
                    return True;
                case UnknownValue u:
                    unknown = u.And(unknown);
                    break;
            }
        }

        return unknown ?? False;
    }

    /// <summary>True when both are the same in every respect: what an unknown choice between them comes to.</summary>
    public static bool Same(object left, object right) => (left, right) switch
    {
        (double a, double b) => BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b),
        (ListValue a, ListValue b) => a.Items.Length == b.Items.Length && a.Items.Zip(b.Items).All(pair => Same(pair.First, pair.Second)),
        (MapValue a, MapValue b) => a.Keys.Length == b.Keys.Length && a.Keys.Zip(b.Keys).All(pair => Same(pair.First, pair.Second))
            && a.ByKey.All(e => b.ByKey.TryGetValue(e.Key, out var other) && Same(e.Value, other)),
        (UnknownValue, _) or (_, UnknownValue) => false,
        _ => left.GetType() == right.GetType() && left.Equals(right),
    };

    public static bool IsNumber(object value) => value is long or double or ulong;

    /// <summary>
    /// Negative, zero or positive as the left value is below, equal to or above the right one; null for values that have no order:
    /// another type, or a double that is no number, which <paramref name="isTyped"/> tells apart.
    /// </summary>
    public static int? Order(object left, object right, out bool isTyped)
    {
        isTyped = true;
        switch (left, right)
        {
            case (string a, string b):
                return CompareTexts(a, b);
            case (bool a, bool b):
                return a.CompareTo(b);
            case (DateOnly a, DateOnly b):
                return a.CompareTo(b);
            case (ByteText a, ByteText b):
                return a.Bytes.AsSpan().SequenceCompareTo(b.Bytes.AsSpan());
            default:
                isTyped = IsNumber(left) && IsNumber(right);
                return isTyped ? Compare(left, right) : null;
        }
    }

    /// <summary>Compares numbers exactly; null where one is no number.</summary>
    private static int? Compare(object left, object right) => (left, right) switch
    {
        (double.NaN, _) or (_, double.NaN) => null,
        (long a, long b) => a.CompareTo(b),
        (ulong a, ulong b) => a.CompareTo(b),
        (double a, double b) => a.CompareTo(b),
        (long a, double b) => ValueOrder.Compare(a, b),
        (double a, long b) => -ValueOrder.Compare(b, a),
        (long a, ulong b) => a < 0 ? -1 : ((ulong)a).CompareTo(b),
        (ulong a, long b) => b < 0 ? 1 : a.CompareTo((ulong)b),
        (ulong a, double b) => Compare(a, b),
        (double a, ulong b) => -Compare(b, a),
        _ => null,
    };

    private static int Compare(ulong whole, double number)
    {
        const double beyond = 18446744073709551616.0;
        if (number >= beyond)
        {
            return whole == ulong.MaxValue && number == beyond ? 0 : -1;
        }

        if (number < 0)
        {
            return 1;
        }

        var integral = Math.Truncate(number);
        var order = whole.CompareTo((ulong)integral);
        return order != 0 ? order : integral.CompareTo(number);
    }

    /// <summary>By code points: of two UTF-16 texts a surrogate counts above every other code unit.</summary>
    private static int CompareTexts(string left, string right)
    {
        var length = Math.Min(left.Length, right.Length);
        for (var i = 0; i < length; i++)
        {
            var (a, b) = (left[i], right[i]);
            if (a != b)
            {
                return char.IsSurrogate(a) == char.IsSurrogate(b) ? a.CompareTo(b) : char.IsSurrogate(a) ? 1 : -1;
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    private static object All(IEnumerable<object> comparisons)
    {
        UnknownValue? unknown = null;
        foreach (var equal in comparisons)
        {
            switch (equal)
            {
                case false:
                    return False;
                case UnknownValue u:
                    unknown = u.And(unknown);
                    break;
            }
        }

        return unknown ?? True;
    }
}
