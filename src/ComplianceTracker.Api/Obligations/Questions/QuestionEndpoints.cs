using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Api.Obligations.Questions;

/// <summary>What a company must still tell.</summary>
internal static class QuestionEndpoints
{
    /// <summary>Maps the endpoint.</summary>
    public static void MapQuestionEndpoints(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/companies/{id}/questions", ListAsync).WithTags("Obligations").WithName("listQuestions")
            .WithSummary("What the company must still tell, the question that settles most first")
            .WithDescription(
                "A fact is listed only when some answer to it can change the answer for an undetermined obligation; with all of them answered, nothing stays undetermined. "
                + "Obligations in force count first, then upcoming ones.")
            .WithPath("id", "The company's id, a slug.", "nordwind-retail")
            .WithClocks().WithObligationSelection().WithReadBarrier()
            .WithPaging("/api/v1/companies/nordwind-retail/questions", "is_ciio", "2021-11-01 2021-11-01 1261 UTC 2026-11-21T08:00:00.0000000+00:00")
            .WithProblems(ProblemTypes.CompanyNotFound, ProblemTypes.Archived)
            .Produces<QuestionPage>();

    private static async Task<IResult> ListAsync(
        string id, HttpContext context, CompanyAnswers answers, ReadBarrier barrier, CancellationToken cancellationToken)
    {
        await barrier.WaitAsync(context, cancellationToken);
        var paging = Paging.From(context.Request);
        var given = GivenClocks.From(context.Request.Query);
        var question = ObligationEndpoints.Echoing(
            await answers.AskAsync(id, paging.Pinned is { } pinned ? ObligationEndpoints.Pinned(pinned) : given, cancellationToken), paging);
        var query = ObligationQuery.From(context.Request.Query, question.View) with { Statuses = [Status.Undetermined] };
        var facts = await answers.FactsAsync(question, cancellationToken);
        return Results.Json(QuestionList.Of(question, facts, query, paging), ApiJson.Types.QuestionPage);
    }
}
