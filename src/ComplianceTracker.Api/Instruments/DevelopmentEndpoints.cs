using System.Collections.Immutable;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Idempotency;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Instruments;

/// <summary>What happened to an instrument: its history, and one more development.</summary>
internal static class DevelopmentEndpoints
{
    /// <summary>Maps the endpoints below the instruments'.</summary>
    public static void MapDevelopmentEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/{id}/developments", ListAsync).WithName("listDevelopments")
            .WithSummary("What happened to the instrument, by date")
            .WithDescription("Without `knownOn` all that is recorded is shown, what becomes public later among it.")
            .WithPath("id", "The instrument's id, a slug.", "cn-pipl")
            .WithKnowledgeAndRecordingClock().WithReadBarrier().WithPaging("/api/v1/instruments/cn-pipl/developments", "2021-08-20 2147483648 cn-pipl-2021-08-20-passed", "2021-11-01 1261 UTC 2026-11-21T08:00:00.0000000+00:00")
            .WithProblems(ProblemTypes.InstrumentNotFound)
            .Produces<DevelopmentPage>().WithETag(200);
        routes.MapPost("/{id}/developments", PostAsync).WithName("recordDevelopment").WithSummary("Record one more development")
            .WithDescription(
                "What was recorded wrongly is put right by a development of kind `corrected` that names it. The example goes on with what the example of `registerInstrument` registers.")
            .WithPath("id", "The instrument's id, a slug.", "aq-example-act")
            .WithBody<DevelopmentBody>(
                """
                {
                  "id": "aq-example-act-2030-06-01-amended",
                  "kind": "amended",
                  "date": "2030-06-01",
                  "note": { "en": "The start moves by half a year." },
                  "source": "An example, no law",
                  "confidence": "known",
                  "effects": [{ "kind": "reschedule", "obligationId": "aq-example-act-art1", "from": "2031-07-01" }]
                }
                """)
            .WithIfMatch().WithIdempotencyKey()
            .WithRecordingProblems()
            .WithProblems(ProblemTypes.InstrumentNotFound)
            .Produces<RecordResult>(201).WithETag(201).WithLocation("/api/v1/instruments/aq-example-act/developments");
    }

    /// <summary>The problems that developments may have.</summary>
    public static RouteHandlerBuilder WithRecordingProblems(this RouteHandlerBuilder builder) => builder.WithProblems(
        ProblemTypes.DevelopmentAlreadyRecorded, ProblemTypes.DateOutOfRange, ProblemTypes.WindowEndsBeforeStart, ProblemTypes.ConditionInvalid,
        ProblemTypes.CorrectionOfNothing, ProblemTypes.ObligationOfAnotherInstrument, ProblemTypes.LimitExceeded);

    private static async Task<IResult> ListAsync(
        string id, HttpContext context, InstrumentCatalogue catalogue, IEventStore store, InstrumentHead head, ClockReader clocks, ReadBarrier barrier, CancellationToken cancellationToken)
    {
        await barrier.WaitForLogAsync(context, cancellationToken);
        var query = context.Request.Query;
        var paging = Paging.From(context.Request);
        var given = paging.Pinned?.Split(' ') is [var knownOn, var at, var zone, _] ? new GivenClocks(null, knownOn, null, at, zone) : GivenClocks.From(query);
        var asked = await clocks.ReadAsync(given, null, cancellationToken);
        var position = asked.Position ?? await head.WithAsync(id, cancellationToken);
        var log = await catalogue.ThroughAsync(position, cancellationToken);

        // The history itself is not news: without knownOn all that is recorded is shown, what becomes public later among it.
        var until = given.KnownOn is null ? Domain.Common.LegalDate.Last : asked.KnownOn;
        var instrument = InstrumentEndpoints.Find(catalogue.View(log, until, position), id);
        var page = Items(log.Instruments[id], instrument, position)
            .Where(d => paging.After is null || string.CompareOrdinal(Key(d), paging.After) > 0)
            .Take(paging.Limit + 1)
            .ToList();
        var recordedAt = paging.PinnedInstant ?? asked.RecordedAt ?? await store.RecordedAtOfAsync(position, cancellationToken);
        var next = page.Count > paging.Limit
            ? paging.Cursor(Key(page[paging.Limit - 1]), $"{until:yyyy-MM-dd} {position} {asked.TimeZone} {recordedAt:O}")
            : null;
        context.Response.Headers.ETag = Preconditions.ETag(instrument.Version);
        return Results.Json(
            new DevelopmentPage([..page.Take(paging.Limit)], next, id, until, recordedAt, asked.TimeZone, position), ApiJson.Types.DevelopmentPage);
    }

    private static async Task<IResult> PostAsync(
        string id, HttpContext context, InstrumentWriter writer, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(context, ApiJson.Types.DevelopmentBody);
        var result = await writer.WriteAsync(
            id, body.Id, new RecordDevelopment(body.ToDomain()), Preconditions.From(context.Request), WriteOrigin.Of(context), cancellationToken);
        var unresolved = await writer.UnresolvedAsync(id, body.Id, result.Position, cancellationToken);
        context.Response.Headers.ETag = Preconditions.ETag(result.Version);
        context.Response.Headers.Location = $"/api/v1/instruments/{id}/developments";
        return Results.Json(
            new RecordResult(result.Id, result.Version, result.Position, unresolved), ApiJson.Types.RecordResult, statusCode: 201);
    }

    // A correction is shown wherever what it corrects is: only the position hides it, not its own day.
    private static IEnumerable<DevelopmentItem> Items(InstrumentRecord record, InstrumentView instrument, long position)
    {
        var correctedBy = instrument.Counted.ToDictionary(c => c.Development.Id, c => c.CorrectedBy, StringComparer.Ordinal);
        var corrects = record.Developments.ToDictionary(r => r.Development.Id, r => r.Development.Corrects, StringComparer.Ordinal);
        return record.Developments
            .Where(r => r.Position <= position && correctedBy.ContainsKey(Original(r.Development.Id)))
            .Select(r => Item(r, CountsInPlaceOf(r.Development.Id), UnresolvedOf(instrument, r.Development.Id)))
            .OrderBy(Key, StringComparer.Ordinal);

        // Of an original and its corrections one counts; each of the others names it.
        string? CountsInPlaceOf(string id) => correctedBy[Original(id)] is { } counts && counts != id ? counts : null;

        string Original(string id)
        {
            while (corrects[id] is { } earlier)
            {
                id = earlier;
            }

            return id;
        }
    }

    private static IReadOnlyList<string> UnresolvedOf(InstrumentView instrument, string developmentId) =>
        [..instrument.Unresolved.Where(u => u.By.Development.Id == developmentId).Select(u => u.Effect.ObligationId).Distinct()];

    // Sorts as developments count: by date, then order (shifted to be positive), then id.
    private static string Key(DevelopmentItem item) => $"{item.Date:yyyy-MM-dd} {(long)item.Order - int.MinValue:D10} {item.Id}";

    private static DevelopmentItem Item(RecordedDevelopment recorded, string? correctedBy, IReadOnlyList<string> unresolved)
    {
        var d = recorded.Development;
        return new DevelopmentItem(
            d.Id, d.Kind, d.Date, d.PublicDay, d.Order, d.Scope, d.Note, d.Source, d.Confidence, d.CausedBy, d.Derived, d.Seeds, d.RelatedSeeds,
            d.Corrects, RestatementBody.From(d.Restated), correctedBy, [..d.Effects.Select(EffectBody.For)], unresolved, recorded.RecordedAt, recorded.Position);
    }
}

/// <summary>What became of recording a development.</summary>
/// <param name="Id">The development.</param>
/// <param name="Version">The version of the instrument's record, also the <c>ETag</c>.</param>
/// <param name="Position">The log position; give it as <c>minPosition</c> to read what was written.</param>
/// <param name="Unresolved">Obligations that it names and nothing recorded defines yet: the effects are kept and take hold once they are defined.</param>
public sealed record RecordResult(string Id, long Version, long Position, IReadOnlyList<string> Unresolved);
