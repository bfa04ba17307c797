using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Obligations;

/// <summary>What applies to a company: the question the product exists for.</summary>
internal static class ObligationEndpoints
{
    /// <summary>Adds what the endpoints need.</summary>
    public static IServiceCollection AddObligations(this IServiceCollection services) => services
        .AddSingleton<RegisterReader>()
        .AddSingleton<CompanyAnswers>()
        .AddSingleton<RegisterRebuild>()
        .AddSingleton<ISubscription>(provider => new RegisterProjection(
            provider.GetRequiredService<InstrumentCatalogue>(), provider.GetRequiredService<EventTypes>()));

    /// <summary>Maps the endpoints.</summary>
    public static void MapObligationEndpoints(this IEndpointRouteBuilder routes)
    {
        const string ACompany = "The company's id, a slug.";
        var group = routes.MapGroup("/companies/{id}/obligations").WithTags("Obligations");
        group.MapGet("", ListAsync).WithName("listObligations")
            .WithSummary("What applies to the company on a day, as known on a day, as recorded by then, and why")
            .WithDescription("The example asks what bound a foreign carmaker on the day on which China's Personal Information Protection Law began.")
            .WithPath("id", ACompany, "sc01-foreign-carmaker")
            .WithClocks().WithObligationFilters().WithReadBarrier()
            .WithPaging("/api/v1/companies/sc01-foreign-carmaker/obligations", "cn-pipl-art38", "2021-11-01 2021-11-01 1261 UTC 2026-11-21T08:00:00.0000000+00:00")
            .WithProblems(ProblemTypes.CompanyNotFound, ProblemTypes.Archived)
            .Produces<ObligationPage>();
        group.MapGet("/{obligationId}", OneAsync).WithName("getObligation")
            .WithSummary("One obligation with its explanation")
            .WithDescription(
                "The explanation holds every step of the condition's evaluation with the facts it read and when they were declared, the developments that made the rule what it is, and the nearest changes of facts that would change the answer. "
                + "The same question at the same `position` gives the same bytes while `explanationVersion` stays.")
            .WithPath("id", ACompany, "sc01-foreign-carmaker")
            .WithPath("obligationId", "The obligation's id, which survives renumbering.", "cn-pipl-art38")
            .WithClocks().WithReadBarrier()
            .WithProblems(ProblemTypes.CompanyNotFound, ProblemTypes.ObligationNotKnown, ProblemTypes.Archived)
            .Produces<ObligationDetail>();
    }

    private static async Task<IResult> ListAsync(
        string id, HttpContext context, CompanyAnswers answers, ReadBarrier barrier, CancellationToken cancellationToken)
    {
        await barrier.WaitAsync(context, cancellationToken);
        var paging = Paging.From(context.Request);
        var given = GivenClocks.From(context.Request.Query);
        var question = Echoing(await answers.AskAsync(id, paging.Pinned is { } pinned ? Pinned(pinned) : given, cancellationToken), paging);
        var query = ObligationQuery.From(context.Request.Query, question.View);
        return new ObligationListWriter(ObligationList.Of(question, query, paging));
    }

    private static async Task<IResult> OneAsync(
        string id, string obligationId, HttpContext context, CompanyAnswers answers, ReadBarrier barrier, CancellationToken cancellationToken)
    {
        await barrier.WaitAsync(context, cancellationToken);
        var question = await answers.AskAsync(id, GivenClocks.From(context.Request.Query), cancellationToken);
        if (!question.View.RuleById.TryGetValue(obligationId, out var rule) || question.Answer(rule) is not { } answer)
        {
            var nearest = rule is null ? Nearest.To(obligationId, question.View.RuleById.Keys) : [];
            throw new ApiProblem(
                ProblemTypes.ObligationNotKnown,
                $"As known on {question.Clocks.KnownOn:yyyy-MM-dd}, no draft, enactment or start of '{obligationId}' lies on or before {question.Clocks.AsOf:yyyy-MM-dd}{Hints.DidYouMean(nearest)}")
            {
                Expected = nearest,
            };
        }

        var explaining = await answers.ExplainingAsync(question, rule, answer, cancellationToken);
        var detail = new ObligationDetail(ObligationItems.Item(answer, question.View), question, explaining.Explain());
        return Results.Json(detail, ApiJson.Types.ObligationDetail);
    }

    /// <summary>The clocks that a cursor holds.</summary>
    public static GivenClocks Pinned(string pin) =>
        pin.Split(' ') is [var asOf, var knownOn, var position, var zone, _] ? new(asOf, knownOn, null, position, zone) : new(null, null, null, null, null);

    /// <summary>The question with the instant that the first page echoed: of an instant asked for, not of the position it led to.</summary>
    public static CompanyQuestion Echoing(CompanyQuestion question, Paging paging) =>
        paging.PinnedInstant is { } recordedAt ? question with { RecordedAt = recordedAt } : question;
}
