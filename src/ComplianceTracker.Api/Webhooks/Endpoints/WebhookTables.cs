namespace ComplianceTracker.Api.Webhooks.Endpoints;

/// <summary>The tables of endpoints, of what was done to them, and of the keys that protect their secrets.</summary>
internal static class WebhookTables
{
    /// <summary>Creates what is not there yet.</summary>
    public static string Schema => $"{EndpointStore.Schema} {EndpointLog.Schema} {DataProtectionKeys.Schema}";
}
