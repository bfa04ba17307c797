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

    private static async Task<IResult> ReadyAsync(
        Readiness readiness, IEventStore store, IEnumerable<ISubscription> subscriptions, RegisterRebuild rebuild, CancellationToken cancellationToken)
    {
        // What another process is about to put in the place of a projection is not this service's to wait for.
        var names = subscriptions.Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        var all = readiness.IsMigrated ? await store.GetSubscriptionStatesAsync(cancellationToken) : [];
        var states = all.Where(s => names.Contains(s.Name)).ToList();
        var head = readiness.IsMigrated ? await store.HeadAsync(cancellationToken) : 0;
        var stall = readiness.IsMigrated ? await store.GetStallAsync(cancellationToken) : null;
        if (readiness.WhyNot(states, stall) is { } why)
        {
            throw new ApiProblem(ProblemTypes.NotReady, why) { RetryAfter = 1 };
        }

        return Results.Json(
            new HealthAnswer(
                "ready", [..states.Select(s => new ProjectionHealth(s.Name, s.Checkpoint, s.Lag, s.Parked))], head, Stall(stall),
                Rebuild(await rebuild.FindAsync(cancellationToken))),
            ApiJson.Types.HealthAnswer);
    }

    private static RebuildHealth? Rebuild(RebuildState? state) =>
        state is null ? null : new RebuildHealth(RegisterProjection.LiveName, state.Companies, state.OfCompanies, state.StartedAt);

    private static StallHealth? Stall(LogStall? stall) => stall is null
        ? null
        : new StallHealth(stall.Position, stall.Since, [..stall.Holders.Select(h => h.ProcessId).OfType<int>()]);
}
