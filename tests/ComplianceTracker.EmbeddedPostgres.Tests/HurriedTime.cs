namespace ComplianceTracker.EmbeddedPostgres.Tests;

/// <summary>A clock whose waits are a hundred times shorter: patience is tested without having it.</summary>
internal sealed class HurriedTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 100 : dueTime, period);
}
