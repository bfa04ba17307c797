using System.Collections.Immutable;
using System.Diagnostics;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Storage;

/// <summary>What is stored beside an event about the request that made it.</summary>
internal static class RequestMetadata
{
    /// <summary>The metadata of a request: its trace as correlation, its tenant as header; while it is traced, the trace context as header too.</summary>
    public static AppendMetadata Of(HttpContext context) => new(
        "api",
        Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier,
        null,
        Activity.Current is { Recorded: true, IdFormat: ActivityIdFormat.W3C, Id: { } parent } ? Tenant.Add("traceparent", parent) : Tenant);

    /// <summary>The metadata of an import.</summary>
    public static AppendMetadata Import => new(Importer, null, null, Tenant);

    /// <summary>The metadata of a request that imports many.</summary>
    public static AppendMetadata OfImport(HttpContext context) => Of(context) with { Actor = Importer };

    /// <summary>True when an import appended it.</summary>
    public static bool IsImport(AppendMetadata metadata) => metadata.Actor == Importer;

    /// <summary>The metadata of the durable clock, which is nobody's.</summary>
    public static AppendMetadata Clock { get; } = AppendMetadata.None with { Actor = "clock" };

    /// <summary>The metadata of what follows from an event: its correlation and trace, and the event as what caused it.</summary>
    public static AppendMetadata FollowingFrom(RecordedEvent cause, string tenant) => new(
        "consequences",
        cause.Metadata.CorrelationId,
        cause.Id.ToString(),
        cause.Metadata.Headers.TryGetValue("traceparent", out var trace) ? TenantOf(tenant).Add("traceparent", trace) : TenantOf(tenant));

    private const string Importer = "import";

    /// <summary>The metadata of what becomes of an endpoint.</summary>
    public static AppendMetadata Webhooks(string tenant) => new("webhooks", null, null, TenantOf(tenant));

    private static ImmutableDictionary<string, string> Tenant => TenantOf(StreamIds.DefaultTenant);

    private static ImmutableDictionary<string, string> TenantOf(string tenant) => ImmutableDictionary<string, string>.Empty.Add("tenant", tenant);
}
