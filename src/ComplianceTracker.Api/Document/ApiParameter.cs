using System.Text.Json.Nodes;
using ComplianceTracker.Domain.Common;
using Microsoft.OpenApi;

namespace ComplianceTracker.Api.Document;

/// <summary>
/// A parameter as the OpenAPI document shows it. Handlers read their parameters off the request, so each is described next to the
/// code that reads it and attached to the operations that take it.
/// </summary>
/// <param name="In">Path, query or header.</param>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it means and what leaving it out means.</param>
/// <param name="Schema">The schema of its values.</param>
internal sealed record ApiParameter(ParameterLocation In, string Name, string Description, Func<OpenApiSchema> Schema)
{
    /// <summary>A value that runs on the seeded record: Swagger UI fills it in.</summary>
    public JsonNode? Example { get; init; }

    /// <summary>A value that shows the form alone: Swagger UI leaves the parameter empty.</summary>
    public JsonNode? Form { get; init; }

    /// <summary>A parameter of the path.</summary>
    public static ApiParameter Path(string name, string description, string example) => new(ParameterLocation.Path, name, description, Text) { Example = example };

    /// <summary>A parameter of the query.</summary>
    public static ApiParameter Query(string name, string description, Func<OpenApiSchema> schema) => new(ParameterLocation.Query, name, description, schema);

    /// <summary>A request header.</summary>
    public static ApiParameter Header(string name, string description, Func<OpenApiSchema> schema) => new(ParameterLocation.Header, name, description, schema);

    /// <summary>The parameter in the document.</summary>
    public OpenApiParameter ToOpenApi()
    {
        var schema = Schema();
        if (Form is not null)
        {
            schema.Examples = [Form.DeepClone()];
        }

        return new OpenApiParameter
        {
            Name = Name,
            In = In,
            Description = Description,
            Required = In == ParameterLocation.Path,
            Schema = schema,
            Example = Example?.DeepClone(),
        };
    }

    /// <summary>A text.</summary>
    public static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };

    /// <summary>A day.</summary>
    public static OpenApiSchema Day() => new() { Type = JsonSchemaType.String, Format = "date" };

    /// <summary>An instant.</summary>
    public static OpenApiSchema Instant() => new() { Type = JsonSchemaType.String, Format = "date-time" };

    /// <summary>A position of the log.</summary>
    public static OpenApiSchema Position() => new() { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0" };

    /// <summary>Texts; the parameter is repeated for each.</summary>
    public static OpenApiSchema Texts() => new() { Type = JsonSchemaType.Array, Items = Text() };

    /// <summary>Words of an enumeration; the parameter is repeated for each.</summary>
    public static OpenApiSchema Words<T>()
        where T : struct, Enum => new() { Type = JsonSchemaType.Array, Items = OneOf(Domain.Common.Words.All<T>()) };

    /// <summary>One of the words.</summary>
    public static OpenApiSchema OneOf(IEnumerable<string> words) => new() { Type = JsonSchemaType.String, Enum = [..words.Select(word => (JsonNode)word)] };
}
