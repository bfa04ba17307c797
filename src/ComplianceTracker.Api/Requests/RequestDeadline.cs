namespace ComplianceTracker.Api.Requests;

/// <summary>
/// How long a request may take. When the time is over, or the client has gone away, the request's token is cancelled, and with it
/// the statement that the database works on.
/// </summary>
internal sealed class RequestDeadline : IDisposable
{
    private readonly CancellationTokenSource ends = new();
    private readonly TimeProvider clock;
    private readonly ITimer timer;
    private readonly CancellationTokenRegistration clientGone;
    private readonly long begun;
    private readonly TimeSpan limit;
    private TimeSpan extension;
    private volatile bool passed;

    private RequestDeadline(TimeSpan limit, TimeProvider clock, CancellationToken aborted)
    {
        (this.limit, this.clock, begun) = (limit, clock, clock.GetTimestamp());
        timer = clock.CreateTimer(static d => ((RequestDeadline)d!).Pass(), this, limit, Timeout.InfiniteTimeSpan);
        clientGone = aborted.UnsafeRegister(static d => ((RequestDeadline)d!).Cancel(), this);
    }

    /// <summary>True once the time was over before the request was done.</summary>
    public bool Passed => passed;

    /// <summary>How long the request may take, in all.</summary>
    public TimeSpan Limit => limit + extension;

    /// <summary>How much of it the client asked to wait.</summary>
    public TimeSpan Extension => extension;

    /// <summary>True when the request has no deadline any more.</summary>
    public bool IsLifted { get; private set; }

    /// <summary>The deadline of a request, or null: it has none.</summary>
    public static RequestDeadline? Of(HttpContext context) => context.Features.Get<RequestDeadline>();

    /// <summary>Puts the rest of the request under a deadline, whose token takes the place of the request's own.</summary>
    public static async Task RunAsync(HttpContext context, RequestDelegate next, TimeSpan limit, TimeProvider clock)
    {
        var aborted = context.RequestAborted;
        using var deadline = new RequestDeadline(limit, clock, aborted);
        context.Features.Set(deadline);
        context.RequestAborted = deadline.ends.Token;
        try
        {
            await next(context);
        }
        finally
        {
            context.RequestAborted = aborted;
        }

        // The framework takes a cancelled answer for one that nobody waits for and ends it as if it were whole.
        if (deadline.Passed)
        {
            throw new OperationCanceledException("The request's time was over.", deadline.ends.Token);
        }
    }

    /// <summary>Allows that much more: the client asked to wait.</summary>
    public void Extend(TimeSpan more)
    {
        extension += more;
        var left = Limit - clock.GetElapsedTime(begun);
        timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes the deadline away: the answer goes on for as long as the client listens.</summary>
    public void Lift()
    {
        IsLifted = true;
        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        timer.Dispose();
        clientGone.Dispose();
    }

    private void Pass()
    {
        passed = true;
        Cancel();
    }

    private void Cancel() => ends.CancelAside();
}

/// <summary>Puts every request under a deadline.</summary>
internal static class RequestDeadlines
{
    /// <summary>Adds the deadline.</summary>
    public static void UseRequestDeadline(this WebApplication app)
    {
        var limit = app.Services.GetRequiredService<RequestSettings>().Timeout;
        var clock = app.Services.GetRequiredService<TimeProvider>();
        app.Use((HttpContext context, RequestDelegate next) => RequestDeadline.RunAsync(context, next, limit, clock));
    }
}
