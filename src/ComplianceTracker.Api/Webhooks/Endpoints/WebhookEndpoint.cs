using System.Collections.Immutable;

namespace ComplianceTracker.Api.Webhooks.Endpoints;

/// <summary>Where an endpoint stands.</summary>
public enum EndpointState
{
    /// <summary>Not yet proved to be the subscriber's; nothing is delivered.</summary>
    Pending,

    /// <summary>Deliveries go out.</summary>
    Active,

    /// <summary>The last deliveries failed; one is tried at a time until one succeeds.</summary>
    Failing,

    /// <summary>Nothing is delivered until somebody enables it again: it failed for as long as deliveries are retried, or said 410.</summary>
    Disabled,

    /// <summary>Nothing is delivered until somebody resumes it.</summary>
    Paused,
}

/// <summary>A subscriber's endpoint as it is stored.</summary>
internal sealed record WebhookEndpoint
{
    /// <summary>Whose it is.</summary>
    public required string Tenant { get; init; }

    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Where deliveries go.</summary>
    public required Uri Url { get; init; }

    /// <summary>The subscriber's words for it, or null.</summary>
    public required string? Description { get; init; }

    /// <summary>Which events it gets.</summary>
    public required EndpointFilter Filter { get; init; }

    /// <summary>The most deliveries a second, or null: as many as it takes.</summary>
    public required int? RateLimit { get; init; }

    /// <summary>True when a delivery waits for the earlier ones about the same company or instrument.</summary>
    public required bool Ordered { get; init; }

    /// <summary>Where it stands.</summary>
    public required EndpointState State { get; init; }

    /// <summary>Since when it stands there.</summary>
    public required DateTimeOffset StateSince { get; init; }

    /// <summary>Why it stands there, in words, or null.</summary>
    public required string? StateReason { get; init; }

    /// <summary>The log position after which events are for it, or null: it was never verified.</summary>
    public required long? Since { get; init; }

    /// <summary>Rises with every change, its state included.</summary>
    public required long Version { get; init; }

    /// <summary>When it was registered.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The signing secrets, protected.</summary>
    public required byte[] ProtectedSecrets { get; init; }

    /// <summary>The subscriber's headers, protected, or null: none.</summary>
    public required byte[]? ProtectedHeaders { get; init; }

    /// <summary>The names of the subscriber's headers, which may be shown; the values are not.</summary>
    public ImmutableArray<string> HeaderNames { get; init; } = [];

    /// <summary>When it was last proved to be the subscriber's, or null: never, or not since its address changed.</summary>
    public DateTimeOffset? VerifiedAt { get; init; }
}

/// <summary>Which events an endpoint gets; an empty list leaves everything through.</summary>
/// <param name="EventTypes">Names, or beginnings that end in <c>.*</c>.</param>
/// <param name="Companies">Companies, of what concerns a company.</param>
/// <param name="Jurisdictions">Jurisdictions; a country lets its subdivisions through.</param>
/// <param name="Topics">Topics of instruments; one must match.</param>
/// <param name="Instruments">Instruments.</param>
/// <param name="Categories">Categories of obligations; one must match.</param>
/// <param name="Condition">A condition over the event in the product's expression language, or null.</param>
/// <param name="LeadTimes">How long before a day that matters the subscriber wants to be told: ISO 8601 durations.</param>
internal sealed record EndpointFilter(
    ImmutableArray<string> EventTypes,
    ImmutableArray<string> Companies,
    ImmutableArray<string> Jurisdictions,
    ImmutableArray<string> Topics,
    ImmutableArray<string> Instruments,
    ImmutableArray<string> Categories,
    string? Condition,
    ImmutableArray<string> LeadTimes);
