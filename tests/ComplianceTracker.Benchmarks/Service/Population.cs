using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Companies;
using ComplianceTracker.Api.Hosting;
using ComplianceTracker.Api.Importing;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.EventStore;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceTracker.Benchmarks.Service;

/// <summary>
/// A log as it grows over years: vocabulary and seeds' companies first, then by turns some law, some new companies and some
/// changes of their facts, so that a position in the middle of it knows a part of all three.
/// </summary>
internal sealed class Population(IServiceProvider services)
{
    private const int Stages = 8;
    private const int AtOnce = 100;

    private readonly IEventStore store = services.GetRequiredService<IEventStore>();
    private readonly EventTypes types = services.GetRequiredService<EventTypes>();

    /// <summary>By company, the position of its registration.</summary>
    public Dictionary<string, long> Registered { get; } = new(StringComparer.Ordinal);

    /// <summary>Writes the log through the service's own import and codec; the projections are not running yet.</summary>
    public static async Task<Population> WriteAsync(WebApplication app, int companies)
    {
        var population = new Population(app.Services);
        await population.store.MigrateAsync();
        await population.WriteAsync(companies);
        return population;
    }

    private async Task WriteAsync(int companies)
    {
        var seeds = ServiceSettings.DefaultSeeds;
        await ImportAsync(Files("vocabulary"), Files("companies"));
        var variations = new Variations(await OriginalsAsync(), (await services.GetRequiredService<InstrumentCatalogue>().HeadAsync(default)).Vocabulary, seed: 1);
        var instruments = Files("instruments");
        for (var stage = 0; stage < Stages; stage++)
        {
            await ImportAsync(Part(instruments, stage));
            foreach (var some in Part([..Enumerable.Range(0, companies)], stage).Chunk(AtOnce))
            {
                await AppendAsync(some.Select(number => (Variations.IdOf(number), 0L, (CompanyEvent)variations.Registration(number))));
            }

            // A third of the companies of the stage change, once: their version is known.
            foreach (var some in Part([..Enumerable.Range(0, companies)], stage).Where(number => number % 3 == 0).Chunk(AtOnce))
            {
                await AppendAsync(some.Select(number => (Variations.IdOf(number), 1L, (CompanyEvent)variations.Change())));
            }
        }

        string[] Files(string sub) => [..Directory.EnumerateFiles(Path.Combine(seeds, sub), "*.json").Order(StringComparer.Ordinal)];
    }

    private static T[] Part<T>(T[] all, int stage) => all[(all.Length * stage / Stages)..(all.Length * (stage + 1) / Stages)];

    private async Task<List<CompanyProfile>> OriginalsAsync()
    {
        var profiles = new List<CompanyProfile>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(ServiceSettings.DefaultSeeds, "companies"), "*.json").Order(StringComparer.Ordinal))
        {
            var id = Path.GetFileNameWithoutExtension(file);
            var state = await services.GetRequiredService<CompanyStreams>().AtAsync(StreamIds.DefaultTenant, id, null, default);
            profiles.Add(state.Profile ?? throw new InvalidOperationException($"{id} is not on record."));
        }

        return profiles;
    }

    // The importer takes folders.
    private async Task ImportAsync(params string[][] files)
    {
        var folder = Directory.CreateTempSubdirectory("ct-benchmark-seeds-").FullName;
        try
        {
            foreach (var file in files.SelectMany(f => f))
            {
                var sub = Directory.CreateDirectory(Path.Combine(folder, Path.GetFileName(Path.GetDirectoryName(file)!)));
                File.Copy(file, Path.Combine(sub.FullName, Path.GetFileName(file)));
            }

            var report = await services.GetRequiredService<SeedImporter>().ImportAsync(folder, new Progress<(FileResult, int)>(), default);
            if (report.Refused.FirstOrDefault() is { } refused)
            {
                throw new InvalidOperationException($"{refused.File}: {refused.Refusal}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task AppendAsync(IEnumerable<(string Id, long Version, CompanyEvent Event)> events)
    {
        var streams = events
            .Select(e => (e.Id, e.Version, Append: new StreamAppend(
                StreamIds.Company(StreamIds.DefaultTenant, e.Id), ExpectedVersion.Exact(e.Version), [types.Encode(Guid.CreateVersion7(), e.Event)])))
            .ToList();
        var appended = (AppendResult.Appended)await store.AppendAsync([..streams.Select(s => s.Append)], RequestMetadata.Import);
        foreach (var (id, _, _) in streams.Where(s => s.Version == 0))
        {
            Registered[id] = appended.Position;
        }
    }
}
