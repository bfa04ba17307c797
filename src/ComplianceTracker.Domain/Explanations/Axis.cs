using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Explanations;

/// <summary>
/// Ordered values (whole numbers, numbers, days) as places on one line of whole numbers, in their order and without a value between two
/// neighbours: what is true of "the next value" is true of the next place.
/// </summary>
internal static class Axis
{
    /// <summary>True when values of the type have an order.</summary>
    public static bool Has(FactType type) => type is FactType.Int or FactType.Double or FactType.Date;

    /// <summary>The place of a value.</summary>
    public static long PlaceOf(FactValue value) => value switch
    {
        IntValue v => v.Value,
        DoubleValue v => PlaceOf(v.Value),
        DateValue v => v.Value.DayNumber,
        _ => throw new ArgumentException($"A {value.Type} has no place on a line.", nameof(value)),
    };

    /// <summary>The value at a place; a place past the last value is the last value's.</summary>
    public static FactValue At(FactType type, long place) => type switch
    {
        FactType.Int => new IntValue(place),
        FactType.Double => new DoubleValue(DoubleAt(Math.Clamp(place, PlaceOf(double.MinValue), PlaceOf(double.MaxValue)))),
        FactType.Date => new DateValue(DateOnly.FromDayNumber((int)Math.Clamp(place, DateOnly.MinValue.DayNumber, DateOnly.MaxValue.DayNumber))),
        _ => throw new ArgumentException($"A {type} has no place on a line.", nameof(type)),
    };

    /// <summary>The places at which the outcome of a comparison with the literal can change.</summary>
    public static IEnumerable<long> PlacesOf(FactType type, FactValue literal) => (type, literal) switch
    {
        (FactType.Int, IntValue v) => [v.Value],
        (FactType.Int, DoubleValue v) when Math.Abs(v.Value) < 1L << 62 => [(long)Math.Floor(v.Value), (long)Math.Ceiling(v.Value)],
        (FactType.Double, DoubleValue v) => [PlaceOf(v.Value)],
        (FactType.Double, IntValue v) => [PlaceOf((double)v.Value)],
        (FactType.Date, DateValue v) => [v.Value.DayNumber],
        _ => [],
    };

    /// <summary>Places far out on both sides and in the middle, for a fact that no literal divides.</summary>
    public static IEnumerable<long> Landmarks(FactType type) => type switch
    {
        FactType.Int => [0, 1_000_000_000_000],
        FactType.Double => [PlaceOf(0.0), PlaceOf(1e30)],
        FactType.Date => [Common.LegalDate.First.DayNumber, Common.LegalDate.Last.DayNumber],
        _ => [],
    };

    /// <summary>The place in the middle of two.</summary>
    public static long Middle(long a, long b) => (a & b) + ((a ^ b) >> 1);

    // Doubles are ordered as their bits are, the negative ones backwards.
    private static long PlaceOf(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        return bits >= 0 ? bits : long.MinValue - bits;
    }

    private static double DoubleAt(long place) => BitConverter.Int64BitsToDouble(place >= 0 ? place : long.MinValue - place);
}
