using System.Globalization;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Requests;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Clocks;

/// <summary>
/// Read-your-writes over the projections: a read with <c>minPosition</c>, or with <c>Prefer: wait=N</c> alone for the head of
/// the log at its arrival, waits for them, at most N seconds. Never silently stale: past that it is a 503 problem.
/// </summary>
internal sealed class ReadBarrier(IEventStore store, SettledLog settled, IHostApplicationLifetime lifetime)
{
    private const int LongestWait = 60;

    /// <summary>Waits as the request asks.</summary>
    /// <exception cref="ApiProblem">A parameter is not valid, or the time ran out.</exception>
    public async Task WaitAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var wait = Wait(context);
        using var span = wait is null ? null : ApiTelemetry.Source.StartActivity("wait for the register");
        if (MinPosition(context) is not { } position)
        {
            if (wait is null)
            {
                return;
            }

            position = await store.HeadAsync(cancellationToken);
        }

        if (!await UnlessStoppedAsync(ct => store.WaitForCheckpointAsync("Register", position, TimeSpan.FromSeconds(wait ?? 0), ct), cancellationToken))
        {
            throw new ApiProblem(
                ProblemTypes.NotYetThere, $"The register has not reached position {position} within {wait ?? 0} s; ask again, or wait longer with 'Prefer: wait=N'.")
            {
                RetryAfter = 1,
            };
        }

        if (wait is { } seconds)
        {
            context.Response.Headers["Preference-Applied"] = $"wait={seconds}";
        }
    }

    /// <summary>The same for a read of the log itself, which no projection can hold up: waits for the log to reach <c>minPosition</c>.</summary>
    /// <exception cref="ApiProblem">A parameter is not valid, or the time ran out.</exception>
    public async Task WaitForLogAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var wait = Wait(context);
        var time = TimeSpan.FromSeconds(wait ?? 0);
        if (MinPosition(context) is { } position && !await UnlessStoppedAsync(ct => settled.WaitAsync(position, time, ct), cancellationToken))
        {
            throw SettledLog.NotThere(position, time);
        }

        if (wait is { } seconds)
        {
            context.Response.Headers["Preference-Applied"] = $"wait={seconds}";
        }
    }

    // A wait outlasts what a service that is told to stop may take: who waits is answered and may ask the next one.
    private async Task<bool> UnlessStoppedAsync(Func<CancellationToken, Task<bool>> wait, CancellationToken cancellationToken)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        try
        {
            return await wait(ends.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static long? MinPosition(HttpContext context)
    {
        var given = context.Request.Query["minPosition"];
        if (given.Count == 0)
        {
            return null;
        }

        return given.Count == 1 && long.TryParse(given[0], NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? position
            : throw ApiProblem.BadParameter("minPosition", $"'{given}' is not a position of the log.");
    }

    // Preferences that cannot be met are ignored (RFC 7240), so a malformed wait is none.
    private static int? Wait(HttpContext context)
    {
        foreach (var preference in context.Request.Headers["Prefer"].SelectMany(h => (h ?? "").Split(',')))
        {
            var parts = preference.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts is ["wait", var seconds] && int.TryParse(seconds.Split(';')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var wait))
            {
                wait = Math.Min(wait, LongestWait);
                RequestDeadline.Of(context)?.Extend(TimeSpan.FromSeconds(wait));
                return wait;
            }
        }

        return null;
    }
}

/// <summary>The parameters that <see cref="ReadBarrier"/> reads, for the OpenAPI document.</summary>
internal static class ReadBarrierParameters
{
    private static readonly ApiParameter MinPosition = ApiParameter.Query(
        "minPosition", "The answer must reflect the log up to this position (the `position` of a write). Without `Prefer: wait` it must do so at once.", ApiParameter.Position) with { Form = 1261 };

    private static readonly ApiParameter Prefer = ApiParameter.Header(
        "Prefer", "`wait=N`: wait up to N seconds (at most 60) for `minPosition`, or without it for the head of the log at the request's arrival.", ApiParameter.Text) with { Form = "wait=5" };

    /// <summary>Says that the read can be made to wait for a write.</summary>
    public static RouteHandlerBuilder WithReadBarrier(this RouteHandlerBuilder builder) => builder
        .WithParameters(MinPosition, Prefer)
        .WithMetadata(new AnswerHeader("Preference-Applied", "The wait that was kept to, where `Prefer` asked for one.", "wait=5", [200]))
        .WithProblems(ProblemTypes.InvalidParameter, ProblemTypes.NotYetThere);
}
