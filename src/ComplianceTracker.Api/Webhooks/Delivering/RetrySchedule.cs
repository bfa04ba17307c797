using ComplianceTracker.Api.Webhooks.Outbound;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>What becomes of a delivery that failed.</summary>
internal static class RetrySchedule
{
    /// <summary>The answer of an endpoint that is there no longer: nothing more is to be sent to it.</summary>
    public const int Gone = 410;

    /// <summary>The pause until the next attempt; null when there is none: the schedule is exhausted, or the endpoint is gone.</summary>
    /// <param name="settings">The schedule.</param>
    /// <param name="attempts">How many attempts were made, this one included.</param>
    /// <param name="exchange">The attempt that failed.</param>
    /// <param name="chance">From 0 to 1: how the jitter falls.</param>
    public static TimeSpan? Next(WebhookSettings settings, int attempts, Exchange exchange, double chance)
    {
        if (attempts >= settings.Schedule.Length || exchange.Status == Gone)
        {
            return null;
        }

        var pause = settings.Schedule[attempts] * (1 + (settings.Jitter * ((2 * chance) - 1)));
        return Asked(settings, exchange) is { } asked && asked > pause ? asked : pause;
    }

    /// <summary>
    /// How long the endpoint, all of it, is to be left alone after the attempt; null: it said nothing of being too busy. A 429, 502 or 504
    /// that names no time rests it for as long as a first retry waits.
    /// </summary>
    public static TimeSpan? Asked(WebhookSettings settings, Exchange exchange) => exchange switch
    {
        { RetryAfter: { } asked, Status: 429 or >= 500 } when asked > TimeSpan.Zero => asked < settings.LongestRetryAfter ? asked : settings.LongestRetryAfter,
        { Status: 429 or 502 or 504 } when settings.Schedule.Length > 1 => settings.Schedule[1],
        _ => null,
    };
}
