namespace ComplianceTracker.Api.Tests.Support;

/// <summary>A service on a seeded database of its own, shared by the tests of a class.</summary>
public sealed class SeededService(Databases databases) : IAsyncLifetime
{
    /// <summary>The service.</summary>
    public TestService Service { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Service = await TestService.StartAsync(await databases.CopySeededAsync());

    public ValueTask DisposeAsync() => Service.DisposeAsync();
}
