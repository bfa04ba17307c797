using System.Text.Json.Nodes;
using ComplianceTracker.Api.Document;
using ComplianceTracker.Api.Feed;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Problems;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Common;

namespace ComplianceTracker.Api.Webhooks.EventCatalogue;

/// <summary>What is delivered: every type with a schema and an example.</summary>
internal static class EventTypeEndpoints
{
    private const string SchemaMediaType = "application/schema+json";

    /// <summary>Maps the endpoints.</summary>
    public static void MapEventTypeEndpoints(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/webhooks/event-types").WithTags("Webhooks");
        group.MapGet("", List).WithName("listEventTypes").WithSummary("Every type of event that is delivered, with an example")
            .WithDescription("Endpoints choose by type, or by the beginning of one such as `obligation.*`. The examples are about no real act or company.")
            .Produces<EventTypePage>();
        // Not "v{version}": the framework looks for the last "v" of the segment.
        group.MapGet("/{type}/{version}", Schema).WithName("getEventSchema").WithSummary("The JSON Schema of an event type")
            .WithDescription("Of the whole CloudEvent with its data, in the dialect 2020-12; `dataschema` of every event leads here. A version never changes but for members that are added.")
            .WithPath("type", "The event type, without version.", "endpoint.test")
            .WithPath("version", "The version of its shape.", $"v{EventSchemas.Version}")
            .WithProblems(ProblemTypes.EventTypeNotFound)
            .Produces<JsonObject>(200, SchemaMediaType, "application/json");
    }

    private static IResult List(HttpContext context, CloudEvents events, EventTypes types, PublicUrl publicUrl) => Results.Json(
        new EventTypePage(
            [
                ..EventNames.All.Select(type => new EventTypeItem(
                    type, EventSchemas.Version, type[..type.IndexOf('.', StringComparison.Ordinal)], EventDescriptions.ByType[type],
                    AddressOf(type, publicUrl, context), events.Body(EventExamples.RecordedOf(type, types), "1", context.Request))),
            ],
            null),
        ApiJson.Types.EventTypePage);

    private static IResult Schema(string type, string version, HttpContext context, PublicUrl publicUrl)
    {
        if (version != $"v{EventSchemas.Version}" || !EventNames.All.Contains(type))
        {
            var nearest = Nearest.To(type, EventNames.All);
            throw new ApiProblem(ProblemTypes.EventTypeNotFound, $"No event of type '{type}' and version '{version}' is delivered{Hints.DidYouMean(nearest)}") { Expected = nearest };
        }

        var mediaType = Representation.Choose(context.Request, [SchemaMediaType, "application/json"]);
        context.Response.Headers.Vary = "Accept";
        return Results.Text(EventSchemas.Of(type, AddressOf(type, publicUrl, context)).ToJsonString(ApiJson.Types.Options), mediaType);
    }

    private static string AddressOf(string type, PublicUrl publicUrl, HttpContext context) =>
        $"{publicUrl.Of(context.Request)}/api/v1/webhooks/event-types/{type}/v{EventSchemas.Version}";
}

/// <summary>The types of event that are delivered.</summary>
/// <param name="Items">The types, in groups.</param>
/// <param name="Next">Always null: the list is short.</param>
public sealed record EventTypePage(IReadOnlyList<EventTypeItem> Items, string? Next);

/// <summary>A type of event that is delivered.</summary>
/// <param name="Type">Its name, without version.</param>
/// <param name="Version">The version of its shape.</param>
/// <param name="Group">instrument: what happened to an act; obligation: what follows for a company; endpoint: what becomes of deliveries.</param>
/// <param name="Description">When it is sent.</param>
/// <param name="Dataschema">Where its JSON Schema is served.</param>
/// <param name="ExampleEvent">An example, as it would be sent.</param>
public sealed record EventTypeItem(string Type, string Version, string Group, string Description, string Dataschema, CloudEventBody ExampleEvent);
