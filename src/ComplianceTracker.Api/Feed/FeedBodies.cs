using System.Text.Json;
using System.Text.Json.Serialization;

namespace ComplianceTracker.Api.Feed;

/// <summary>An event of the log as a CloudEvent 1.0 in structured JSON.</summary>
/// <param name="Specversion">Always 1.0.</param>
/// <param name="Id">The event's id, unique in the log.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Type">What happened: <c>instrument.passed</c>, <c>company.facts-declared</c>, …</param>
/// <param name="Subject">What it happened to: <c>instruments/cn-pipl</c>, <c>companies/…</c>, <c>vocabulary</c>.</param>
/// <param name="Time">When it was recorded, UTC.</param>
/// <param name="Datacontenttype">Always application/json.</param>
/// <param name="Dataschema">Where the schema of the data is served; left out where there is none.</param>
/// <param name="Dataversion">The version of the shape of the data.</param>
/// <param name="Sequence">The log position, as text because CloudEvents integers have 32 bits.</param>
/// <param name="Streamversion">The version of its stream after it, as text.</param>
/// <param name="Traceparent">The W3C trace context of the request that set it off; left out where it was not traced.</param>
/// <param name="Data">What happened.</param>
public sealed record CloudEventBody(
    [property: JsonPropertyName("specversion")] string Specversion,
    string Id,
    string Source,
    string Type,
    string Subject,
    DateTimeOffset Time,
    [property: JsonPropertyName("datacontenttype")] string Datacontenttype,
    [property: JsonPropertyName("dataversion")] string Dataversion,
    string Sequence,
    [property: JsonPropertyName("streamversion")] string Streamversion,
    JsonElement Data,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Dataschema = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Traceparent = null);

/// <summary>A page of the log.</summary>
/// <param name="Items">The events in log order.</param>
/// <param name="Next">The cursor of the next page; null at the head: go on later with <c>after</c> set to the last <c>sequence</c>.</param>
/// <param name="Position">The log position up to which, included, the page reaches.</param>
public sealed record EventPageBody(IReadOnlyList<CloudEventBody> Items, string? Next, long Position);
