using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ComplianceTracker.Api.Feed;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Domain.Common;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace ComplianceTracker.Api.Document;

/// <summary>
/// Makes schemas say what the serializer does: which members may be null, which are always there (all of an answer's, the
/// required ones of a request's), what an effect's <c>kind</c> can be, and how texts, durations and fact values are written.
/// </summary>
internal sealed class MemberSchemas(EndpointDataSource endpoints) : ISchemaFilter
{
    /// <summary>The name of the schema of fact values.</summary>
    public const string FactValue = "FactValue";

    private readonly Lazy<HashSet<Type>> requests = new(() => RequestTypes(endpoints));

    /// <inheritdoc/>
    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (schema is not OpenApiSchema open || context.MemberInfo is not null || context.ParameterInfo is not null)
        {
            return;
        }

        if (context.Type == typeof(LangText))
        {
            Become(open, JsonSchemaType.Object, "A text by language tag. In requests a bare text is read as English.", new JsonObject { ["en"] = "Personal Information Protection Law", ["zh"] = "个人信息保护法" });
            open.AdditionalProperties = ApiParameter.Text();
            open.MinProperties = 1;
        }
        else if (context.Type == typeof(CalendarOffset))
        {
            Become(open, JsonSchemaType.String, "An ISO 8601 duration of years, months, weeks and days.", "P6M");
            open.Format = "duration";
        }
        else if (context.Type.GetCustomAttribute<JsonPolymorphicAttribute>(inherit: false) is { } polymorphic)
        {
            OneOfKinds(open, polymorphic.TypeDiscriminatorPropertyName!, context);
        }
        else if (open.Properties is { Count: > 0 })
        {
            Members(open, context.Type);
        }
    }

    /// <summary>The schema of fact values.</summary>
    public static OpenApiSchema FactValueSchema() => new()
    {
        Description = "The value of a fact: a boolean, a whole number, a number, a text (dates are texts, YYYY-MM-DD), a set of texts, or null for unknown.",
        AnyOf =
        [
            new OpenApiSchema { Type = JsonSchemaType.Boolean },
            new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" },
            new OpenApiSchema { Type = JsonSchemaType.Number, Format = "double" },
            ApiParameter.Text(),
            ApiParameter.Texts(),
            new OpenApiSchema { Type = JsonSchemaType.Null },
        ],
        Examples = [true, 1000000, new JsonArray("CN", "EU")],
    };

    private static void Become(OpenApiSchema schema, JsonSchemaType type, string description, JsonNode example)
    {
        schema.Type = type;
        schema.Properties?.Clear();
        schema.Required?.Clear();
        schema.AdditionalPropertiesAllowed = true;
        schema.Description = description;
        schema.Examples = [example];
    }

    private static void OneOfKinds(OpenApiSchema schema, string discriminator, SchemaFilterContext context)
    {
        var kinds = context.Type.GetCustomAttributes<JsonDerivedTypeAttribute>(inherit: false)
            .Select(d => (Word: (string)d.TypeDiscriminator!, Schema: (OpenApiSchemaReference)context.SchemaGenerator.GenerateSchema(d.DerivedType, context.SchemaRepository)))
            .ToList();
        schema.Type = null;
        schema.Properties?.Clear();
        schema.Required?.Clear();
        schema.AdditionalPropertiesAllowed = true;
        schema.OneOf = [..kinds.Select(k => k.Schema)];
        schema.Discriminator = new OpenApiDiscriminator { PropertyName = discriminator, Mapping = kinds.ToDictionary(k => k.Word, k => k.Schema) };
    }

    private void Members(OpenApiSchema schema, Type type)
    {
        var isRequest = requests.Value.Contains(type);
        var required = new HashSet<string>();
        foreach (var member in ApiJson.Types.GetTypeInfo(type)?.Properties ?? [])
        {
            var clr = type.GetProperty(member.Name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
            var leftOutWhenNull = clr?.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition == JsonIgnoreCondition.WhenWritingNull;
            if (isRequest ? member.IsRequired : !leftOutWhenNull)
            {
                required.Add(member.Name);
            }

            var nullable = member.IsGetNullable && !(leftOutWhenNull && !isRequest);
            schema.Properties![member.Name] = Nullable(schema.Properties[member.Name], nullable);
        }

        if (KindOf(type) is { } kind)
        {
            // In front of the others, as it is written.
            schema.Properties = new Dictionary<string, IOpenApiSchema>(
                schema.Properties!.Prepend(KeyValuePair.Create<string, IOpenApiSchema>(kind.Name, new OpenApiSchema { Type = JsonSchemaType.String, Enum = [kind.Word], Description = "What it does." })));
            required.Add(kind.Name);
        }

        if (type == typeof(CloudEventBody))
        {
            schema.Properties!["data"] = new OpenApiSchema { Type = JsonSchemaType.Object, Description = "What happened; its members depend on the type." };
        }

        schema.Required = required;
        // A client must not break on a member that a later version adds to an answer; a request with an unknown member is refused.
        schema.AdditionalPropertiesAllowed = !isRequest;
    }

    private static IOpenApiSchema Nullable(IOpenApiSchema schema, bool nullable)
    {
        switch (schema)
        {
            case OpenApiSchema open:
                open.ReadOnly = false;
                open.Type = nullable ? open.Type | JsonSchemaType.Null : open.Type & ~JsonSchemaType.Null;
                return open;
            case OpenApiSchemaReference reference when nullable && reference.Reference.Id != FactValue:
                return new OpenApiSchema
                {
                    Description = reference.Reference.Description,
                    OneOf = [new OpenApiSchemaReference(reference.Reference.Id!), new OpenApiSchema { Type = JsonSchemaType.Null }],
                };
            default:
                return schema;
        }
    }

    private static (string Name, string Word)? KindOf(Type type) =>
        type.BaseType?.GetCustomAttributes<JsonDerivedTypeAttribute>(inherit: false).FirstOrDefault(d => d.DerivedType == type) is { } derived
            ? (type.BaseType.GetCustomAttribute<JsonPolymorphicAttribute>()!.TypeDiscriminatorPropertyName!, (string)derived.TypeDiscriminator!)
            : null;

    private static HashSet<Type> RequestTypes(EndpointDataSource endpoints)
    {
        var found = new HashSet<Type>();
        var open = new Stack<Type>(endpoints.Endpoints.SelectMany(e => e.Metadata.OfType<IAcceptsMetadata>()).Select(a => a.RequestType).OfType<Type>());
        while (open.TryPop(out var type))
        {
            if (!found.Add(type) || ApiJson.Types.GetTypeInfo(type) is not { } info)
            {
                continue;
            }

            foreach (var next in info.Properties.Select(p => p.PropertyType)
                .Concat(info.PolymorphismOptions?.DerivedTypes.Select(d => d.DerivedType) ?? [])
                .Append(info.ElementType)
                .OfType<Type>())
            {
                open.Push(next);
            }
        }

        return found;
    }
}
