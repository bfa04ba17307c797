using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Impact;
using ComplianceTracker.Api.Json;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Matching;
using ComplianceTracker.EventStore;
using ComplianceTracker.EventStore.Postgres;

namespace ComplianceTracker.Api.Tests.Impact;

/// <summary>What is asked of all companies keeps up with each of them.</summary>
public sealed class Companies_in_memory(Databases databases, ITestOutputHelper output)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Are_the_same_whether_the_register_is_behind_or_ahead_and_come_off_their_streams_where_it_lacks_something()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}");
        await using var store = new PostgresEventStore(
            new PostgresEventStoreOptions { ConnectionString = await databases.CopySeededAsync(), ThrowAwayDatabase = true, SubscriptionPageSize = 10 }, TimeProvider.System);
        var types = new EventTypes();
        var before = await Recomputed.FromAsync(store);
        var history = new RandomHistory(seed, before.At(before.Head));
        for (var i = 0; i < 40; i++)
        {
            history.RegisterCompany($"random-{i}");
            history.Anything();
        }

        await history.AppendAsync(store);
        using var catalogue = new InstrumentCatalogue(store, types);
        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled))
        {
            var projecting = store.RunSubscriptionAsync(new RegisterProjection(catalogue, types), stop.Token);
            (await store.WaitForCheckpointAsync("Register", before.Head + 40, TimeSpan.FromMinutes(1), Cancelled)).ShouldBeTrue();
            await stop.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(projecting);
        }

        var recomputed = await Recomputed.FromAsync(store);
        var registered = await store.CheckpointAsync("Register", Cancelled);
        registered.ShouldBeLessThan(recomputed.Head);
        foreach (var position in new[] { recomputed.Head, registered, registered - 15, before.Head, 300 })
        {
            await ShouldBeAsRecordedAsync(position);
        }

        // What only the register says shows that it was read; what it has set aside, that it was not.
        await ExecuteAsync("update ct_company set name = 'As the register has it'");
        (await NamesAsync(registered)).ShouldAllBe(name => name == "As the register has it");
        await ExecuteAsync("insert into ct_parked (subscription, position, stream_id, event_id, type, state, attempts) values ('Register', 7, 'company-default-x', gen_random_uuid(), 'x', 'failed', 1)");
        await ShouldBeAsRecordedAsync(registered);
        await ExecuteAsync("delete from ct_parked");
        await ExecuteAsync("insert into ct_parked_log (subscription, position, stream_id, event_id, type, action) values ('Register', 7, 'company-default-x', gen_random_uuid(), 'x', 'Skipped')");
        await ShouldBeAsRecordedAsync(registered);
        (await NamesAsync(registered)).ShouldNotContain("As the register has it");

        async Task ShouldBeAsRecordedAsync(long position)
        {
            var expected = new Population((await ViewAsync(position)).Index);
            foreach (var (id, company) in recomputed.At(position).Companies)
            {
                expected.Put(StreamIds.Company(StreamIds.DefaultTenant, id), company);
            }

            (await AskAsync(position, Told)).ShouldBe(Told(expected), $"Seed {seed}, position {position}");
        }

        Task<List<string>> NamesAsync(long position) => AskAsync(position, population => [..population.Companies.Select(population.NameOf)]);

        async Task<List<string>> AskAsync(long position, Func<Population, List<string>> tell)
        {
            using var companies = new CompanyPopulation(store, new RegisterReader(store.DataSource), types);
            return await companies.AskAsync(position, (await ViewAsync(position)).Index, tell, Cancelled);
        }

        async Task<CatalogueView> ViewAsync(long position) => catalogue.View(await catalogue.ThroughAsync(recomputed.Head, Cancelled), DateOnly.MaxValue, position);

        async Task ExecuteAsync(string sql)
        {
            await using var command = store.DataSource.CreateCommand(sql);
            (await command.ExecuteNonQueryAsync(Cancelled)).ShouldBeGreaterThan(0);
        }
    }

    private static List<string> Told(Population population) =>
        [..population.Companies.Select(c => $"{population.IdOf(c)}: {Told(population.ProfileOf(c))}").Order(StringComparer.Ordinal)];

    private static string Told(CompanyProfile company) =>
        $"{company.Name} {string.Join("; ", company.Facts.Select(f => $"{f.Key}: {string.Join(' ', f.Value.Pieces.Select(p => $"{p.Days} {PlainFacts.ToNode(p.Value)?.ToJsonString()}"))}"))}";

    [Fact]
    public async Task Are_as_they_were_recorded_by_the_position_asked_for()
    {
        using var seeds = new SeedFolder();
        await using var service = await TestService.StartAsync(await databases.CreateEmptyAsync(), seeds.Path);
        await service.LegislateAsync("act", Support.Api.Development("act-passed", "2024-01-01", [Support.Api.Define("act-1", "staff > 10"), Support.Api.Enact("act-1", "2024-06-01")]));
        await service.RegisterAsync("one", new { staff = 20 });
        (await TouchedAsync("")).ShouldBe(["one"]);

        var second = await service.RegisterAsync("two", new { staff = 11 });
        await service.RegisterAsync("three", new { staff = 5 });
        (await TouchedAsync("")).ShouldBe(["one", "two"]);

        // A value that somebody declares moves a company, from a day on; one that is archived goes.
        await service.DoAsync(HttpMethod.Post, "/companies/three/facts", new[] { new { fact = "staff", value = 12, from = "2025-01-01" } }, 200);
        (await TouchedAsync("&asOf=2024-12-31")).ShouldBe(["one", "two"]);
        (await TouchedAsync("&asOf=2025-01-01")).ShouldBe(["one", "three", "two"]);
        using var archived = await service.Client.DeleteAsync("/api/v1/companies/one", TestContext.Current.CancellationToken);
        (await TouchedAsync("&asOf=2025-01-01")).ShouldBe(["three", "two"]);

        // As it was, though the companies in memory have gone on; and again as it is.
        (await TouchedAsync($"&asOf=2025-01-01&position={second}")).ShouldBe(["one", "two"]);
        (await TouchedAsync("&asOf=2025-01-01")).ShouldBe(["three", "two"]);

        // Who declares what nobody knows is undetermined, and apart.
        await service.RegisterAsync("four", new { });
        (await TouchedAsync("&asOf=2025-01-01")).ShouldBe(["three", "two"]);
        (await TouchedAsync("&asOf=2025-01-01&applies=unknown")).ShouldBe(["acme", "four"]);

        async Task<List<string>> TouchedAsync(string more) =>
            [..(await service.AskAsync($"/instruments/act/impact?knownOn=2026-01-01{(more.Contains("asOf") ? "" : "&asOf=2025-01-01")}{more}", 200, ("Prefer", "wait=30")))["items"]!.AsArray().Select(i => (string)i!["companyId"]!)];
    }
}
