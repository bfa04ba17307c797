using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Problems;

namespace ComplianceTracker.Api.Document;

/// <summary>The problems an operation may answer with, beyond those that every operation may.</summary>
/// <param name="Types">The problem types.</param>
internal sealed record PossibleProblems(ImmutableArray<ProblemType> Types);

/// <summary>A header of an operation's successful answers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it says.</param>
/// <param name="Example">A value.</param>
/// <param name="Statuses">The statuses with which it comes.</param>
internal sealed record AnswerHeader(string Name, string Description, string Example, ImmutableArray<int> Statuses);

/// <summary>An example body that the seeded record accepts.</summary>
/// <param name="Json">The body.</param>
internal sealed record ExampleBody(string Json)
{
    /// <summary>The body as a node of its own.</summary>
    public JsonNode ToNode() => JsonNode.Parse(Json)!;
}

/// <summary>A body that is no JSON.</summary>
/// <param name="Description">What it holds.</param>
/// <param name="Examples">An example for each media type that the operation takes.</param>
internal sealed record TextBody(string Description, ImmutableArray<(string MediaType, string Example)> Examples);

/// <summary>Attaches to operations what the OpenAPI document says of them.</summary>
internal static class OperationMetadata
{
    /// <summary>Describes parameters that the handler reads off the request.</summary>
    public static RouteHandlerBuilder WithParameters(this RouteHandlerBuilder builder, params ApiParameter[] parameters) => builder.WithMetadata([..parameters]);

    /// <summary>Describes a parameter of the path.</summary>
    public static RouteHandlerBuilder WithPath(this RouteHandlerBuilder builder, string name, string description, string example) =>
        builder.WithParameters(ApiParameter.Path(name, description, example));

    /// <summary>Names the problems that the operation may answer with.</summary>
    public static RouteHandlerBuilder WithProblems(this RouteHandlerBuilder builder, params ImmutableArray<ProblemType> types) =>
        builder.WithMetadata(new PossibleProblems(types));

    /// <summary>Describes the JSON body that the operation takes, with an example that runs, and the problems that bodies have.</summary>
    public static RouteHandlerBuilder WithBody<T>(this RouteHandlerBuilder builder, string example)
        where T : notnull => builder
        .Accepts<T>("application/json")
        .WithMetadata(new ExampleBody(example))
        .WithProblems(
            ProblemTypes.MalformedBody, ProblemTypes.BodyTooLarge, ProblemTypes.UnsupportedMediaType, ProblemTypes.InvalidBody, ProblemTypes.ForbiddenText);

    /// <summary>Describes a body of text that the handler reads as it comes; the handler refuses other media types.</summary>
    public static RouteHandlerBuilder WithTextBody(this RouteHandlerBuilder builder, string description, params ImmutableArray<(string MediaType, string Example)> examples) =>
        builder.WithMetadata(new TextBody(description, examples));

    /// <summary>Says that answers carry the version as <c>ETag</c>.</summary>
    public static RouteHandlerBuilder WithETag(this RouteHandlerBuilder builder, params ImmutableArray<int> statuses) =>
        builder.WithMetadata(new AnswerHeader("ETag", "The version, as a strong entity tag.", "\"1\"", statuses));

    /// <summary>Says that a 201 carries the address of what was made.</summary>
    public static RouteHandlerBuilder WithLocation(this RouteHandlerBuilder builder, string example) =>
        builder.WithMetadata(new AnswerHeader("Location", "Where it can be read.", example, [201]));
}
