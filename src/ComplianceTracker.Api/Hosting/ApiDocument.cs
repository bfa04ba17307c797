using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.EventStore;
using Microsoft.OpenApi;

namespace ComplianceTracker.Api.Hosting;

/// <summary>The OpenAPI document and the pages that show it.</summary>
internal static class ApiDocument
{
    private const string About = """
        What applies to this company on this date, as known then, and why. **Facts, not legal advice.**

        Every question has three clocks. `asOf` is the legal day it is about; `knownOn` counts only what was public by then; `recordedAt`
        (or `position`) counts only what this system had recorded by then. An answer says on which clocks it stands.

        Errors are RFC 9457 problems, `application/problem+json`; each `type` is the address of the page that documents it
        ([all of them](/problems)). A path that does not take a method answers 405 with `Allow`. Lists are pages: pass `next` back as
        `cursor`. Every member of an answer is present, null where there is none; later versions may add members.

        There is no access control: the service binds to loopback and serves its own machine alone.
        """;

    /// <summary>Adds the generator.</summary>
    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services
        .AddEndpointsApiExplorer()
        .AddSwaggerGen(options =>
        {
            options.SwaggerDoc("v1", new OpenApiInfo
            {
                Title = "ComplianceTracker",
                Version = "1",
                Description = About,
                Contact = new OpenApiContact { Name = "The operator of this service" },
                License = new OpenApiLicense { Name = "None asserted", Identifier = "NOASSERTION" },
            });
            foreach (var assembly in new[] { typeof(ApiDocument).Assembly, typeof(LangText).Assembly, typeof(IEventStore).Assembly })
            {
                options.IncludeXmlComments(assembly, includeControllerXmlComments: false);
            }

            options.MapType<JsonElement>(() => new OpenApiSchemaReference(MemberSchemas.FactValue));
            options.MapType<JsonObject>(() => new OpenApiSchema { Type = JsonSchemaType.Object, Description = "A JSON Schema." });
            options.MapType<JsonNode>(() => new OpenApiSchemaReference(MemberSchemas.FactValue));
            options.OperationFilter<OperationDocumentation>();
            options.SchemaFilter<MemberSchemas>();
            options.DocumentFilter<DocumentFrame>();
        });

    /// <summary>Serves the document and Swagger UI.</summary>
    public static void UseApiDocument(this WebApplication app)
    {
        app.UseSwagger(options => options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1);
        app.UseSwaggerUI(options =>
        {
            options.SwaggerEndpoint("/swagger/v1/swagger.json", "ComplianceTracker v1");
            options.DocumentTitle = "ComplianceTracker";
        });
    }
}
