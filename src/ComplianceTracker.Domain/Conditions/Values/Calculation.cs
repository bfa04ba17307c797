using System.Globalization;
using System.Text;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>Arithmetic on known values. What has no result gives a <see cref="Failure"/>.</summary>
internal static class Calculation
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary><c>left operator right</c>; both of one type.</summary>
    public static object Apply(ArithmeticOperator sign, object left, object right) => (left, right) switch
    {
        (long a, long b) => Whole(sign, a, b),
        (ulong a, ulong b) => Whole(sign, a, b),
        (double a, double b) => sign switch
        {
            ArithmeticOperator.Add => a + b,
            ArithmeticOperator.Subtract => a - b,
            ArithmeticOperator.Multiply => a * b,
            ArithmeticOperator.Divide => a / b,
            _ => NoOverload(sign, left, right),
        },
        (string a, string b) when sign == ArithmeticOperator.Add => a + b,
        (ByteText a, ByteText b) when sign == ArithmeticOperator.Add => new ByteText(a.Bytes.AddRange(b.Bytes)),
        (ListValue a, ListValue b) when sign == ArithmeticOperator.Add => new ListValue([.. a.Items, .. b.Items]),
        _ => NoOverload(sign, left, right),
    };

    /// <summary><c>-value</c>.</summary>
    public static object Negate(object value) => value switch
    {
        long.MinValue => Overflow("int"),
        long whole => -whole,
        double number => -number,
        _ => new Failure($"'-' takes an int or a double, not {TypeName(value)}."),
    };

    /// <summary><c>int(value)</c>: doubles are cut toward zero.</summary>
    public static object ToInt(object value) => value switch
    {
        long => value,
        ulong whole => whole <= long.MaxValue ? (long)whole : Overflow("int"),
        double number => number is > -9223372036854775808.0 and < 9223372036854775808.0 ? (long)number : Overflow("int"),
        string text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : NotRead(text, "an int"),
        _ => NoConversion(value, "int"),
    };

    /// <summary><c>uint(value)</c>.</summary>
    public static object ToUint(object value) => value switch
    {
        ulong => value,
        long whole => whole >= 0 ? (ulong)whole : Overflow("uint"),
        double number => number is >= 0 and < 18446744073709551616.0 ? (ulong)number : Overflow("uint"),
        string text => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) ? whole : NotRead(text, "a uint"),
        _ => NoConversion(value, "uint"),
    };

    /// <summary><c>double(value)</c>: whole numbers are rounded to the nearest double.</summary>
    public static object ToDouble(object value)
    {
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return value switch
        {
            double => value,
            long whole => (double)whole,
            ulong whole => (double)whole,
            string text when double.TryParse(text, style, CultureInfo.InvariantCulture, out var number) =>
                double.IsInfinity(number) && text.Any(char.IsAsciiDigit) ? Overflow("double") : number,
            string text => NotRead(text, "a double"),
            _ => NoConversion(value, "double"),
        };
    }

    /// <summary><c>string(value)</c>.</summary>
    public static object ToText(object value) => value switch
    {
        string => value,
        bool truth => truth ? "true" : "false",
        long whole => whole.ToString(CultureInfo.InvariantCulture),
        ulong whole => whole.ToString(CultureInfo.InvariantCulture),
        double number => Text(number),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ByteText bytes => Text(bytes),
        _ => NoConversion(value, "string"),
    };

    /// <summary><c>bool(value)</c>.</summary>
    public static object ToBool(object value) => value switch
    {
        bool => value,
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        string text => NotRead(text, "a bool"),
        _ => NoConversion(value, "bool"),
    };

    /// <summary><c>bytes(value)</c>: of a text its UTF-8.</summary>
    public static object ToBytes(object value) => value switch
    {
        ByteText => value,
        string text => new ByteText([.. StrictUtf8.GetBytes(text)]),
        _ => NoConversion(value, "bytes"),
    };

    /// <summary>The name of the type of a value.</summary>
    public static string TypeName(object value) => value switch
    {
        bool => "bool",
        long => "int",
        ulong => "uint",
        double => "double",
        string => "string",
        ByteText => "bytes",
        NullValue => "null_type",
        ListValue => "list",
        MapValue => "map",
        DateOnly => "date",
        TypeValue => "type",
        _ => "string-set",
    };

    /// <summary>A failure for want of a meaning.</summary>
    public static Failure NoOverload(ArithmeticOperator sign, object left, object right) =>
        new($"'{Printer.Sign(sign)}' has no meaning between {TypeName(left)} and {TypeName(right)}.");

    private static object Whole(ArithmeticOperator sign, long a, long b)
    {
        try
        {
            return sign switch
            {
                ArithmeticOperator.Add => checked(a + b),
                ArithmeticOperator.Subtract => checked(a - b),
                ArithmeticOperator.Multiply => checked(a * b),
                _ when b == 0 => DivisionByZero,
                ArithmeticOperator.Divide => b == -1 ? checked(-a) : a / b,
                _ => b == -1 ? 0L : a % b,
            };
        }
        catch (OverflowException)
        {
            return Overflow("int");
        }
    }

    private static object Whole(ArithmeticOperator sign, ulong a, ulong b)
    {
        try
        {
            return sign switch
            {
                ArithmeticOperator.Add => checked(a + b),
                ArithmeticOperator.Subtract => checked(a - b),
                ArithmeticOperator.Multiply => checked(a * b),
                _ when b == 0 => DivisionByZero,
                ArithmeticOperator.Divide => a / b,
                _ => a % b,
            };
        }
        catch (OverflowException)
        {
            return Overflow("uint");
        }
    }

    private static object Text(ByteText bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes.Bytes.AsSpan());
        }
        catch (DecoderFallbackException)
        {
            return new Failure("These bytes are no UTF-8 text.");
        }
    }

    /// <summary>The shortest digits that read back as the same double; an exponent from 1e+21 and below 1e-4.</summary>
    private static string Text(double number)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
        }

        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        var exponent = number == 0 ? 0 : Exponent(shortest);
        if (exponent is < -4 or >= 21)
        {
            var digits = Digits(shortest);
            var fraction = digits.Length > 1 ? $".{digits[1..]}" : "";
            return string.Create(CultureInfo.InvariantCulture, $"{(number < 0 ? "-" : "")}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        return shortest.Contains('E', StringComparison.Ordinal) ? Plain(number, Digits(shortest), exponent) : shortest;
    }

    private static string Digits(string shortest) =>
        string.Concat(shortest.Split('E')[0].Where(char.IsAsciiDigit)).TrimStart('0').TrimEnd('0') is { Length: > 0 } digits ? digits : "0";

    private static int Exponent(string shortest)
    {
        var parts = shortest.TrimStart('-').Split('E');
        if (parts.Length == 2)
        {
            return int.Parse(parts[1], CultureInfo.InvariantCulture);
        }

        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? parts[0] : parts[0][..point];
        return whole != "0" ? whole.Length - 1 : -(parts[0][2..].TakeWhile(c => c == '0').Count() + 1);
    }

    private static string Plain(double number, string digits, int exponent)
    {
        var sign = number < 0 ? "-" : "";
        return exponent < 0 ? $"{sign}0.{new string('0', -exponent - 1)}{digits}" : sign + digits.PadRight(exponent + 1, '0');
    }

    private static Failure DivisionByZero => new("This divides by zero.");

    private static Failure Overflow(string type) => new($"The result is outside the range of {(type[0] is 'i' ? "an" : "a")} {type}.");

    private static Failure NotRead(string text, string type) =>
        new($"{Printer.Quote(text.Length <= 40 ? text : text[..40] + "…")} cannot be read as {type}.");

    private static Failure NoConversion(object value, string type) => new($"{type}() does not take {TypeName(value)}.");
}
