namespace ComplianceTracker.Benchmarks.Evaluate;

/// <summary>A truth of Kleene's logic, ordered no, unknown, yes; <c>&amp;&amp;</c> and <c>||</c> stop as soon as it is decided.</summary>
internal readonly record struct Known(byte Value)
{
    public static readonly Known No = new(0);
    public static readonly Known Unknown = new(1);
    public static readonly Known Yes = new(2);

    public static Known Of(bool value) => value ? Yes : No;

    public static bool operator true(Known x) => x.Value == 2;

    public static bool operator false(Known x) => x.Value == 0;

    public static Known operator !(Known x) => new((byte)(2 - x.Value));

    public static Known operator &(Known x, Known y) => x.Value < y.Value ? x : y;

    public static Known operator |(Known x, Known y) => x.Value > y.Value ? x : y;
}

/// <summary>A number or a day that may be unknown, compared with a literal.</summary>
internal readonly struct Amount<T>(T? value)
    where T : struct, IComparable<T>
{
    private readonly T? value = value;

    public static Known operator <(Amount<T> x, T y) => x.value is { } v ? Known.Of(v.CompareTo(y) < 0) : Known.Unknown;

    public static Known operator <=(Amount<T> x, T y) => x.value is { } v ? Known.Of(v.CompareTo(y) <= 0) : Known.Unknown;

    public static Known operator >(Amount<T> x, T y) => x.value is { } v ? Known.Of(v.CompareTo(y) > 0) : Known.Unknown;

    public static Known operator >=(Amount<T> x, T y) => x.value is { } v ? Known.Of(v.CompareTo(y) >= 0) : Known.Unknown;

    public Known Is(T y) => value is { } v ? Known.Of(v.CompareTo(y) == 0) : Known.Unknown;
}
