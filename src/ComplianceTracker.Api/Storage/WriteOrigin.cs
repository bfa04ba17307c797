using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Storage;

/// <summary>Where a write comes from.</summary>
/// <param name="Metadata">What is stored beside its events.</param>
/// <param name="Request">The request, where it takes effect once; or null.</param>
internal sealed record WriteOrigin(AppendMetadata Metadata, KeyedRequest? Request)
{
    /// <summary>The origin of what a request writes.</summary>
    public static WriteOrigin Of(HttpContext context) => new(RequestMetadata.Of(context), context.Features.Get<KeyedRequest>());

    /// <summary>The id of the n-th event, from 0.</summary>
    public Guid EventId(int n) => Request?.EventId(n) ?? Guid.CreateVersion7();
}
