using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Idempotency;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Instruments;

/// <summary>Instruments and what happened to them.</summary>
internal static class InstrumentEndpoints
{
    /// <summary>Adds what the endpoints need.</summary>
    public static IServiceCollection AddInstruments(this IServiceCollection services) => services
        .AddSingleton<InstrumentCatalogue>()
        .AddSingleton<InstrumentWriter>()
        .AddSingleton<InstrumentHead>();

    /// <summary>Maps the endpoints.</summary>
    public static void MapInstrumentEndpoints(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/instruments").WithTags("Instruments");
        group.MapGet("", ListAsync).WithName("listInstruments")
            .WithSummary("The instruments on record, by jurisdiction, topic, stage or what they say, on the three clocks")
            .WithDescription(
                "By id; with `q` the best first, and each says in `matches` where it holds what was looked for. Try `PIPL`, `data security law`, `数据安全`, `第三十八条`, `Article 38`, "
                + "`2016/679`, `\"important data\"`. A search reads the law as it stands on the clocks. Instruments of which nothing was public by `knownOn` are left out.")
            .WithClocks().WithReadBarrier().WithInstrumentFilters().WithPaging("/api/v1/instruments?jurisdiction=CN&q=Personal Information", "cn-pipl", "2021-11-01 2021-11-01 1261 UTC 2026-11-21T08:00:00.0000000+00:00")
            .Produces<InstrumentPage>();
        group.MapPost("", PostAsync).WithName("registerInstrument").WithSummary("Register an instrument, with the developments known so far")
            .WithDescription("The example is made up, and of a place where no company of the record operates.")
            .WithBody<InstrumentBody>(
                """
                {
                  "id": "aq-example-act",
                  "jurisdiction": "AQ",
                  "kind": "law",
                  "title": { "en": "Example Act on Research Stations", "zh": "科学考察站示例法" },
                  "authority": ["Example Assembly"],
                  "topics": ["example"],
                  "developments": [
                    {
                      "id": "aq-example-act-2030-01-15-promulgated",
                      "kind": "promulgated",
                      "date": "2030-01-15",
                      "source": "An example, no law",
                      "confidence": "known",
                      "effects": [
                        {
                          "kind": "define",
                          "obligationId": "aq-example-act-art1",
                          "provision": "Art. 1",
                          "title": { "en": "Keep a log" },
                          "summary": { "en": "Keep a log of who processes personal data at the station." },
                          "category": "record-keeping",
                          "nature": "duty",
                          "condition": "operates_in.covers(\"AQ\") && processes.personal_data",
                          "duty": { "kind": "continuous" },
                          "source": "An example, no law",
                          "confidence": "known"
                        },
                        { "kind": "enact", "obligationId": "aq-example-act-art1", "from": "2031-01-01" }
                      ]
                    }
                  ]
                }
                """)
            .WithIfMatch().WithIdempotencyKey()
            .WithRecordingProblems()
            .WithProblems(ProblemTypes.InstrumentAlreadyRegistered)
            .Produces<WriteResult>(201).WithETag(201).WithLocation("/api/v1/instruments/aq-example-act");
        group.MapGet("/{id}", GetAsync).WithName("getInstrument").WithSummary("One instrument, on the three clocks")
            .WithDescription("With its stage on `asOf` and the ids of the obligations it carries.")
            .WithPath("id", "The instrument's id, a slug.", "cn-pipl")
            .WithClocks().WithReadBarrier()
            .WithProblems(ProblemTypes.InstrumentNotFound)
            .Produces<InstrumentDetail>().WithETag(200);
        group.MapDevelopmentEndpoints();
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, InstrumentCatalogue catalogue, IEventStore store, ClockReader clocks, ReadBarrier barrier, CancellationToken cancellationToken)
    {
        await barrier.WaitForLogAsync(context, cancellationToken);
        var query = context.Request.Query;
        var paging = Paging.From(context.Request);
        var given = paging.Pinned?.Split(' ') is [var asOf, var knownOn, var at, var zone, _] ? new GivenClocks(asOf, knownOn, null, at, zone) : GivenClocks.From(query);
        var asked = await clocks.ReadAsync(given, null, cancellationToken);
        var position = asked.Position ?? await store.HeadAsync(cancellationToken);
        var view = catalogue.View(await catalogue.ThroughAsync(position, cancellationToken), asked.KnownOn, position);
        var filter = InstrumentFilter.From(query);
        var search = new InstrumentSearch(catalogue.Terms, filter.Search, asked.AsOf);
        var page = search.In(view, paging.After)
            .Where(i => filter.Wants(i.Identity))
            .Select(i => (View: i, Item: InstrumentItem.From(i, asked.AsOf)))
            .Where(i => filter.Wants(i.Item.Stage))
            .Take(paging.Limit + 1)
            .ToList();
        var recordedAt = paging.PinnedInstant ?? asked.RecordedAt ?? await store.RecordedAtOfAsync(position, cancellationToken);
        var next = page.Count > paging.Limit
            ? paging.Cursor(page[paging.Limit - 1].Item.Id, $"{asked.AsOf:yyyy-MM-dd} {asked.KnownOn:yyyy-MM-dd} {position} {asked.TimeZone} {recordedAt:O}")
            : null;
        return Results.Json(
            new InstrumentPage([..page.Take(paging.Limit).Select(i => new ListedInstrument(i.Item, search.Matches(i.View)))], next, asked.AsOf, asked.KnownOn, recordedAt, asked.TimeZone, position),
            ApiJson.Types.InstrumentPage);
    }

    private static async Task<IResult> PostAsync(HttpContext context, InstrumentWriter writer, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(context, ApiJson.Types.InstrumentBody);
        var command = new RegisterInstrument(body.ToIdentity(), [..(body.Developments ?? []).Select(d => d.ToDomain())]);
        var result = await writer.WriteAsync(
            body.Id, body.Id, command, Preconditions.From(context.Request), WriteOrigin.Of(context), cancellationToken);
        context.Response.Headers.ETag = Preconditions.ETag(result.Version);
        context.Response.Headers.Location = $"/api/v1/instruments/{body.Id}";
        return Results.Json(result, ApiJson.Types.WriteResult, statusCode: 201);
    }

    private static async Task<IResult> GetAsync(
        string id, HttpContext context, InstrumentCatalogue catalogue, IEventStore store, InstrumentHead head, ClockReader clocks, ReadBarrier barrier, CancellationToken cancellationToken)
    {
        await barrier.WaitForLogAsync(context, cancellationToken);
        var asked = await clocks.ReadAsync(GivenClocks.From(context.Request.Query), null, cancellationToken);
        var position = asked.Position ?? await head.WithAsync(id, cancellationToken);
        var view = catalogue.View(await catalogue.ThroughAsync(position, cancellationToken), asked.KnownOn, position);
        var instrument = Find(view, id);
        context.Response.Headers.ETag = Preconditions.ETag(instrument.Version);
        return Results.Json(
            new InstrumentDetail(
                InstrumentItem.From(instrument, asked.AsOf),
                [..instrument.Unresolved.Select(u => new UnresolvedEffect(u.By.Development.Id, u.Effect.ObligationId)).Distinct()],
                asked,
                asked.RecordedAt ?? await store.RecordedAtOfAsync(position, cancellationToken),
                instrument.Version,
                position),
            ApiJson.Types.InstrumentDetail);
    }

    /// <summary>The instrument in the view.</summary>
    /// <exception cref="ApiProblem">It is not on record there.</exception>
    public static InstrumentView Find(CatalogueView view, string id)
    {
        if (view.InstrumentById.TryGetValue(id, out var instrument))
        {
            return instrument;
        }

        var nearest = Nearest.To(id, view.InstrumentById.Keys);
        throw new ApiProblem(
            ProblemTypes.InstrumentNotFound,
            $"No instrument '{id}' is on record at this position{Hints.DidYouMean(nearest)}")
        {
            Expected = nearest,
        };
    }
}
