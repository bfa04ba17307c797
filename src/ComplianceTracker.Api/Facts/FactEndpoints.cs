using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Vocabulary;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Facts;

/// <summary>The vocabulary: which facts there are and what they mean.</summary>
internal static class FactEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void MapFactEndpoints(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Facts");
        group.MapGet("/facts", ListAsync).WithName("listFacts").WithSummary("The facts that profiles declare and conditions read")
            .WithDescription("By name.")
            .WithReadBarrier().WithPaging("/api/v1/facts", "is_ciio")
            .Produces<FactList>();
        group.MapGet("/facts/{name}", GetAsync).WithName("getFact").WithSummary("One fact")
            .WithDescription("Its type, what it means and the values it may take.")
            .WithPath("name", "The fact's name.", "processes.personal_data")
            .WithReadBarrier()
            .WithProblems(ProblemTypes.FactNotFound)
            .Produces<FactDetail>().WithETag(200);
        group.MapPut("/facts/{name}", PutAsync).WithName("putFact")
            .WithSummary("Add a fact, add values to it, or word it anew")
            .WithDescription("The type never changes and values left out stay. Facts of the vocabulary are there for every company.")
            .WithPath("name", "The fact's name: lower-case words joined by `_`, groups by `.`.", "operates_research_station")
            .WithBody<FactBody>(
                """
                {
                  "type": "bool",
                  "description": { "en": "True when the company operates a research station.", "zh": "运营科学考察站的为真。" }
                }
                """)
            .WithIfMatch()
            .WithProblems(ProblemTypes.FactTypeNeverChanges, ProblemTypes.LimitExceeded)
            .Produces<WriteResult>().Produces<WriteResult>(201).WithETag(200, 201).WithLocation("/api/v1/facts/operates_research_station");
        group.MapGet("/conventions", ConventionsAsync).WithName("getConventions")
            .WithSummary("How the record writes things, which jurisdictions stand for others, and the words of the field")
            .WithDescription("`members` says which codes a group of jurisdictions such as `EU` stands for in `covers(…)`.")
            .WithReadBarrier()
            .WithProblems(ProblemTypes.NotFound)
            .Produces<ConventionsAnswer>();
    }

    private static async Task<IResult> ListAsync(HttpContext context, InstrumentCatalogue catalogue, ReadBarrier barrier, CancellationToken cancellationToken)
    {
        await barrier.WaitForLogAsync(context, cancellationToken);
        var paging = Paging.From(context.Request);
        var log = await catalogue.HeadAsync(cancellationToken);
        var page = log.Vocabulary.Facts.Values
            .Where(f => paging.After is null || string.CompareOrdinal(f.Name, paging.After) > 0)
            .Take(paging.Limit + 1)
            .ToList();
        var next = page.Count > paging.Limit ? paging.Cursor(page[paging.Limit - 1].Name, "") : null;
        return Results.Json(
            new FactList([..page.Take(paging.Limit).Select(FactDefinitionItem.From)], next, log.Vocabulary.Version, log.Through), ApiJson.Types.FactList);
    }

    private static async Task<IResult> GetAsync(
        string name, HttpContext context, InstrumentCatalogue catalogue, ReadBarrier barrier, CancellationToken cancellationToken)
    {
        await barrier.WaitForLogAsync(context, cancellationToken);
        var log = await catalogue.HeadAsync(cancellationToken);
        if (log.Vocabulary.Find(name) is not { } fact)
        {
            var nearest = Nearest.To(name, log.Vocabulary.Facts.Keys);
            throw new ApiProblem(
                ProblemTypes.FactNotFound, $"The vocabulary has no fact '{name}'{Hints.DidYouMean(nearest)}") { Expected = nearest };
        }

        context.Response.Headers.ETag = Preconditions.ETag(log.Vocabulary.Version);
        return Results.Json(new FactDetail(FactDefinitionItem.From(fact), log.Vocabulary.Version, log.Through), ApiJson.Types.FactDetail);
    }

    private static async Task<IResult> PutAsync(
        string name, HttpContext context, Writer writer, InstrumentCatalogue catalogue, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(context, ApiJson.Types.FactBody);
        if (body.Name is not null && body.Name != name)
        {
            throw new ApiProblem(ProblemTypes.InvalidBody, $"The path names '{name}' and the body '{body.Name}'.") { Pointer = "/name" };
        }

        try
        {
            return await WriteAsync(name, body, context, writer, catalogue, cancellationToken);
        }
        catch (ApiProblem problem) when (problem.Pointer == "/name" && body.Name is null)
        {
            throw ApiProblem.BadParameter("name", problem.Message);
        }
    }

    private static async Task<IResult> WriteAsync(
        string name, FactBody body, HttpContext context, Writer writer, InstrumentCatalogue catalogue, CancellationToken cancellationToken)
    {
        var match = Preconditions.From(context.Request);
        var created = false;
        var (result, _) = await writer.WriteAsync<FactVocabulary, VocabularyEvent>(
            name,
            StreamIds.Vocabulary,
            async () =>
            {
                var (position, vocabulary) = await catalogue.NewestVocabularyAsync(cancellationToken);
                return (vocabulary, vocabulary.Version, position);
            },
            (vocabulary, version) =>
            {
                match.Check(version);
                created = vocabulary.Find(name) is null;
                return Task.FromResult(VocabularyDecider.Decide(vocabulary, new PutFact(body.ToDomain(name))));
            },
            WriteOrigin.Of(context),
            cancellationToken);
        context.Response.Headers.ETag = Preconditions.ETag(result.Version);
        if (created)
        {
            context.Response.Headers.Location = $"/api/v1/facts/{name}";
        }

        return Results.Json(result, ApiJson.Types.WriteResult, statusCode: created ? 201 : 200);
    }

    private static async Task<IResult> ConventionsAsync(HttpContext context, InstrumentCatalogue catalogue, ReadBarrier barrier, CancellationToken cancellationToken)
    {
        await barrier.WaitForLogAsync(context, cancellationToken);
        var conventions = (await catalogue.HeadAsync(cancellationToken)).Vocabulary.Conventions
            ?? throw new ApiProblem(ProblemTypes.NotFound, "No conventions are on record yet.");
        return Results.Json(
            new ConventionsAnswer(
                conventions.Conventions,
                conventions.Members.ToDictionary(m => m.Key, m => (IReadOnlyList<string>)m.Value),
                conventions.Terms.ToDictionary(
                    t => t.Key,
                    t => (IReadOnlyList<FactValueBody>)[..t.Value.Select(v => new FactValueBody { Value = v.Value, Label = v.Label, NotYetRead = v.NotYetRead })]),
                conventions.Codes.ToDictionary(c => c.Key, c => (IReadOnlyDictionary<string, string>)c.Value)),
            ApiJson.Types.ConventionsAnswer);
    }
}
