namespace ComplianceTracker.Api.Storage;

/// <summary>A request that takes effect once, whoever sends it how often: a feature of its <see cref="HttpContext"/>.</summary>
/// <param name="Nonce">The same for every sending of the request, and for no other request.</param>
internal sealed record KeyedRequest(Guid Nonce)
{
    /// <summary>The id of the event that the request appends as its n-th, from 0.</summary>
    public Guid EventId(long n) => EventIds.Of($"{Nonce:N}/{n}");
}
