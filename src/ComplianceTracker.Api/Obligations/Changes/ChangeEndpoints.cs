using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;

namespace ComplianceTracker.Api.Obligations.Changes;

/// <summary>What became of a company's obligations between two points.</summary>
internal static class ChangeEndpoints
{
    /// <summary>Adds what the endpoint needs.</summary>
    public static IServiceCollection AddChanges(this IServiceCollection services) => services.AddSingleton<ChangeQuestions>();

    /// <summary>Maps the endpoint.</summary>
    public static void MapChangeEndpoints(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/companies/{id}/obligations/changes", ListAsync).WithTags("Obligations").WithName("listChanges")
            .WithSummary("What became of the company's obligations between two days, two states of knowledge or two positions of the log, and why")
            .WithDescription(
                "One clock moves: `from` and `to` (legal days), `knownFrom` and `knownTo` (what did the news do?), or `fromPosition` and `toPosition` (what did our own edits do?). "
                + "Who applies the changes to the obligations that concern the company at the first point has those at the second. "
                + "The example asks what the day brought on which China's Personal Information Protection Law began.")
            .WithPath("id", "The company's id, a slug.", "sc01-foreign-carmaker")
            .WithRange().WithRecordingClock().WithObligationSelection().WithReadBarrier()
            .WithPaging(
                "/api/v1/companies/sc01-foreign-carmaker/obligations/changes?from=2021-10-31&to=2021-11-01", "cn-pipl-art38 05",
                "2021-10-31 2021-11-01 1261 2026-11-21T08:00:00.0000000+00:00 2021-11-01 2021-11-01 1261 2026-11-21T08:00:00.0000000+00:00 UTC")
            .WithProblems(ProblemTypes.CompanyNotFound, ProblemTypes.Archived)
            .Produces<ChangePage>();

    private static async Task<IResult> ListAsync(
        string id, HttpContext context, ChangeQuestions questions, ReadBarrier barrier, CancellationToken cancellationToken)
    {
        await barrier.WaitAsync(context, cancellationToken);
        var paging = Paging.From(context.Request);
        var question = paging.Pinned is { } pinned
            ? await questions.AskAsync(id, pinned, cancellationToken)
            : await questions.AskAsync(id, GivenRange.Of(context.Request.Query), cancellationToken);
        var query = ObligationQuery.From(context.Request.Query, question.View);
        return Results.Json(ChangeList.Of(question, query, paging), ApiJson.Types.ChangePage);
    }
}
