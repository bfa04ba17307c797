using System.Reflection;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Feed;
using ComplianceTracker.Api.Problems;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace ComplianceTracker.Api.Document;

/// <summary>Puts what is attached to an operation into the document: parameters, examples, headers and every possible problem.</summary>
internal sealed class OperationDocumentation : IOperationFilter
{
    private static readonly Assembly Home = typeof(OperationDocumentation).Assembly;

    /// <inheritdoc/>
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
        AddParameters(operation, metadata.OfType<ApiParameter>());
        foreach (var media in operation.RequestBody?.Content?.Values ?? [])
        {
            media.Example = metadata.OfType<ExampleBody>().LastOrDefault()?.ToNode();
        }

        if (metadata.OfType<TextBody>().LastOrDefault() is { } text)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Description = text.Description,
                Required = true,
                Content = text.Examples.ToDictionary(e => e.MediaType, e => new OpenApiMediaType { Schema = ApiParameter.Text(), Example = e.Example }),
            };
        }

        foreach (var (status, response) in operation.Responses ?? [])
        {
            Complete((OpenApiResponse)response, int.Parse(status), operation.OperationId!, [..metadata.OfType<AnswerHeader>()]);
        }

        AddProblems(operation, context.ApiDescription.RelativePath!, [..metadata.OfType<PossibleProblems>().SelectMany(p => p.Types)], context);
    }

    private static void AddParameters(OpenApiOperation operation, IEnumerable<ApiParameter> parameters)
    {
        var all = operation.Parameters ?? [];
        foreach (var described in parameters)
        {
            if (all.FirstOrDefault(p => p.Name == described.Name && p.In == described.In) is { } found)
            {
                all[all.IndexOf(found)] = described.ToOpenApi();
            }
            else
            {
                all.Add(described.ToOpenApi());
            }
        }

        operation.Parameters = all.Count > 0 ? all : null;
    }

    private static void Complete(OpenApiResponse response, int status, string operationId, List<AnswerHeader> headers)
    {
        foreach (var header in headers.Where(h => h.Statuses.Contains(status)))
        {
            response.Headers ??= new Dictionary<string, IOpenApiHeader>();
            response.Headers[header.Name] = Header(header.Description, header.Example);
        }

        foreach (var (mediaType, media) in response.Content ?? new Dictionary<string, OpenApiMediaType>())
        {
            if (mediaType == CloudEvents.BatchMediaType)
            {
                // The items of the page, and nothing around them.
                media.Schema = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchemaReference(nameof(CloudEventBody)) };
                using var page = Home.GetManifestResourceStream($"{operationId}.json");
                media.Example = page is null ? null : JsonNode.Parse(page)!["items"]!.DeepClone();
                continue;
            }

            var isJson = mediaType.EndsWith("json", StringComparison.Ordinal);
            if (!isJson)
            {
                // The generator gives every media type the schema of the JSON; a stream of texts is none.
                media.Schema = ApiParameter.Text();
            }

            using var example = Home.GetManifestResourceStream($"{operationId}.{(isJson ? "json" : "txt")}");
            if (example is not null)
            {
                media.Example = isJson ? JsonNode.Parse(example) : new StreamReader(example).ReadToEnd();
            }
        }
    }

    private static void AddProblems(OpenApiOperation operation, string path, HashSet<ProblemType> types, OperationFilterContext context)
    {
        // Whatever the call, a parameter that it does not have is refused, and so is one that is no text.
        types.UnionWith([ProblemTypes.NotAcceptable, ProblemTypes.InvalidParameter, ProblemTypes.UriTooLong, ProblemTypes.HeadersTooLarge, ProblemTypes.InternalError]);
        if (operation.OperationId != "live")
        {
            types.UnionWith([ProblemTypes.Overloaded, ProblemTypes.Timeout, ProblemTypes.Unavailable]);
        }

        var schema = context.SchemaGenerator.GenerateSchema(typeof(ProblemBody), context.SchemaRepository);
        var instance = Instance(operation, path);
        foreach (var problems in types.OrderBy(t => ProblemTypes.All.IndexOf(t)).GroupBy(t => t.Status))
        {
            operation.Responses![problems.Key.ToString()] = new OpenApiResponse
            {
                Description = string.Join("; ", problems.Select(p => $"{p.Title} (`{p.Slug}`)")) + ".",
                Headers = problems.Key == 503 || problems.Contains(ProblemTypes.ConcurrentChange) || problems.Contains(ProblemTypes.IdempotencyKeyInUse)
                    ? new Dictionary<string, IOpenApiHeader> { ["Retry-After"] = Header("Seconds after which to ask again.", "1") }
                    : null,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [ProblemWriter.MediaType] = new() { Schema = schema, Examples = problems.ToDictionary(p => p.Slug, IOpenApiExample (p) => Example(p, instance)) },
                },
            };
        }
    }

    private static string Instance(OpenApiOperation operation, string path) => (operation.Parameters ?? [])
        .Where(p => p.In == ParameterLocation.Path)
        .Aggregate($"/{path.TrimEnd('/')}", (text, p) => text.Replace($"{{{p.Name}}}", p.Example?.GetValue<string>(), StringComparison.Ordinal));

    private static OpenApiHeader Header(string description, string example) => new() { Description = description, Schema = ApiParameter.Text(), Example = example };

    private static OpenApiExample Example(ProblemType type, string instance) => new OpenApiExample
    {
        Summary = type.Title,
        Value = new JsonObject
        {
            ["type"] = $"http://localhost:5080/problems/{type.Slug}",
            ["title"] = type.Title,
            ["status"] = type.Status,
            ["detail"] = type.Meaning,
            ["instance"] = instance,
            ["traceId"] = "4bf92f3577b34da6a3ce929d0e0e4736",
        },
    };
}
