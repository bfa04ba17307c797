namespace ComplianceTracker.Api.Tests.Support;

/// <summary>Time that passes when the test says so. Its timers fire, in order, as it passes them; safe for concurrent use.</summary>
internal sealed class ManualTime(DateTimeOffset now) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Timer> timers = [];
    private DateTimeOffset now = now.ToUniversalTime();

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass up to the instant; to an earlier one it is set back, and no timer fires.</summary>
    public void Set(DateTimeOffset to)
    {
        while (true)
        {
            Timer? due;
            lock (gate)
            {
                due = timers.Where(t => t.Due <= to).MinBy(t => t.Due);
                now = due is null ? to.ToUniversalTime() : due.Due > now ? due.Due.Value : now;
                due?.Fired();
            }

            if (due is null)
            {
                return;
            }

            due.Call();
        }
    }

    /// <summary>Lets the time pass.</summary>
    public void Advance(TimeSpan by) => Set(GetUtcNow() + by);

    private sealed class Timer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan period;

        public DateTimeOffset? Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                this.period = period;
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : time.now + dueTime;
                time.timers.Remove(this);
                time.timers.Add(this);
            }

            return true;
        }

        public void Fired() => Due = period > TimeSpan.Zero ? Due + period : null;

        public void Call() => callback(state);

        public void Dispose()
        {
            lock (time.gate)
            {
                time.timers.Remove(this);
                Due = null;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
