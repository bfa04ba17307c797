using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Health;

/// <summary>Whether the service lives, and whether its answers can be relied on.</summary>
internal static class HealthEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void MapHealthEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Json(new HealthAnswer("live", [], 0), ApiJson.Types.HealthAnswer))
            .WithTags("Health").WithName("live").WithSummary("Whether the process lives; asks no database")
            .WithDescription("For whoever restarts what hangs.").Produces<HealthAnswer>();
        routes.MapGet("/health/ready", ReadyAsync)
            .WithTags("Health").WithName("ready")
            .WithSummary("Whether migrations are done, the first import is projected and the projections move")
            .WithDescription("For whoever sends requests here; 503 says what it waits for.")
            .WithProblems(ProblemTypes.NotReady).Produces<HealthAnswer>();
    }

    private static async Task<IResult> ReadyAsync(Readiness readiness, IEventStore store, CancellationToken cancellationToken)
    {
        var states = readiness.IsMigrated ? await store.GetSubscriptionStatesAsync(cancellationToken) : [];
        var head = readiness.IsMigrated ? await store.HeadAsync(cancellationToken) : 0;
        if (readiness.WhyNot(states) is { } why)
        {
            throw new ApiProblem(ProblemTypes.NotReady, why) { RetryAfter = 1 };
        }

        return Results.Json(
            new HealthAnswer("ready", [..states.Select(s => new ProjectionHealth(s.Name, s.Checkpoint, s.Lag))], head), ApiJson.Types.HealthAnswer);
    }
}

/// <summary>The state of the service.</summary>
/// <param name="Status"><c>live</c> or <c>ready</c>.</param>
/// <param name="Projections">How far each projection is; empty for <c>live</c>.</param>
/// <param name="Head">The log's head; 0 for <c>live</c>.</param>
public sealed record HealthAnswer(string Status, IReadOnlyList<ProjectionHealth> Projections, long Head);

/// <summary>How far a projection is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Checkpoint">The log position up to which, included, it reflects everything.</param>
/// <param name="Lag">How many positions it is behind the head.</param>
public sealed record ProjectionHealth(string Name, long Checkpoint, long Lag);
