namespace ComplianceTracker.Api.Webhooks.Outbound;

/// <summary>What is to be delivered.</summary>
/// <param name="Id">The event's id: the <c>webhook-id</c>, the same on every attempt.</param>
/// <param name="Body">The body, in UTF-8.</param>
/// <param name="TraceParent">The W3C trace context, or null.</param>
internal sealed record WebhookMessage(string Id, ReadOnlyMemory<byte> Body, string? TraceParent);

/// <summary>One attempt, over.</summary>
/// <param name="At">When it began, UTC.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Status">The HTTP status, or null: there was no answer.</param>
/// <param name="Headers">The answer's headers as <c>Name: value</c> lines, at most 20 kB; empty where there was none.</param>
/// <param name="Body">The answer's body as text, at most 20 kB; empty where there was none.</param>
/// <param name="Error">What went wrong, in words, or null: the endpoint took it (2xx, in time).</param>
/// <param name="RetryAfter">How long the endpoint asks to be left alone, not capped yet; or null.</param>
internal sealed record Exchange(
    DateTimeOffset At, TimeSpan Duration, int? Status, string Headers, string Body, string? Error, TimeSpan? RetryAfter)
{
    /// <summary>True when the endpoint took it.</summary>
    public bool Succeeded => Error is null;
}
