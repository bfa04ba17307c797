using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Feed;

/// <summary>Events of the log as CloudEvents 1.0 in structured JSON: the same bytes in the feed and in what is delivered.</summary>
internal sealed class CloudEvents(PublicUrl publicUrl)
{
    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdef");

    /// <summary>The most bytes of an event that everybody on its way must pass on (CloudEvents 1.0, Size Limits).</summary>
    public const int MostDelivered = 64 * 1024;

    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The media type of one event.</summary>
    public const string MediaType = "application/cloudevents+json";

    /// <summary>The media type of a bare array of events.</summary>
    public const string BatchMediaType = "application/cloudevents-batch+json";

    /// <summary>The event in UTF-8, to be sent as <see cref="MediaType"/>.</summary>
    /// <param name="e">The event as stored.</param>
    /// <param name="sequence">What stands as <c>sequence</c>; null: the log position.</param>
    /// <param name="request">The request that is answered, whose address is the service's where no other is configured; or null.</param>
    public byte[] Render(RecordedEvent e, string? sequence = null, HttpRequest? request = null) =>
        JsonSerializer.SerializeToUtf8Bytes(Body(e, sequence, request), ApiJson.Types.CloudEventBody);

    /// <summary>
    /// The event as it is delivered, at most <see cref="MostDelivered"/> bytes of it: what is longer goes without its data, and says in
    /// <c>dataref</c> where they are (the CloudEvents extension of that name).
    /// </summary>
    /// <param name="e">The event as stored.</param>
    /// <param name="sequence">What stands as <c>sequence</c>.</param>
    public byte[] RenderDelivered(RecordedEvent e, string sequence)
    {
        var whole = Render(e, sequence);
        if (whole.Length <= MostDelivered)
        {
            return whole;
        }

        var envelope = JsonNode.Parse(whole)!.AsObject();
        envelope.Remove("data");
        envelope["dataref"] = $"{publicUrl.Of(null)}/api/v1/events/{e.Position.ToString(CultureInfo.InvariantCulture)}/data";
        return Encoding.UTF8.GetBytes(envelope.ToJsonString(Unescaped));
    }

    /// <summary>The event as an object; the parameters as of <see cref="Render"/>.</summary>
    public CloudEventBody Body(RecordedEvent e, string? sequence = null, HttpRequest? request = null)
    {
        var (type, version) = NameOf(e.Type);
        return new CloudEventBody(
            "1.0",
            e.Id.ToString(),
            "/api/v1/events",
            type,
            SubjectOf(e.StreamId),
            e.RecordedAt,
            "application/json",
            version,
            sequence ?? e.Position.ToString(CultureInfo.InvariantCulture),
            e.Version.ToString(CultureInfo.InvariantCulture),
            JsonSerializer.Deserialize(e.Data.Span, ApiJson.Types.JsonElement),
            HasSchema(type) ? $"{publicUrl.Of(request)}/api/v1/webhooks/event-types/{type}/v{version}" : null,
            TraceParentOf(e));
    }

    /// <summary>The W3C trace context of what recorded the event; one made of the event's id where nobody traced it, the same at any time.</summary>
    public static string TraceParentOf(RecordedEvent e) => e.Metadata.Headers.TryGetValue("traceparent", out var traced)
        ? traced
        : $"00-{(e.Metadata.CorrelationId is { } correlation && correlation.Length == 32 && !correlation.AsSpan().ContainsAnyExcept(HexDigits) ? correlation : $"{e.Id:N}")}-{$"{e.Id:N}"[16..]}-00";

    /// <summary>The name of a stored event as clients know it, without its version.</summary>
    public static string TypeOf(RecordedEvent e) => NameOf(e.Type).Type;

    /// <summary>
    /// A stored name as clients know it, and the version of its shape. A name without a version is none of ours, yet it is in the log:
    /// it is passed on as it stands.
    /// </summary>
    public static (string Type, string Version) NameOf(string stored)
    {
        var at = stored.LastIndexOf(".v", StringComparison.Ordinal);
        return at > 0 && int.TryParse(stored.AsSpan(at + 2), NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? (stored[..at], stored[(at + 2)..])
            : (stored, "1");
    }

    /// <summary>True when the events of that name are delivered to endpoints, and so have a page with their schema.</summary>
    public static bool HasSchema(string type) =>
        (type.StartsWith("instrument.", StringComparison.Ordinal) && type != "instrument.registered")
        || type.StartsWith("obligation.", StringComparison.Ordinal)
        || type.StartsWith("endpoint.", StringComparison.Ordinal);

    /// <summary>What the events of a stream happened to: <c>instruments/…</c>, <c>companies/…</c>, <c>webhooks/endpoints/…</c>, or the stream where it is one of its own.</summary>
    public static string SubjectOf(string streamId) =>
        streamId.StartsWith(StreamIds.InstrumentPrefix, StringComparison.Ordinal) ? $"instruments/{StreamIds.IdOf(streamId)}"
        : streamId.StartsWith(StreamIds.EndpointPrefix, StringComparison.Ordinal) ? $"webhooks/endpoints/{StreamIds.IdOf(streamId)}"
        : StreamIds.IsOfCompany(streamId) ? $"companies/{StreamIds.IdOf(streamId)}"
        : streamId;
}
