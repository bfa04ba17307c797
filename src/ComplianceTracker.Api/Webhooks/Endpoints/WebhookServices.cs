using ComplianceTracker.Api.Webhooks.Outbound;

namespace ComplianceTracker.Api.Webhooks.Endpoints;

/// <summary>Wires endpoints and the way out to them.</summary>
internal static class WebhookServices
{
    /// <summary>Adds what endpoints and deliveries need.</summary>
    public static IServiceCollection AddWebhookEndpoints(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(OutboundSettings.From(configuration))
        .AddSingleton<IHostResolver, SystemResolver>()
        .AddSingleton<AddressPolicy>()
        .AddSingleton<EndpointSecrets>()
        .AddSingleton<EndpointStore>()
        .AddSingleton<EndpointLog>()
        .AddSingleton<WebhookSender>()
        .AddSingleton<EndpointVerifier>()
        .AddSingleton<EndpointWriter>();
}
