namespace ComplianceTracker.Api.Tests.Support;

/// <summary>One service over the seeds for the tests of a class, which only ask.</summary>
public sealed class SeededService(Databases databases) : IAsyncLifetime
{
    private TestService? service;

    public TestService Service => service ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync() => service = await TestService.StartAsync(await databases.CopySeededAsync());

    public ValueTask DisposeAsync() => service?.DisposeAsync() ?? ValueTask.CompletedTask;
}
