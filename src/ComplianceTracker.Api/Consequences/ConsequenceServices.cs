using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Consequences;

/// <summary>Adds what tells companies what follows for them.</summary>
internal static class ConsequenceServices
{
    /// <summary>Adds the subscription and the clock.</summary>
    public static IServiceCollection AddConsequences(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(ClockSettings.From(configuration))
        .AddSingleton<DurableClock>()
        .AddSingleton<ILeadTimes, EndpointLeadTimes>()
        .AddSingleton<ISubscription, ConsequenceSubscription>();
}
