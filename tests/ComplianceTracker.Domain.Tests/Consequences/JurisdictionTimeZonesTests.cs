using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Consequences;

namespace ComplianceTracker.Domain.Tests.Consequences;

public sealed class JurisdictionTimeZonesTests
{
    [Theory]
    [InlineData("EU", "Europe/Brussels")]
    [InlineData("CN", "Asia/Shanghai")]
    [InlineData("CN-XJ", "Asia/Shanghai")]
    [InlineData("US", "America/New_York")]
    [InlineData("US-CA", "America/Los_Angeles")]
    [InlineData("US-NY", "America/New_York")]
    [InlineData("CA-BC", "America/Vancouver")]
    [InlineData("AU-WA", "Australia/Perth")]
    [InlineData("BR", "America/Sao_Paulo")]
    [InlineData("AQ", "UTC")]
    public void The_days_of_a_jurisdiction_begin_where_its_government_sits(string jurisdiction, string zone) =>
        JurisdictionTimeZones.Of(jurisdiction).ShouldBe(zone);

    [Fact]
    public void Every_zone_is_known_to_the_time_zone_database() =>
        JurisdictionTimeZones.All.Where(zone => !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _)).ShouldBeEmpty();

    [Fact]
    public void A_duration_before_a_day_is_clamped_like_one_after_it()
    {
        CalendarOffset.TryParse("P1M1D", out var offset).ShouldBeTrue();

        offset.Before(new(2024, 3, 31)).ShouldBe(new(2024, 2, 28));
        offset.Before(new(1, 1, 15)).ShouldBe(DateOnly.MinValue);
        new CalendarOffset(CalendarOffset.MaxMonths, CalendarOffset.MaxDays).Before(new(900, 1, 1)).ShouldBe(DateOnly.MinValue);
    }
}
