namespace ComplianceTracker.Domain.Common;

/// <summary>The days the record speaks about: 1900-01-01 to 2200-12-31, both included.</summary>
public static class LegalDate
{
    /// <summary>The first day accepted.</summary>
    public static DateOnly First { get; } = new(1900, 1, 1);

    /// <summary>The last day accepted.</summary>
    public static DateOnly Last { get; } = new(2200, 12, 31);

    /// <summary>True when the record can speak about the day.</summary>
    public static bool IsInRange(DateOnly day) => day >= First && day <= Last;
}
