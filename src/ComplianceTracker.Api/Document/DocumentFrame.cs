using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace ComplianceTracker.Api.Document;

/// <summary>What the document says as a whole: tags, servers, security and the schemas that no .NET type stands for.</summary>
internal sealed class DocumentFrame : IDocumentFilter
{
    private static readonly (string Name, string Description)[] Tags =
    [
        ("Obligations", "What applies to a company on a day, as known on a day, as recorded by then, and why."),
        ("Impact", "Whom a change of law touches, one that happened or one that has not."),
        ("What if", "The same for facts that are not on record, and single expressions. Nothing is stored."),
        ("Companies", "Company profiles: declared facts with the days on which they hold."),
        ("Instruments", "Laws, regulations, standards and plans, and what happened to them."),
        ("Facts", "The vocabulary in which profiles and conditions are written."),
        ("Events", "The log of everything recorded, as CloudEvents."),
        ("Webhooks", "Endpoints of subscribers: what they hear of, and how it is proved that they want to."),
        ("Operations", "What the projections have set aside, and what to do about it."),
        ("Health", "Whether the service lives and whether its answers can be relied on."),
    ];

    /// <inheritdoc/>
    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        swaggerDoc.Tags = Tags.Select(t => new OpenApiTag { Name = t.Name, Description = t.Description }).ToHashSet();
        swaggerDoc.Servers = [new OpenApiServer { Url = "/", Description = "The service that serves this document." }];
        // No access control: the service binds to loopback alone.
        swaggerDoc.Security = [new OpenApiSecurityRequirement()];
        swaggerDoc.AddComponent(MemberSchemas.FactValue, MemberSchemas.FactValueSchema());
    }
}
