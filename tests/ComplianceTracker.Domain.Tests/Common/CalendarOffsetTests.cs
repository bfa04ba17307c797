using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Tests.Support;
using FsCheck.Fluent;
using static ComplianceTracker.Domain.Tests.Support.Law;

namespace ComplianceTracker.Domain.Tests.Common;

/// <summary>Distances in calendar days.</summary>
public sealed class CalendarOffsetTests
{
    [Theory]
    [InlineData("2023-01-31", "P1M", "2023-02-28")]
    [InlineData("2024-01-31", "P1M", "2024-02-29")]
    [InlineData("2024-02-29", "P1Y", "2025-02-28")]
    [InlineData("2024-01-31", "P1M1D", "2024-03-01")]
    [InlineData("2024-01-01", "P2W", "2024-01-15")]
    [InlineData("2024-01-01", "P30D", "2024-01-31")]
    [InlineData("2024-01-01", "P0D", "2024-01-01")]
    [InlineData("2024-08-31", "P1Y6M", "2026-02-28")]
    [InlineData("9999-06-15", "P1Y", "9999-12-15")]
    [InlineData("9999-12-31", "P99999D", "9999-12-31")]
    public void Months_go_first_and_are_clamped_to_the_last_day(string day, string offset, string expected)
    {
        Offset(offset).After(Day(day)).ShouldBe(Day(expected));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("P")]
    [InlineData("6M")]
    [InlineData("p6m")]
    [InlineData("P-6M")]
    [InlineData("P1M1Y")]
    [InlineData("PT72H")]
    [InlineData("P1DT1H")]
    [InlineData("P6M ")]
    [InlineData("P6M\n")]
    [InlineData("P1.5M")]
    [InlineData("P６M")] // full-width digits
    [InlineData("P٣D")] // Arabic-Indic digits
    [InlineData("P834Y")] // more months than are written out
    [InlineData("P9999W99999D")]
    public void What_is_no_duration_of_days_is_not_read(string? text)
    {
        CalendarOffset.TryParse(text, out _).ShouldBeFalse();
    }

    [Fact]
    public void What_is_written_out_reads_as_the_same()
    {
        var parts =
            from y in Gen.Choose(0, 999) from m in Gen.Choose(0, 9999) from w in Gen.Choose(0, 9999) from d in Gen.Choose(0, 99999)
            select $"P{y}Y{m}M{w}W{d}D";
        Properties.ForAll(parts, text =>
        {
            if (CalendarOffset.TryParse(text, out var offset))
            {
                CalendarOffset.TryParse(offset.ToString(), out var again).ShouldBeTrue();
                again.ShouldBe(offset);
            }
        });
    }

    [Fact]
    public void A_later_day_never_gives_an_earlier_one_and_no_day_overflows()
    {
        var cases =
            from a in Gen.Choose(0, DateOnly.MaxValue.DayNumber) from b in Gen.Choose(0, 400)
            from months in Gen.Choose(0, CalendarOffset.MaxMonths) from days in Gen.Choose(0, CalendarOffset.MaxDays)
            select (a, b: Math.Min(a + b, DateOnly.MaxValue.DayNumber), offset: new CalendarOffset(months, days));
        Properties.ForAll(cases, c =>
        {
            var (early, late) = (DateOnly.FromDayNumber(c.a), DateOnly.FromDayNumber(c.b));
            c.offset.After(late).ShouldBeGreaterThanOrEqualTo(c.offset.After(early));
            c.offset.After(early).ShouldBeGreaterThanOrEqualTo(early);
        });
    }
}
