using ComplianceTracker.Api.Problems;
using Microsoft.OpenApi;

namespace ComplianceTracker.Api.Hosting;

/// <summary>The OpenAPI document and the pages that show it.</summary>
internal static class ApiDocument
{
    /// <summary>Adds the generator.</summary>
    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services
        .AddEndpointsApiExplorer()
        .AddSwaggerGen(options =>
        {
            options.SwaggerDoc("v1", new OpenApiInfo
            {
                Title = "ComplianceTracker",
                Version = "1",
                Description = "What applies to this company on this date, as known then, and why. Facts, not legal advice.",
            });
            options.IncludeXmlComments(typeof(ApiDocument).Assembly, includeControllerXmlComments: false);
        });

    /// <summary>Serves the document and Swagger UI.</summary>
    public static void UseApiDocument(this WebApplication app)
    {
        app.UseSwagger();
        app.UseSwaggerUI(options =>
        {
            options.SwaggerEndpoint("/swagger/v1/swagger.json", "ComplianceTracker v1");
            options.DocumentTitle = "ComplianceTracker";
        });
    }
}
