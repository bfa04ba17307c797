namespace ComplianceTracker.Testing;

/// <summary>The machine's clock, shifted by what a test says; timers run on real time.</summary>
public sealed class ShiftedClock : TimeProvider
{
    /// <summary>How far the clock is off; negative for a clock that stepped back.</summary>
    public TimeSpan Shift { get; set; }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
