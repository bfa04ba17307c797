using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Requests;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Health;

/// <summary>Whether the service lives, and whether its answers can be relied on.</summary>
internal static class HealthEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void MapHealthEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Json(new HealthAnswer("live", [], 0, null, null), ApiJson.Types.HealthAnswer))
            .WithTags("Health").WithName("live").WithSummary("Whether the process lives; asks no database")
            .WithDescription("For whoever restarts what hangs.").InLane(Lane.Always).Produces<HealthAnswer>();
        routes.MapGet("/health/ready", ReadyAsync)
            .WithTags("Health").WithName("ready")
            .WithSummary("Whether migrations are done, the first import is projected and the projections move")
            .WithDescription("For whoever sends requests here; 503 says what it waits for.")
            .InLane(Lane.Readiness)
            .WithProblems(ProblemTypes.NotReady).Produces<HealthAnswer>();
    }

    private static async Task<IResult> ReadyAsync(HttpContext context, Readiness readiness, StoreProbe probe)
    {
        // The look has a bound of its own, shorter than any request's.
        RequestDeadline.Of(context)?.Lift();
        var state = readiness.IsMigrated ? await probe.LookAsync(context.RequestAborted) ?? throw NotReady(NoAnswer) : new StoreState([], 0, null, null);
        return readiness.WhyNot(state.Subscriptions, state.Stall) is { } why
            ? throw NotReady(why)
            : Results.Json(
                new HealthAnswer(
                    "ready", [..state.Subscriptions.Select(s => new ProjectionHealth(s.Name, s.Checkpoint, s.Lag, s.Parked))], state.Head, Stall(state.Stall),
                    Rebuild(state.Rebuild)),
                ApiJson.Types.HealthAnswer);
    }

    private static string NoAnswer => $"The database does not answer, or not within {StoreProbe.Longest.TotalSeconds:0} s.";

    private static ApiProblem NotReady(string why) => new(ProblemTypes.NotReady, why) { RetryAfter = 1 };

    private static RebuildHealth? Rebuild(RebuildState? state) =>
        state is null ? null : new RebuildHealth(RegisterProjection.LiveName, state.Companies, state.OfCompanies, state.StartedAt);

    private static StallHealth? Stall(LogStall? stall) => stall is null
        ? null
        : new StallHealth(stall.Position, stall.Since, [..stall.Holders.Select(h => h.ProcessId).OfType<int>()]);
}
