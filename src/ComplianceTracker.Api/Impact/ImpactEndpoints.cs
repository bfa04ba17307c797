using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Instruments;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;

namespace ComplianceTracker.Api.Impact;

/// <summary>Whom a change of law touches, one that happened or one that has not.</summary>
internal static class ImpactEndpoints
{
    private const string ExampleInstrument = "cn-pipl";
    private const string ExamplePin = "2021-11-01 2021-11-01 1261 UTC 2026-11-21T08:00:00.0000000+00:00";

    private static readonly ApiParameter Applies = ApiParameter.Query(
        "applies", "`yes` (left out: this) lists the companies for which something changes, `unknown` those for which that depends on facts that are missing.", () => ApiParameter.OneOf([Words.Of(Truth.Yes), Words.Of(Truth.Unknown)])) with
    {
        Form = "unknown",
    };

    /// <summary>Adds what the endpoints need.</summary>
    public static IServiceCollection AddImpact(this IServiceCollection services) => services.AddSingleton<CompanyPopulation>().AddSingleton<ImpactQuestions>();

    /// <summary>Maps the endpoints.</summary>
    public static void MapImpactEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/instruments/{id}/impact", OfInstrumentAsync).WithTags("Impact").WithName("instrumentImpact")
            .WithSummary("The companies that an instrument touches, and how")
            .WithDescription("The answers for all companies on the day, against a record that never held the instrument.")
            .WithPath("id", "The instrument's id, a slug.", ExampleInstrument)
            .WithClocks().WithParameters(Applies).WithReadBarrier()
            .WithPaging($"/api/v1/instruments/{ExampleInstrument}/impact", "sc01-foreign-carmaker", ExamplePin)
            .WithProblems(ProblemTypes.InstrumentNotFound)
            .Produces<ImpactPage>();
        routes.MapPost("/instruments/{id}/impact", OfSupposedAsync).WithTags("Impact").WithName("supposedImpact")
            .WithSummary("The companies that developments would touch that have not happened, and how")
            .WithDescription("Nothing is stored. What is supposed is held against the record as if it were recorded; what could not happen is a problem that points at it.")
            .WithPath("id", "The instrument's id, a slug.", ExampleInstrument)
            .WithBody<ImpactBody>(
                """
                {
                  "developments": [
                    {
                      "id": "suppose-art38-is-suspended",
                      "kind": "suspended",
                      "date": "2027-03-01",
                      "note": { "en": "Supposed: the transfer rules are suspended for half a year." },
                      "source": "A supposition, no law",
                      "confidence": "known",
                      "effects": [{ "kind": "suspend", "obligationId": "cn-pipl-art38", "order": "supposed", "from": "2027-04-01", "to": "2027-10-01" }]
                    }
                  ],
                  "asOf": "2027-04-01",
                  "limit": 5
                }
                """)
            .WithReadBarrier()
            .WithRecordingProblems()
            .WithProblems(ProblemTypes.BothRecordingClocks, ProblemTypes.InstrumentNotFound)
            .Produces<ImpactPage>();
        routes.MapGet("/developments/{eventId}/impact", OfDevelopmentAsync).WithTags("Impact").WithName("developmentImpact")
            .WithSummary("The companies that one development touches, and how")
            .WithDescription("The answers for all companies on the day, against a record without the development and what corrects it.")
            .WithPath("eventId", "The id of the event that recorded it, as the feed and deliveries give it, or the development's own id where one instrument alone has it.", "cn-pipl-2021-08-20-passed")
            .WithClocks().WithParameters(Applies).WithReadBarrier()
            .WithPaging("/api/v1/developments/cn-pipl-2021-08-20-passed/impact", "sc01-foreign-carmaker", ExamplePin)
            .WithProblems(ProblemTypes.DevelopmentNotFound)
            .Produces<ImpactPage>();
    }

    private static async Task<IResult> OfInstrumentAsync(string id, HttpContext context, ImpactQuestions questions, ReadBarrier barrier, CancellationToken cancellationToken)
    {
        await barrier.WaitForLogAsync(context, cancellationToken);
        var query = context.Request.Query;
        return Results.Json(
            await questions.OfInstrumentAsync(id, GivenClocks.From(query), AppliesOf(query), Paging.From(context.Request), cancellationToken), ApiJson.Types.ImpactPage);
    }

    private static async Task<IResult> OfDevelopmentAsync(string eventId, HttpContext context, ImpactQuestions questions, ReadBarrier barrier, CancellationToken cancellationToken)
    {
        await barrier.WaitForLogAsync(context, cancellationToken);
        var query = context.Request.Query;
        return Results.Json(
            await questions.OfDevelopmentAsync(eventId, GivenClocks.From(query), AppliesOf(query), Paging.From(context.Request), cancellationToken), ApiJson.Types.ImpactPage);
    }

    private static async Task<IResult> OfSupposedAsync(string id, HttpContext context, ImpactQuestions questions, ReadBarrier barrier, CancellationToken cancellationToken)
    {
        await barrier.WaitForLogAsync(context, cancellationToken);
        var body = await RequestBody.ReadAsync(context, ApiJson.Types.ImpactBody);
        var given = GivenClocks.Of(body.AsOf, body.KnownOn, body.RecordedAt, body.Position, body.TimeZone);
        if (body.Applies == Truth.No)
        {
            throw new ApiProblem(ProblemTypes.InvalidBody, NotAsked) { Pointer = "/applies", Expected = [Words.Of(Truth.Yes), Words.Of(Truth.Unknown)] };
        }

        try
        {
            return Results.Json(
                await questions.OfSupposedAsync(
                    id, [..body.Developments.Select(d => d.ToDomain())], given, body.Applies ?? Truth.Yes, Paging.From(body.Limit, body.Cursor, QuestionOf(id, body)), cancellationToken),
                ApiJson.Types.ImpactPage);
        }
        catch (ApiProblem problem) when (problem.Parameter is not null)
        {
            throw problem.InBody();
        }
    }

    private const string NotAsked = "Companies for which nothing changes are not listed.";

    private static Truth AppliesOf(IQueryCollection query) => query["applies"] switch
    {
        [] => Truth.Yes,
        [{ } word] when Words.TryParse<Truth>(word, out var truth) && truth != Truth.No => truth,
        var given => throw ApiProblem.BadParameter("applies", $"'{given}' is not yes or unknown. {NotAsked}", Words.Of(Truth.Yes), Words.Of(Truth.Unknown)),
    };

    // What a cursor goes on with: the body without its clocks and its page.
    private static string QuestionOf(string id, ImpactBody body) => $"impact {id}\n" + JsonSerializer.Serialize(
        body with { AsOf = null, KnownOn = null, RecordedAt = null, Position = null, TimeZone = null, Limit = null, Cursor = null }, ApiJson.Types.ImpactBody);
}
