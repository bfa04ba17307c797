using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Feed;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Webhooks.EventCatalogue;
using ComplianceTracker.Api.Webhooks.Outbound;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Webhooks.Endpoints;

/// <summary>What came of asking an endpoint.</summary>
/// <param name="Verified">True when it is proved to be the subscriber's.</param>
/// <param name="Reason">How it was proved, or why not, in words.</param>
internal sealed record Verification(bool Verified, string Reason);

/// <summary>
/// Proves that an endpoint wants what is sent to it: it consents to the handshake of CloudEvents (<c>OPTIONS</c>), or echoes a
/// signed challenge. Nobody is made the target of deliveries by others.
/// </summary>
internal sealed class EndpointVerifier(WebhookSender sender, OutboundSettings settings, CloudEvents cloudEvents, TimeProvider time)
{
    /// <summary>How long both questions may take together.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    // A receiver that leaves OPTIONS hanging may still answer a POST.
    private static readonly TimeSpan HandshakeDeadline = TimeSpan.FromSeconds(5);

    /// <summary>Asks the endpoint.</summary>
    /// <exception cref="OperationCanceledException">The caller's token.</exception>
    public async Task<Verification> AskAsync(WebhookEndpoint endpoint, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var handshake = await sender.AskForConsentAsync(endpoint, settings.Origin, HandshakeDeadline, cancellationToken);
        if (Consents(handshake))
        {
            return new Verification(true, $"The endpoint consents to deliveries from {settings.Origin} (WebHook-Allowed-Origin).");
        }

        // Whatever the first failed with, the second would fail with too, and is told: a refused address, a name that does not resolve.
        var challenge = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        var posted = await sender.SendAsync(endpoint, Message(endpoint, challenge), Deadline - time.GetElapsedTime(begun), cancellationToken);
        return posted switch
        {
            { Succeeded: false } => new Verification(false, $"No consent by OPTIONS, and the challenge failed: {posted.Error}"),
            _ when Echoes(posted.Body, challenge) => new Verification(true, "The endpoint echoed the challenge."),
            _ => new Verification(
                false, $"No consent by OPTIONS, and the answer to the challenge ({posted.Status}) holds no echo of it: answer with the challenge, or with {{\"challenge\": \"…\"}}."),
        };
    }

    private bool Consents(Exchange handshake) => handshake.Headers.Split('\n')
        .Select(line => line.Split(':', 2))
        .Where(header => header.Length == 2 && header[0].Equals("WebHook-Allowed-Origin", StringComparison.OrdinalIgnoreCase))
        .SelectMany(header => header[1].Split(',', StringSplitOptions.TrimEntries))
        .Any(origin => origin == "*" || origin.Equals(settings.Origin, StringComparison.OrdinalIgnoreCase));

    private WebhookMessage Message(WebhookEndpoint endpoint, string challenge)
    {
        var id = Guid.CreateVersion7();
        var data = JsonSerializer.SerializeToUtf8Bytes(new EndpointChallenge(endpoint.Id, challenge), StoredJson.Of<EndpointChallenge>());
        var e = new RecordedEvent(
            0, id, StreamIds.Endpoint(endpoint.Tenant, endpoint.Id), 0, $"{EventNames.Challenge}.v1", data, time.GetUtcNow(), RequestMetadata.Webhooks(endpoint.Tenant));
        return new WebhookMessage(id.ToString(), cloudEvents.Render(e, "0"), CloudEvents.TraceParentOf(e));
    }

    private static bool Echoes(string body, string challenge)
    {
        if (body.Trim() is var text && text == challenge)
        {
            return true;
        }

        try
        {
            return JsonNode.Parse(text) switch
            {
                JsonValue value => value.TryGetValue<string>(out var echo) && echo == challenge,
                JsonObject members => members["challenge"] is JsonValue value && value.TryGetValue<string>(out var echo) && echo == challenge,
                _ => false,
            };
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            // No JSON, or a member twice: no echo.
            return false;
        }
    }
}
