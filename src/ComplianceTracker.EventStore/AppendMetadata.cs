using System.Collections.Immutable;

namespace ComplianceTracker.EventStore;

/// <summary>Who appended and why; stored with every event of the append and given back with it.</summary>
/// <param name="Actor">Who caused the append, or null.</param>
/// <param name="CorrelationId">The id shared by everything that one request set off, or null.</param>
/// <param name="CausationId">The id of the request or event that caused the append directly, or null.</param>
/// <param name="Headers">Further text by name (the tenant, for example); empty where there is none.</param>
public sealed record AppendMetadata(
    string? Actor,
    string? CorrelationId,
    string? CausationId,
    IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>No actor, no ids, no headers.</summary>
    public static AppendMetadata None { get; } = new(null, null, null, ImmutableDictionary<string, string>.Empty);
}
