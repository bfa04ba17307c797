using System.Text.Json.Nodes;
using ComplianceTracker.Api.Hosting;
using ComplianceTracker.Api.Importing;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Api.Tests.Webhooks.Support;
using ComplianceTracker.EventStore;
using ComplianceTracker.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceTracker.Api.Tests.Engines;

/// <summary>
/// The engines take turns on one database. Compiled where the packages of the second one are: <c>-p:UseMarten=true</c>.
/// </summary>
public sealed class One_database_under_two_engines(Databases databases)
{
    private const string First = "postgres";
    private const string Second = "marten";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Holds_the_log_the_register_the_feed_and_the_deliveries_of_an_undisturbed_run()
    {
        using var companies = Folder(["vocabulary", "companies"], (_, _) => true);
        var instruments = Directory.EnumerateFiles(Path.Combine(ServiceSettings.DefaultSeeds, "instruments"), "*.json").Order(StringComparer.Ordinal)
            .Where((_, i) => i % 4 == 0).ToArray();
        await using var receiver = await Receiver.StartAsync();

        var undisturbed = await RunAsync(companies, receiver, [(First, instruments)]);
        var third = instruments.Length / 3;
        var switched = await RunAsync(
            companies, receiver, [(First, instruments[..third]), (Second, instruments[third..^third]), (First, instruments[^third..])]);
        var switchedBack = await RunAsync(
            companies, receiver, [(Second, instruments[..third]), (First, instruments[third..^third]), (Second, instruments[^third..])]);

        foreach (var other in new[] { switched, switchedBack })
        {
            other.Log.ShouldBe(undisturbed.Log);
            other.Register.ShouldBe(undisturbed.Register);
            other.Feed.ShouldBe(undisturbed.Feed);
            other.Deliveries.ShouldBe(undisturbed.Deliveries);
        }

        undisturbed.Register.ShouldNotBeEmpty();
        undisturbed.Feed.ShouldContain(line => line.Contains("obligation.", StringComparison.Ordinal));
        undisturbed.Deliveries.Count.ShouldBeGreaterThan(instruments.Length);
    }

    /// <summary>The companies under the first turn's engine, then each turn's instruments under its engine, one after the other.</summary>
    private async Task<Outcome> RunAsync(TemporaryFolder companies, Receiver receiver, (string Engine, string[] Instruments)[] turns)
    {
        var database = await databases.CreateEmptyAsync();

        // Each run lives the same minute, hours away from any midnight: what follows from a law depends on the day.
        var time = new ShiftedClock { Shift = new DateTimeOffset(2026, 11, 20, 20, 40, 0, TimeSpan.Zero) - TimeProvider.System.GetUtcNow() };
        string? endpoint = null;
        for (var turn = 0; ; turn++)
        {
            await using var service = await TestService.StartAsync(database, time, companies.Path, Receiver.Allowed, $"--engine={turns[turn].Engine}");
            await SettleAsync(service);
            endpoint ??= (string)(await service.Client.SubscribeAsync(receiver.Url))["id"]!;
            foreach (var instrument in turns[turn].Instruments)
            {
                // One after the other, so that what follows from each is recorded in the same order in every run.
                using var folder = Folder(["instruments"], (_, file) => Path.GetFileName(file) == Path.GetFileName(instrument));
                var report = await service.Services.GetRequiredService<SeedImporter>().ImportAsync(folder.Path, new Progress<(FileResult, int)>(), Cancel);
                report.Refused.ShouldBeEmpty();
                await SettleAsync(service);
            }

            await service.Client.DrainedAsync(endpoint);
            if (turn == turns.Length - 1)
            {
                return await ReadAsync(service, endpoint);
            }
        }
    }

    // Until everything that follows from what was recorded is recorded, and nothing follows from that.
    private static async Task SettleAsync(TestService service)
    {
        var store = service.Services.GetRequiredService<IEventStore>();
        for (var settled = -1L; await store.HeadAsync(Cancel) is var head && head != settled; settled = head)
        {
            foreach (var subscription in service.Services.GetServices<ISubscription>())
            {
                (await store.WaitForCheckpointAsync(subscription.Name, head, TimeSpan.FromMinutes(2), Cancel)).ShouldBeTrue(subscription.Name);
            }
        }
    }

    // Without what is drawn by chance or tells the time of day: ids and stamps.
    private static async Task<Outcome> ReadAsync(TestService service, string endpoint)
    {
        var log = new List<string>();
        var store = service.Services.GetRequiredService<IEventStore>();
        for (EventPage page = new([], 0); (page = await store.ReadAllAsync(page.Through, 1000, null, Cancel)).Events.Count > 0;)
        {
            log.AddRange(page.Events.Where(e => !e.StreamId.StartsWith("webhook", StringComparison.Ordinal)).Select(e => $"{e.StreamId} {e.Version} {e.Type}"));
        }

        var feed = (await AllAsync(service, "/events?limit=1000"))
            .Where(e => !$"{e["subject"]}".StartsWith("webhooks/", StringComparison.Ordinal))
            .Select(e => $"{e["type"]} {e["subject"]} {e["streamversion"]}");
        var deliveries = (await AllAsync(service, $"/webhooks/endpoints/{endpoint}/deliveries?limit=1000"))
            .Where(d => !$"{d["subject"]}".StartsWith("webhooks/", StringComparison.Ordinal))
            .Select(d => $"{d["kind"]} {d["state"]} {d["type"]} {d["subject"]} {d["sequence"]} {d["attempts"]}");
        var register = await Recomputed.ProjectedRowsAsync(service.Store().DataSource);
        return new Outcome(log, [.. register], [.. feed], [.. deliveries]);
    }

    private static async Task<List<JsonNode>> AllAsync(TestService service, string path)
    {
        var items = new List<JsonNode>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await service.GetAsync(path + cursor);
            items.AddRange(page["items"]!.AsArray().Select(i => i!));
            cursor = page["next"] is { } next ? $"&cursor={next}" : null;
        }

        return items;
    }

    private static TemporaryFolder Folder(string[] kinds, Func<string, string, bool> wanted)
    {
        var folder = new TemporaryFolder();
        foreach (var kind in kinds)
        {
            Directory.CreateDirectory(Path.Combine(folder.Path, kind));
            foreach (var file in Directory.EnumerateFiles(Path.Combine(ServiceSettings.DefaultSeeds, kind), "*.json").Where(f => wanted(kind, f)))
            {
                File.Copy(file, Path.Combine(folder.Path, kind, Path.GetFileName(file)));
            }
        }

        return folder;
    }

    private sealed record Outcome(List<string> Log, List<string> Register, List<string> Feed, List<string> Deliveries);

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("ct-engines-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
