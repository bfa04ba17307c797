namespace ComplianceTracker.Api.Storage;

/// <summary>How streams are named.</summary>
internal static class StreamIds
{
    /// <summary>The one stream of the vocabulary.</summary>
    public const string Vocabulary = "vocabulary";

    /// <summary>The beginning of every instrument's stream.</summary>
    public const string InstrumentPrefix = "instrument-";

    /// <summary>The beginning of every company's stream.</summary>
    public const string CompanyPrefix = "company-";

    /// <summary>The beginning of every stream of what follows for a company.</summary>
    public const string ConsequencePrefix = "consequence-";

    /// <summary>The beginning of every stream of what became of an endpoint.</summary>
    public const string EndpointPrefix = "endpoint-";

    /// <summary>The one stream of the durable clock.</summary>
    public const string Clock = "clock";

    /// <summary>The tenant of everything until access control comes. Tenant ids hold no hyphen.</summary>
    public const string DefaultTenant = "default";

    /// <summary>The stream of an instrument.</summary>
    public static string Instrument(string id) => InstrumentPrefix + id;

    /// <summary>The stream of a company.</summary>
    public static string Company(string tenant, string id) => $"{CompanyPrefix}{tenant}-{id}";

    /// <summary>The stream of what follows for a company.</summary>
    public static string Consequence(string tenant, string id) => $"{ConsequencePrefix}{tenant}-{id}";

    /// <summary>The stream of what became of an endpoint.</summary>
    public static string Endpoint(string tenant, string id) => $"{EndpointPrefix}{tenant}-{id}";

    /// <summary>True for a company's own stream and for that of what follows for it.</summary>
    public static bool IsOfCompany(string streamId) =>
        streamId.StartsWith(CompanyPrefix, StringComparison.Ordinal) || streamId.StartsWith(ConsequencePrefix, StringComparison.Ordinal);

    /// <summary>The id of the instrument, company or endpoint that the stream belongs to; empty for the vocabulary and the clock.</summary>
    public static string IdOf(string streamId) =>
        streamId.StartsWith(InstrumentPrefix, StringComparison.Ordinal) ? streamId[InstrumentPrefix.Length..]
        : IsOfCompany(streamId) || streamId.StartsWith(EndpointPrefix, StringComparison.Ordinal) ? streamId[(AfterTenant(streamId) + 1)..]
        : "";

    /// <summary>The tenant of a company's or an endpoint's stream, or of that of what follows for a company.</summary>
    public static string TenantOf(string streamId) => streamId[(streamId.IndexOf('-') + 1)..AfterTenant(streamId)];

    // Prefix, tenant, id; neither of the first two holds a hyphen within.
    private static int AfterTenant(string streamId) => streamId.IndexOf('-', streamId.IndexOf('-') + 1);
}
