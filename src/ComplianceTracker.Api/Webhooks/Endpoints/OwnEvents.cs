using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Feed;
using ComplianceTracker.Api.Json;

namespace ComplianceTracker.Api.Webhooks.Endpoints;

/// <summary>CloudEvents about an endpoint that are sent to it alone and stand in no log: tests and challenges.</summary>
internal static class OwnEvents
{
    /// <summary>The event in UTF-8.</summary>
    /// <param name="id">Its id, also the <c>webhook-id</c>.</param>
    /// <param name="type">Its type, without version; the version is 1.</param>
    /// <param name="endpoint">The endpoint that it is about and goes to.</param>
    /// <param name="at">When it was made, UTC.</param>
    /// <param name="publicUrl">The service's address.</param>
    /// <param name="data">What it says.</param>
    public static byte[] Render(string id, string type, WebhookEndpoint endpoint, DateTimeOffset at, PublicUrl publicUrl, JsonObject data) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new CloudEventBody(
                "1.0",
                id,
                "/api/v1/webhooks",
                type,
                $"webhooks/endpoints/{endpoint.Id}",
                at,
                "application/json",
                $"{publicUrl.Of(null)}/api/v1/webhooks/event-types/{type}/v1",
                "1",
                0.ToString(CultureInfo.InvariantCulture),
                0.ToString(CultureInfo.InvariantCulture),
                null,
                JsonSerializer.SerializeToElement(data, ApiJson.Types.JsonObject)),
            ApiJson.Types.CloudEventBody);
}
