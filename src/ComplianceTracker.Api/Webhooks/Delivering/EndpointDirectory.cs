using System.Collections.Concurrent;
using System.Collections.Frozen;
using ComplianceTracker.Api.Webhooks.Endpoints;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>The endpoints as this process last read them: whoever delivers looks here, and reads again when it hears of a change.</summary>
internal sealed class EndpointDirectory(EndpointStore store)
{
    private readonly ConcurrentDictionary<string, bool> ailing = new(StringComparer.Ordinal);
    private volatile FrozenDictionary<string, WebhookEndpoint> byId = FrozenDictionary<string, WebhookEndpoint>.Empty;

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<WebhookEndpoint> All => byId.Values;

    /// <summary>The endpoint, or null: there is none, or not any more.</summary>
    public WebhookEndpoint? Find(string id) => byId.GetValueOrDefault(id);

    /// <summary>Reads them.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken) =>
        byId = (await store.AllAsync(null, cancellationToken)).ToFrozenDictionary(e => e.Id, StringComparer.Ordinal);

    /// <summary>True when the last attempt that this process knows of failed: a success is then worth counting.</summary>
    public bool IsAiling(string id) => ailing.GetValueOrDefault(id, true);

    /// <summary>Notes how the last attempt went.</summary>
    public void SetAiling(string id, bool isAiling) => ailing[id] = isAiling;
}
