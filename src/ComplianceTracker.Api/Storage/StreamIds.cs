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

    /// <summary>The tenant of everything until access control comes. Tenant ids hold no hyphen.</summary>
    public const string DefaultTenant = "default";

    /// <summary>The stream of an instrument.</summary>
    public static string Instrument(string id) => InstrumentPrefix + id;

    /// <summary>The stream of a company.</summary>
    public static string Company(string tenant, string id) => $"{CompanyPrefix}{tenant}-{id}";

    /// <summary>The id of the instrument or company that the stream belongs to; empty for the vocabulary.</summary>
    public static string IdOf(string streamId) =>
        streamId.StartsWith(InstrumentPrefix, StringComparison.Ordinal) ? streamId[InstrumentPrefix.Length..]
        : streamId.StartsWith(CompanyPrefix, StringComparison.Ordinal) ? streamId[(streamId.IndexOf('-', CompanyPrefix.Length) + 1)..]
        : "";

    /// <summary>The tenant of a company's stream.</summary>
    public static string TenantOf(string streamId) => streamId[CompanyPrefix.Length..streamId.IndexOf('-', CompanyPrefix.Length)];
}
