using System.Collections.Concurrent;
using System.Collections.Frozen;
using ComplianceTracker.Api.Webhooks.Endpoints;

namespace ComplianceTracker.Api.Webhooks.Delivering;

/// <summary>The endpoints as this process last read them: whoever delivers looks here, and reads again when it hears of a change.</summary>
internal sealed class EndpointDirectory(EndpointStore store) : IDisposable
{
    // One after the other: of two, the one that read earlier must not be the one that is kept.
    private readonly SemaphoreSlim reading = new(1);
    private readonly ConcurrentDictionary<string, bool> ailing = new(StringComparer.Ordinal);
    private volatile FrozenDictionary<string, WebhookEndpoint> byId = FrozenDictionary<string, WebhookEndpoint>.Empty;

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<WebhookEndpoint> All => byId.Values;

    /// <summary>The endpoint, or null: there is none, or not any more.</summary>
    public WebhookEndpoint? Find(string id) => byId.GetValueOrDefault(id);

    /// <summary>Reads them.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await reading.WaitAsync(cancellationToken);
        try
        {
            byId = (await store.AllAsync(null, cancellationToken)).ToFrozenDictionary(e => e.Id, StringComparer.Ordinal);
        }
        finally
        {
            reading.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => reading.Dispose();

    /// <summary>True when the last attempt that this process knows of failed: a success is then worth counting.</summary>
    public bool IsAiling(string id) => ailing.GetValueOrDefault(id, true);

    /// <summary>Notes how the last attempt went.</summary>
    public void SetAiling(string id, bool isAiling) => ailing[id] = isAiling;
}
