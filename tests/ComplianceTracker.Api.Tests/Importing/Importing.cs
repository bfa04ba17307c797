using ComplianceTracker.Api.Importing;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.EventStore;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceTracker.Api.Tests.Importing;

/// <summary>What the tests of the importer share: a service of their own over a small folder.</summary>
public abstract class Importing(Databases databases) : IAsyncLifetime
{
    private TestService? service;

    protected SeedFolder Folder { get; } = new();

    protected TestService Service => service!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected IEventStore Store => Service.Services.GetRequiredService<IEventStore>();

    public async ValueTask InitializeAsync() => service = await TestService.StartAsync(await databases.CreateEmptyAsync(), Folder.Path);

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Task<ImportReport> ImportAsync(string? folder = null) => ImportAsync(Service, folder ?? Folder.Path);

    private protected static Task<ImportReport> ImportAsync(TestService service, string folder) =>
        service.Services.GetRequiredService<SeedImporter>().ImportAsync(folder, new Progress<(FileResult, int)>(), Cancel);

    /// <summary>Stream, version and type of everything recorded after a position.</summary>
    protected async Task<List<string>> RecordedAfterAsync(long position) =>
        [..(await Store.ReadAllAsync(position, 1000, cancellationToken: Cancel)).Events.Select(e => $"{e.StreamId} {e.Version} {e.Type}")];

    protected async Task<string?> StatusAsync(string asOf) =>
        (string?)(await Service.SendAsync(HttpMethod.Get, $"/companies/acme/obligations/de-law-art1?asOf={asOf}", null, ("Prefer", "wait=20"))).Body!["status"];
}
