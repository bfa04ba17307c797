namespace ComplianceTracker.Domain.Common;

/// <summary>
/// A half-open run of calendar days: <see cref="From"/> is included, <see cref="To"/> is not.
/// Days carry no time zone; the legal days of an instrument are those of its jurisdiction.
/// </summary>
/// <param name="From">The first day, or null: always.</param>
/// <param name="To">The day after the last, or null: until further notice.</param>
public readonly record struct Days(DateOnly? From, DateOnly? To)
{
    /// <summary>Every day.</summary>
    public static Days Always => default;

    /// <summary>True when no day is inside.</summary>
    public bool IsEmpty => From is { } from && To is { } to && to <= from;

    /// <summary>True when the day is inside: on or after <see cref="From"/> and before <see cref="To"/>.</summary>
    public bool Contains(DateOnly day) => !(day < From) && !(day >= To);

    /// <summary>The days inside both runs; possibly empty.</summary>
    public Days Intersect(Days other) => new(Later(From, other.From), Earlier(To, other.To));

    private static DateOnly? Later(DateOnly? a, DateOnly? b) => a is null ? b : b is null || a >= b ? a : b;

    private static DateOnly? Earlier(DateOnly? a, DateOnly? b) => a is null ? b : b is null || a <= b ? a : b;
}
