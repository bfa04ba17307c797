using System.Text.Json.Nodes;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Idempotency;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Companies;

/// <summary>Company profiles: register, replace, read, declare facts, archive.</summary>
internal static class CompanyEndpoints
{
    /// <summary>Adds what the endpoints need.</summary>
    public static IServiceCollection AddCompanies(this IServiceCollection services) => services
        .AddSingleton<CompanyStreams>()
        .AddSingleton<CompanyWriter>()
        .AddSingleton<CompanyList>();

    /// <summary>Maps the endpoints.</summary>
    public static void MapCompanyEndpoints(this IEndpointRouteBuilder routes)
    {
        const string AnId = "The company's id, a slug.";
        var group = routes.MapGroup("/companies").WithTags("Companies");
        group.MapGet("", ListAsync).WithName("listCompanies").WithSummary("The companies on record, by id")
            .WithDescription("Archived companies are left out.")
            .WithReadBarrier().WithPaging("/api/v1/companies", "nordwind-retail")
            .Produces<CompanyPage>();
        group.MapPut("/{id}", PutAsync).WithName("putCompany")
            .WithSummary("Register a company, or replace its whole profile")
            .WithDescription("Facts given here hold always; facts left out or null are unknown. Replacing a company that exists needs `If-Match`.")
            .WithPath("id", AnId, "acme")
            .WithBody<CompanyBody>(
                """
                {
                  "name": "Acme",
                  "timeZone": "Asia/Shanghai",
                  "facts": { "operates_in": ["CN"], "processes.personal_data": true, "individuals_processed_cn": null }
                }
                """)
            .WithIfMatchNeeded()
            .WithProblems(ProblemTypes.InvalidParameter, ProblemTypes.Archived, ProblemTypes.LimitExceeded, ProblemTypes.UnknownFact, ProblemTypes.FactTypeMismatch, ProblemTypes.UnknownFactValue, ProblemTypes.DateOutOfRange)
            .Produces<WriteResult>().Produces<WriteResult>(201).WithETag(200, 201).WithLocation("/api/v1/companies/acme");
        group.MapGet("/{id}", GetAsync).WithName("getCompany").WithSummary("A company with its facts on a day")
            .WithDescription("What is known on the day; a fact that is not listed is unknown. Archived companies answer with an earlier `position` or `recordedAt`.")
            .WithPath("id", AnId, "sc01-foreign-carmaker")
            .WithDayAndRecordingClock().WithReadBarrier().WithIfNoneMatch()
            .WithProblems(ProblemTypes.CompanyNotFound, ProblemTypes.Archived)
            .Produces<CompanyAnswer>().WithETag(200, 304);
        group.MapDelete("/{id}", DeleteAsync).WithName("archiveCompany").WithSummary("Archive a company; its past stays readable")
            .WithDescription("The example archives the company that the example of `putCompany` registers.")
            .WithPath("id", AnId, "acme")
            .WithIfMatch()
            .WithProblems(ProblemTypes.CompanyNotFound, ProblemTypes.Archived)
            .Produces<WriteResult>().WithETag(200);
        group.MapGet("/{id}/facts", GetFactsAsync).WithName("listCompanyFacts")
            .WithSummary("What the company declared, with the days on which it holds")
            .WithDescription("By fact name, then by day. Windows are half-open: `to` is the first day on which the value no longer holds.")
            .WithPath("id", AnId, "sc01-foreign-carmaker")
            .WithRecordingClock().WithReadBarrier().WithPaging("/api/v1/companies/sc01-foreign-carmaker/facts", "is_ciio 0001-01-01", "1261")
            .WithProblems(ProblemTypes.CompanyNotFound, ProblemTypes.Archived)
            .Produces<FactPage>().WithETag(200);
        group.MapPost("/{id}/facts", PostFactsAsync).WithName("declareFacts")
            .WithSummary("Declare facts with the days on which they hold")
            .WithDescription(
                "A later declaration overrides what it overlaps; null makes a fact unknown again. The example is about the company that the example of `putCompany` registers.")
            .WithPath("id", AnId, "acme")
            .WithBody<FactDeclarationBody[]>(
                """
                [
                  { "fact": "individuals_processed_cn", "value": 1200000, "from": "2022-01-01" },
                  { "fact": "cross_border_transfer", "value": true, "from": "2021-01-01", "to": "2023-01-01" }
                ]
                """)
            .WithIfMatch().WithIdempotencyKey()
            .WithProblems(
                ProblemTypes.CompanyNotFound, ProblemTypes.Archived, ProblemTypes.UnknownFact, ProblemTypes.FactTypeMismatch, ProblemTypes.UnknownFactValue,
                ProblemTypes.DateOutOfRange, ProblemTypes.WindowEndsBeforeStart, ProblemTypes.LimitExceeded)
            .Produces<WriteResult>().WithETag(200);
    }

    private static async Task<IResult> ListAsync(HttpContext context, CompanyList list, ReadBarrier barrier, CancellationToken cancellationToken)
    {
        await barrier.WaitAsync(context, cancellationToken);
        var page = await list.PageAsync(StreamIds.DefaultTenant, Paging.From(context.Request), cancellationToken);
        return Results.Json(page, ApiJson.Types.CompanyPage);
    }

    private static async Task<IResult> PutAsync(string id, HttpContext context, CompanyWriter writer, CancellationToken cancellationToken)
    {
        if (!Slug.IsValid(id))
        {
            throw ApiProblem.BadParameter("id", $"'{id}' is not an id: {Slug.Description}.");
        }

        var body = await RequestBody.ReadAsync(context, ApiJson.Types.CompanyBody);
        if (body.TimeZone is { } zone && !ClockReader.IsTimeZone(zone))
        {
            throw new ApiProblem(ProblemTypes.InvalidBody, $"'{zone}' is not an IANA time zone such as Europe/Berlin or Asia/Shanghai.") { Pointer = "/timeZone" };
        }

        var command = new PutCompany(id, body.Name, body.TimeZone, GivenFacts.From(body.Facts));
        var (result, created) = await writer.WriteAsync(id, command, context, matchNeeded: true, cancellationToken);
        return Written(context, result, created ? $"/api/v1/companies/{id}" : null);
    }

    private static async Task<IResult> GetAsync(
        string id, HttpContext context, CompanyStreams streams, ClockReader clocks, ReadBarrier barrier, IEventStore store, CancellationToken cancellationToken)
    {
        await barrier.WaitForLogAsync(context, cancellationToken);
        var given = GivenClocks.From(context.Request.Query);
        var asked = await clocks.ReadAsync(given, null, cancellationToken);
        var (state, position) = await LoadAsync(streams, id, asked, store, cancellationToken);
        asked = await clocks.ReadAsync(given, state.Profile!.TimeZone, cancellationToken);
        context.Response.Headers.ETag = Preconditions.ETag(state.Version);

        // The version says nothing of the day: what holds today may not tomorrow.
        var isUndated = state.Profile.Facts.Values.All(f => f.Pieces.All(p => p.Days == Days.Always));
        if ((isUndated || given.AsOf is not null) && Preconditions.IsNotModified(context.Request, state.Version))
        {
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        var facts = state.Profile.Facts
            .Select(f => KeyValuePair.Create(f.Key, PlainFacts.ToNode(f.Value.ValueOn(asked.AsOf))))
            .Where(f => f.Value is not null)
            .ToDictionary();
        return Results.Json(
            new CompanyAnswer(
                id, state.Profile.Name, state.Profile.TimeZone, facts, asked.AsOf,
                asked.RecordedAt ?? await store.RecordedAtOfAsync(position, cancellationToken), state.Version, position),
            ApiJson.Types.CompanyAnswer);
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext context, CompanyWriter writer, CancellationToken cancellationToken)
    {
        var (result, _) = await writer.WriteAsync(id, new ArchiveCompany(), context, matchNeeded: false, cancellationToken);
        return Written(context, result, null);
    }

    private static async Task<IResult> GetFactsAsync(
        string id, HttpContext context, CompanyStreams streams, ClockReader clocks, ReadBarrier barrier, IEventStore store, CancellationToken cancellationToken)
    {
        await barrier.WaitForLogAsync(context, cancellationToken);
        var paging = Paging.From(context.Request);
        var given = paging.Pinned is { } pinned ? new GivenClocks(null, null, null, pinned, null) : GivenClocks.From(context.Request.Query);
        var asked = await clocks.ReadAsync(given, null, cancellationToken);
        var (state, position) = await LoadAsync(streams, id, asked, store, cancellationToken);
        var all = state.Profile!.Facts
            .SelectMany(f => f.Value.Pieces.Select(p => (
                Key: $"{f.Key} {p.Days.From ?? DateOnly.MinValue:yyyy-MM-dd}",
                Item: new FactItem(f.Key, PlainFacts.ToNode(p.Value), p.Days.From, p.Days.To))))
            .Where(p => paging.After is null || string.CompareOrdinal(p.Key, paging.After) > 0)
            .OrderBy(p => p.Key, StringComparer.Ordinal)
            .Take(paging.Limit + 1)
            .ToList();
        var next = all.Count > paging.Limit ? paging.Cursor(all[paging.Limit - 1].Key, $"{position}") : null;
        context.Response.Headers.ETag = Preconditions.ETag(state.Version);
        return Results.Json(
            new FactPage(
                [..all.Take(paging.Limit).Select(p => p.Item)], next, id,
                asked.RecordedAt ?? await store.RecordedAtOfAsync(position, cancellationToken), state.Version, position),
            ApiJson.Types.FactPage);
    }

    private static async Task<IResult> PostFactsAsync(string id, HttpContext context, CompanyWriter writer, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(context, ApiJson.Types.FactDeclarationBodyArray);
        var (result, _) = await writer.WriteAsync(id, new DeclareFacts(GivenFacts.From(body)), context, matchNeeded: false, cancellationToken);
        return Written(context, result, null);
    }

    // The head is read before the stream, so that the profile is never older than the position says.
    private static async Task<(CompanyState State, long Position)> LoadAsync(
        CompanyStreams streams, string id, QuestionClocks asked, IEventStore store, CancellationToken cancellationToken)
    {
        var head = asked.Position ?? await store.HeadAsync(cancellationToken);
        var state = await streams.AtAsync(StreamIds.DefaultTenant, id, asked.Position, cancellationToken);
        return state.Profile switch
        {
            null when asked.Position is { } position && await streams.ExistsAsync(StreamIds.DefaultTenant, id, cancellationToken) =>
                throw new ApiProblem(ProblemTypes.CompanyNotFound, $"The company '{id}' was not yet registered at position {position}."),
            null => throw new ApiProblem(ProblemTypes.CompanyNotFound, $"No company is registered as '{id}'."),
            { IsArchived: true } => throw new ApiProblem(
                ProblemTypes.Archived, $"The company '{id}' was archived; ask with an earlier position or recordedAt for what it was."),
            _ => (state, Math.Max(head, state.Position)),
        };
    }

    private static IResult Written(HttpContext context, WriteResult result, string? location)
    {
        context.Response.Headers.ETag = Preconditions.ETag(result.Version);
        if (location is not null)
        {
            context.Response.Headers.Location = location;
        }

        return Results.Json(result, ApiJson.Types.WriteResult, statusCode: location is null ? 200 : 201);
    }
}
