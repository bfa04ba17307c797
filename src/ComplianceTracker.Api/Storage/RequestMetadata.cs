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
    public static AppendMetadata Import => new("import", null, null, Tenant);

    /// <summary>The tenant as header.</summary>
    public static ImmutableDictionary<string, string> Tenant =>
        ImmutableDictionary<string, string>.Empty.Add("tenant", StreamIds.DefaultTenant);
}
