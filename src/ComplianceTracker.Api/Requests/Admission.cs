using System.Threading.RateLimiting;
using ComplianceTracker.Api.Problems;

namespace ComplianceTracker.Api.Requests;

/// <summary>Among which requests one counts.</summary>
internal enum Lane
{
    /// <summary>Those that work and are done: at most so many at once, and so many that wait for their turn.</summary>
    Work,

    /// <summary>Questions after readiness: they must not wait behind the work that they ask about.</summary>
    Readiness,

    /// <summary>Always let in: whether the process lives, and what costs nothing.</summary>
    Always,

    /// <summary>The log, where the client asks to follow it live; else work.</summary>
    Feed,
}

/// <summary>
/// Lets in what the service can carry. Beyond that a bounded number waits, and the rest is told at once to come back: a queue
/// without an end would answer everybody too late.
/// </summary>
internal sealed class Admission(RequestSettings settings) : IDisposable
{
    private const int ReadinessAtOnce = 16;

    private readonly ConcurrencyLimiter work = Limit(settings.Concurrent, settings.Waiting);
    private readonly ConcurrencyLimiter readiness = Limit(ReadinessAtOnce, 0);
    private readonly ConcurrencyLimiter followers = Limit(settings.Followers, 0);

    /// <summary>How many requests work now, and how many wait for their turn.</summary>
    public (long Working, long Waiting) Work => work.GetStatistics() is { } now
        ? (settings.Concurrent - now.CurrentAvailablePermits, now.CurrentQueuedCount)
        : (0, 0);

    /// <summary>How many clients follow the log now.</summary>
    public long Followers => followers.GetStatistics() is { } now ? settings.Followers - now.CurrentAvailablePermits : 0;

    /// <summary>Lets the request in when its turn comes.</summary>
    /// <exception cref="ApiProblem">There is no room, not even to wait.</exception>
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        if (LimiterOf(context) is not { } limiter)
        {
            await next(context);
            return;
        }

        using var turn = await limiter.AcquireAsync(1, context.RequestAborted);
        if (!turn.IsAcquired)
        {
            throw Full(limiter);
        }

        await next(context);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        work.Dispose();
        readiness.Dispose();
        followers.Dispose();
    }

    private ConcurrencyLimiter? LimiterOf(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<LaneOf>()?.Lane switch
    {
        Lane.Always => null,
        Lane.Readiness => readiness,
        Lane.Feed when Feed.FeedEndpoints.IsLive(context) => followers,
        _ => work,
    };

    private ApiProblem Full(ConcurrencyLimiter limiter) => new(
        ProblemTypes.Overloaded,
        limiter == followers ? $"{settings.Followers} clients follow the log already, the most there may be; read it in pages meanwhile."
        : limiter == readiness ? $"{ReadinessAtOnce} requests ask for readiness already."
        : $"{settings.Concurrent} requests are at work and {settings.Waiting} wait for their turn, the most there may be.")
    {
        RetryAfter = 1,
    };

    private static ConcurrencyLimiter Limit(int atOnce, int waiting) =>
        new(new ConcurrencyLimiterOptions { PermitLimit = atOnce, QueueLimit = waiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });
}

/// <summary>The lane of an endpoint.</summary>
/// <param name="Lane">The lane.</param>
internal sealed record LaneOf(Lane Lane);

/// <summary>Attaches lanes to endpoints and the admission to the service.</summary>
internal static class AdmissionLanes
{
    /// <summary>Puts the endpoint into a lane; without one it is <see cref="Lane.Work"/>.</summary>
    public static RouteHandlerBuilder InLane(this RouteHandlerBuilder builder, Lane lane) => builder.WithMetadata(new LaneOf(lane));

    /// <summary>Adds the admission; routing must have chosen the endpoint by then.</summary>
    public static void UseAdmission(this WebApplication app)
    {
        var admission = app.Services.GetRequiredService<Admission>();
        app.Use((HttpContext context, RequestDelegate next) => admission.RunAsync(context, next));
    }
}
