using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Api.Webhooks.Endpoints;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceTracker.Api.Tests.Webhooks.Support;

/// <summary>A service on a small record that may deliver to loopback, and a receiver, shared by the tests of a class.</summary>
public sealed class SubscribedService(Databases databases) : IAsyncLifetime
{
    private readonly SeedFolder seeds = new();

    /// <summary>The service's database.</summary>
    public string ConnectionString { get; private set; } = null!;

    /// <summary>The service.</summary>
    public TestService Service { get; private set; } = null!;

    /// <summary>A receiver that consents.</summary>
    public Receiver Receiver { get; private set; } = null!;

    /// <summary>The service's protection of secrets.</summary>
    internal EndpointSecrets Secrets => Service.Services.GetRequiredService<EndpointSecrets>();

    public async ValueTask InitializeAsync()
    {
        Receiver = await Receiver.StartAsync();
        ConnectionString = await databases.CreateEmptyAsync();
        Service = await TestService.StartAsync(ConnectionString, seeds.Path, null, Receiver.Allowed);
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await Receiver.DisposeAsync();
        seeds.Dispose();
    }
}
