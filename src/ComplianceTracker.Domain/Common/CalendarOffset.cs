using System.Globalization;
using System.Text.RegularExpressions;

namespace ComplianceTracker.Domain.Common;

/// <summary>
/// A distance in calendar days as ISO 8601 writes it (<c>P6M</c>, <c>P1Y</c>, <c>P30D</c>, <c>P2W</c>), without a time part.
/// </summary>
/// <param name="Months">Whole months; a year is twelve.</param>
/// <param name="Days">Whole days; a week is seven.</param>
public readonly partial record struct CalendarOffset(int Months, int Days)
{
    /// <summary>The most months an offset has; years included.</summary>
    public const int MaxMonths = 9999;

    /// <summary>The most days an offset has besides its months; weeks included.</summary>
    public const int MaxDays = 99999;

    /// <summary>
    /// The day that lies the offset after the day. Months go first and are clamped to the last day of the month
    /// (31 January plus one month is 28 or 29 February); a day past the calendar's end is its last day.
    /// </summary>
    public DateOnly After(DateOnly day)
    {
        var monthsLeft = ((DateOnly.MaxValue.Year - day.Year) * 12) + DateOnly.MaxValue.Month - day.Month;
        var moved = day.AddMonths(Math.Min(Months, monthsLeft));
        return moved.AddDays(Math.Min(Days, DateOnly.MaxValue.DayNumber - moved.DayNumber));
    }

    /// <summary>
    /// The day that lies the offset before the day. Months go first and are clamped to the last day of the month; a day before the
    /// calendar's beginning is its first day.
    /// </summary>
    public DateOnly Before(DateOnly day)
    {
        if (Months > ((day.Year - 1) * 12) + day.Month - 1)
        {
            return DateOnly.MinValue;
        }

        var moved = day.AddMonths(-Months);
        return moved.AddDays(-Math.Min(Days, moved.DayNumber));
    }

    /// <summary>
    /// Reads an ISO 8601 duration of years, months, weeks and days; anything else, and more than <see cref="MaxMonths"/> or
    /// <see cref="MaxDays"/>, gives false.
    /// </summary>
    public static bool TryParse(string? text, out CalendarOffset offset)
    {
        offset = default;
        var match = Iso8601().Match(text ?? "");
        if (!match.Success)
        {
            return false;
        }

        int Part(string name) => match.Groups[name].Success ? int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture) : 0;
        var read = new CalendarOffset((Part("y") * 12) + Part("m"), (Part("w") * 7) + Part("d"));
        // What is written out must be readable again: years and weeks come back as months and days.
        if (read.Months > MaxMonths || read.Days > MaxDays)
        {
            return false;
        }

        offset = read;
        return true;
    }

    /// <summary>The offset as ISO 8601 writes it.</summary>
    public override string ToString() =>
        (Months, Days) switch
        {
            (0, var days) => $"P{days}D",
            (var months, 0) => $"P{months}M",
            var (months, days) => $"P{months}M{days}D",
        };

    // [0-9] and not \d, which takes the digits of every script, and those do not parse.
    [GeneratedRegex(@"\AP(?=[0-9])(?:(?<y>[0-9]{1,3})Y)?(?:(?<m>[0-9]{1,4})M)?(?:(?<w>[0-9]{1,4})W)?(?:(?<d>[0-9]{1,5})D)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Iso8601();
}
