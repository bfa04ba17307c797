using ComplianceTracker.Api.Storage;

namespace ComplianceTracker.Api.Webhooks.Endpoints;

/// <summary>Names what is said of an endpoint that moves to another state.</summary>
internal static class EndpointMoves
{
    /// <summary>The id of the event: whoever dies before the move is committed says the same again.</summary>
    /// <param name="before">The endpoint before it moves.</param>
    /// <param name="to">Where it moves to.</param>
    public static Guid IdOf(WebhookEndpoint before, EndpointState to) => EventIds.Of($"{StreamIds.Endpoint(before.Tenant, before.Id)}/{before.Version}/{to}");
}

/// <summary>Somebody wanted to see an event arrive. It is sent, not stored.</summary>
/// <param name="EndpointId">The endpoint.</param>
public sealed record EndpointTest(string EndpointId);

/// <summary>Asks whoever answers at the endpoint's address to echo something that nobody can guess. It is sent, not stored.</summary>
/// <param name="EndpointId">The endpoint.</param>
/// <param name="Challenge">What to answer with: the text alone, or as the member <c>challenge</c> of a JSON object.</param>
public sealed record EndpointChallenge(string EndpointId, string Challenge);

/// <summary>Deliveries to the endpoint fail; they are tried on, one at a time.</summary>
/// <param name="EndpointId">The endpoint.</param>
/// <param name="Reason">What the last attempt failed with, in words.</param>
/// <param name="ConsecutiveFailures">How many attempts in a row failed.</param>
public sealed record EndpointFailing(string EndpointId, string Reason, int ConsecutiveFailures);

/// <summary>A delivery to the endpoint succeeded after it was failing, or somebody enabled it again.</summary>
/// <param name="EndpointId">The endpoint.</param>
/// <param name="FailingSince">Since when it was failing or disabled, UTC.</param>
public sealed record EndpointRecovered(string EndpointId, DateTimeOffset FailingSince);

/// <summary>Nothing is delivered to the endpoint until somebody enables it again. What is due by then is delivered then.</summary>
/// <param name="EndpointId">The endpoint.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="ConsecutiveFailures">How many attempts in a row failed.</param>
public sealed record EndpointDisabled(string EndpointId, string Reason, int ConsecutiveFailures);
