using System.Diagnostics;

namespace ComplianceTracker.Api.Requests;

/// <summary>The names under which the API tells of its work.</summary>
internal static class ApiTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "ComplianceTracker.Api";

    /// <summary>The source of the API's own spans.</summary>
    public static readonly ActivitySource Source = new(Name);
}
