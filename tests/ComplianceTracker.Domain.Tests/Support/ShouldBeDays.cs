namespace ComplianceTracker.Domain.Tests.Support;

/// <summary>Compares days with days as people write them.</summary>
internal static class ShouldBeDays
{
    /// <summary>The day is the one written, or none where null is.</summary>
    public static void ShouldBeDay(this DateOnly? actual, string? expected) => actual.ShouldBe(Law.DayOrNone(expected));
}
