using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Idempotency;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Requests;
using ComplianceTracker.Api.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace ComplianceTracker.Api.BulkImport;

/// <summary>Any number of company profiles in one request.</summary>
internal static class ImportEndpoints
{
    /// <summary>Where it is.</summary>
    public const string Path = "/api/v1/companies/import";

    private const string Replace = "replace";
    private const string Refuse = "refuse";

    private const string JsonExample = """
        {"id":"import-one","name":"One","facts":{"operates_in":["CN"],"processes.personal_data":true}}
        {"id":"import-two","name":"Two","timeZone":"Europe/Berlin","facts":{},"changes":[{"from":"2024-01-01","facts":{"processes.personal_data":true}}]}

        """;

    private const string CsvExample = """
        id,name,timeZone,operates_in,processes.personal_data
        import-four,Four,Asia/Shanghai,CN;SG,true
        import-five,"Five, Ltd",,CN,

        """;

    private static readonly ApiParameter Existing = ApiParameter.Query(
        "existing",
        "What becomes of a company that is on record with another profile: `refuse` (the default) reports a problem on its line, `replace` replaces the whole profile.",
        () => new OpenApiSchema { Type = JsonSchemaType.String, Enum = [Refuse, Replace] }) with { Form = Replace };

    /// <summary>Adds what imports need.</summary>
    public static IServiceCollection AddBulkImport(this IServiceCollection services) => services
        .AddSingleton<ImportSessions>()
        .AddSingleton<CompanyImporter>();

    /// <summary>Maps the endpoint.</summary>
    public static void MapImportEndpoints(this IEndpointRouteBuilder routes) => routes
        .MapPost("/companies/import", ImportAsync).WithName("importCompanies").WithTags("Companies")
        .WithSummary("Import company profiles, any number of them, as JSON Lines or CSV")
        .WithDescription(
            """
            The body is read as it comes, whatever its length; a line has at most 1 MB. Each line is taken whole or refused whole, and a bad line
            stops no other: the report lists the problems, with the statuses that `putCompany` would answer with. In JSON Lines a line is
            `{ "id", "name", "timeZone"?, "facts", "changes"? }`. In CSV the header names `id`, `name`, `timeZone` (optional) and facts; an empty field is
            unknown, the members of a set are parted by `;`, and an unknown column refuses the whole. Cut off, the import is sent again
            whole: with the same `Idempotency-Key` it goes on where it was and reports on everything; without one, what is done is `unchanged`.
            """)
        .WithParameters(Existing)
        .WithIdempotencyParameter()
        .WithTextBody("Company profiles.", (ImportFormats.JsonLines[0], JsonExample), (ImportFormats.JsonLines[1], JsonExample), (ImportFormats.Csv, CsvExample))
        .WithProblems(
            ProblemTypes.InvalidParameter, ProblemTypes.MalformedBody, ProblemTypes.BodyTooLarge, ProblemTypes.UnsupportedMediaType, ProblemTypes.InvalidBody,
            ProblemTypes.ForbiddenText, ProblemTypes.UnknownFact, ProblemTypes.NotReady)
        .WithMetadata(new DisableRequestSizeLimitAttribute())
        .Produces<CompanyImportReport>();

    private static async Task<IResult> ImportAsync(HttpContext context, CompanyImporter importer, IHostApplicationLifetime lifetime)
    {
        // It goes on for as long as the client sends.
        RequestDeadline.Of(context)?.Lift();
        var format = Format(context.Request);
        var order = new ImportOrder(
            format, Replaces(context.Request), IdempotencyKey.From(context.Request), RequestMetadata.OfImport(context), problem => ProblemWriter.Body(context, problem));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            var (report, isReplayed) = await importer.RunAsync(order, context.Request.Body, new Progress<ImportProgress>(), stop.Token);
            if (isReplayed)
            {
                context.Response.Headers[IdempotencyKey.Replayed] = "true";
            }

            return Results.Json(report, ApiJson.Types.CompanyImportReport);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            throw new ApiProblem(ProblemTypes.NotReady, "The service is stopping; what was imported by now stays. Send the whole again.") { RetryAfter = 5 };
        }
        catch (Exception e) when (e is ConnectionResetException or ConnectionAbortedException or BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest })
        {
            // The client has gone in the middle: nobody is there to be answered.
            throw new OperationCanceledException("The upload was cut off.", e, context.RequestAborted);
        }
    }

    private static bool Replaces(HttpRequest request) => request.Query["existing"] switch
    {
        [] or [Refuse] => false,
        [Replace] => true,
        _ => throw ApiProblem.BadParameter("existing", "'existing' is refuse or replace.", Refuse, Replace),
    };

    private static ImportFormat Format(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && (type.Charset.Length == 0 || type.Charset.Value!.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        && ImportFormats.OfMediaType(type.MediaType.Value) is { } format
            ? format
            : throw new ApiProblem(ProblemTypes.UnsupportedMediaType, $"Profiles come as {string.Join(", ", ImportFormats.JsonLines)} or {ImportFormats.Csv}, in UTF-8.")
            {
                Parameter = "Content-Type",
                Expected = [..ImportFormats.JsonLines, ImportFormats.Csv],
            };
}
