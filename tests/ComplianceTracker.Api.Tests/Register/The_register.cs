using System.Diagnostics;
using System.Globalization;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.EventStore;
using ComplianceTracker.EventStore.Parking;
using ComplianceTracker.EventStore.Postgres;
using static ComplianceTracker.Api.Tests.Support.Api;

namespace ComplianceTracker.Api.Tests.Register;

/// <summary>The projected register against the register computed from nothing.</summary>
public sealed class The_register(Databases databases, ITestOutputHelper output)
{
    private const string EveryStatus =
        "applicable,upcoming,suspended,undetermined,not-applicable,ended,lapsed,proposed";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_a_thousand_random_companies_equals_the_pure_computation_whatever_is_recorded_in_whatever_order()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}");
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        var store = (PostgresEventStore)service.Services.GetService(typeof(PostgresEventStore))!;
        var before = await Recomputed.FromAsync(store);
        var history = new RandomHistory(seed, before.At(before.Head));
        var random = new Random(seed);
        var clock = Stopwatch.StartNew();

        for (var i = 0; i < 1000; i++)
        {
            history.RegisterCompany($"random-{i}");
            if (i % 10 == 0)
            {
                history.Anything();
            }
        }

        await history.AppendAsync(store);
        output.WriteLine($"Appended after {clock.Elapsed}");
        for (var i = 0; i < 250; i++)
        {
            history.Anything();
        }

        await history.AppendAsync(store);
        (await store.WaitForCheckpointAsync("Register", await store.HeadAsync(Cancelled), TimeSpan.FromMinutes(4), Cancelled)).ShouldBeTrue();
        output.WriteLine($"Projected after {clock.Elapsed}");
        var recomputed = await Recomputed.FromAsync(store);

        var rows = await Recomputed.ProjectedRowsAsync(store.DataSource);
        output.WriteLine($"{rows.Count} rows");
        ShouldBeSame(rows, recomputed.Rows(recomputed.Head), seed);
        output.WriteLine($"Compared after {clock.Elapsed}");

        var companies = history.Companies.Order(StringComparer.Ordinal).ToArray();
        var positions = Enumerable.Range(0, 4).Select(_ => random.NextInt64(before.Head, recomputed.Head + 1)).ToArray();
        for (var i = 0; i < 24; i++)
        {
            var company = companies[random.Next(companies.Length)];
            var (asOf, knownOn) = (history.Day(), history.Day());
            var position = i % 2 == 0 ? (long?)null : positions[random.Next(4)];
            await AskAsync(service, recomputed, company, asOf, i % 8 == 0 ? null : knownOn, position, seed);
        }

        output.WriteLine($"Asked after {clock.Elapsed}");
    }

    [Fact]
    public async Task Equals_a_fold_from_zero_after_its_projection_was_stopped_and_failed_at_any_moment()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        await using var store = new PostgresEventStore(
            new PostgresEventStoreOptions
            {
                ConnectionString = await databases.CopySeededAsync(),
                ThrowAwayDatabase = true,
                SubscriptionPageSize = 7,
                Retries = new RetryPolicy { FirstPause = TimeSpan.FromMilliseconds(1), Attempts = 1000 },
            },
            TimeProvider.System);
        var types = new EventTypes();
        var before = await Recomputed.FromAsync(store);
        var history = new RandomHistory(seed, before.At(before.Head));
        for (var i = 0; i < 30; i++)
        {
            history.RegisterCompany($"random-{i}");
        }

        for (var i = 0; i < 80; i++)
        {
            history.Anything();
        }

        await history.AppendAsync(store);
        var head = await store.HeadAsync(Cancelled);
        var catalogue = new InstrumentCatalogue(store, types);
        while (await store.CheckpointAsync("Register", Cancelled) is var at && at < head)
        {
            // Now and then a life begins with an empty catalogue, or with one far ahead of the batch.
            switch (random.Next(8))
            {
                case 0:
                    catalogue.Dispose();
                    catalogue = new InstrumentCatalogue(store, types);
                    break;
                case 1:
                    await catalogue.HeadAsync(Cancelled);
                    break;
            }

            using var life = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
            var running = store.RunSubscriptionAsync(new Faulty(new RegisterProjection(catalogue, types), random, life), life.Token);
            await store.WaitForCheckpointAsync("Register", Math.Min(head, at + random.Next(1, 60)), TimeSpan.FromSeconds(2), Cancelled);
            await life.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(running);
        }

        catalogue.Dispose();
        var recomputed = await Recomputed.FromAsync(store);
        ShouldBeSame(await Recomputed.ProjectedRowsAsync(store.DataSource), recomputed.Rows(head), seed);
    }

    [Fact]
    public async Task Holds_a_company_in_a_few_rows_however_often_the_law_changes()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        var store = service.Store();
        await service.LegislateAsync("cn-test", Development("made", "2020-01-01", [Define("cn-test.a"), Define("cn-test.b")]));
        var counts = new List<long>();
        for (var change = 1; change <= 30; change++)
        {
            var day = new DateOnly(2020, 1, 1).AddDays(change).ToString("O", CultureInfo.InvariantCulture);
            object[] effects = (change % 3) switch
            {
                0 => [new { kind = "revise", obligationId = "cn-test.a", from = day, condition = change % 2 == 0 ? "false" : "is_ciio" }],
                1 => [Define($"cn-test.{change}")],
                _ => [new { kind = "revise", obligationId = "cn-test.b", from = day, condition = $"size.employees >= {change}" }],
            };
            var position = (await service.DevelopAsync("cn-test", Development($"step-{change}", day, effects, "announced")))["position"]!.GetValue<long>();
            (await store.WaitForCheckpointAsync("Register", position, TimeSpan.FromMinutes(1), Cancelled)).ShouldBeTrue();
            counts.Add(await MostRowsAsync(store));
        }

        // One more with each change that reaches the company, until all become one again; not for all companies at once.
        counts.Max().ShouldBeInRange(5, 19);
        counts.Zip(counts.Skip(1)).ShouldContain(c => c.Second < c.First);
        var recomputed = await Recomputed.FromAsync(store);
        ShouldBeSame(await Recomputed.ProjectedRowsAsync(store.DataSource), recomputed.Rows(recomputed.Head), 0);
    }

    [Fact]
    public async Task Writes_of_a_group_with_another_member_what_it_means_for_a_company_and_not_all_that_might_have_read_it()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        var store = service.Store();
        var before = await Recomputed.FromAsync(store);
        var conventions = before.At(before.Head).Vocabulary.Conventions!;
        var joined = conventions with { Members = conventions.Members.SetItem("EU", conventions.Members["EU"].Add("VN")) };

        var appended = await store.AppendAsync([new StreamAppend(StreamIds.Vocabulary, ExpectedVersion.Any, [new EventTypes().Encode(Guid.NewGuid(), joined)])], AppendMetadata.None, Cancelled);

        (await store.WaitForCheckpointAsync("Register", appended.ShouldBeOfType<AppendResult.Appended>().Position, TimeSpan.FromMinutes(1), Cancelled)).ShouldBeTrue();
        await using var sizes = store.DataSource.CreateCommand("select coalesce(max(octet_length(packed)) filter (where since > 0), 0), max(octet_length(packed)) from ct_register");
        await using var reader = await sizes.ExecuteReaderAsync(Cancelled);
        await reader.ReadAsync(Cancelled);
        reader.GetInt32(0).ShouldBeInRange(1, reader.GetInt32(1) / 2);
        var recomputed = await Recomputed.FromAsync(store);
        ShouldBeSame(await Recomputed.ProjectedRowsAsync(store.DataSource), recomputed.Rows(recomputed.Head), 0);
    }

    private static async Task<long> MostRowsAsync(PostgresEventStore store)
    {
        await using var command = store.DataSource.CreateCommand("select max(n) from (select count(*) as n from ct_register group by tenant, company_id) c");
        return (long)(await command.ExecuteScalarAsync(Cancelled))!;
    }

    private static void ShouldBeSame(SortedSet<string> projected, SortedSet<string> computed, int seed)
    {
        var more = projected.Except(computed).Take(5).Select(r => $"only projected: {r}");
        var fewer = computed.Except(projected).Take(5).Select(r => $"only computed:  {r}");
        more.Concat(fewer).ShouldBeEmpty($"Seed {seed}");
        projected.Count.ShouldBeGreaterThan(1000);
    }

    private static async Task AskAsync(
        TestService service, Recomputed recomputed, string company, DateOnly asOf, DateOnly? knownOn, long? position, int seed)
    {
        var query = $"status={EveryStatus}&limit=1000&asOf={asOf:yyyy-MM-dd}{(knownOn is null ? "" : $"&knownOn={knownOn:yyyy-MM-dd}")}{(position is null ? "" : $"&position={position}")}";
        var path = $"/companies/{company}/obligations?{query}";
        var (status, body, _) = await service.SendAsync(HttpMethod.Get, path);
        var world = recomputed.At(position ?? recomputed.Head);
        if (!world.Companies.TryGetValue(company, out var profile))
        {
            status.ShouldBe(404, $"{path} with seed {seed}: {body}");
            return;
        }

        if (profile.IsArchived)
        {
            status.ShouldBe(410, $"{path} with seed {seed}: {body}");
            return;
        }

        status.ShouldBe(200, $"{path} with seed {seed}: {body}");
        var known = DateOnly.Parse(body!["knownOn"]!.ToString());
        body["items"]!.AsArray().Select(i => Recomputed.Line(i!)).ToArray()
            .ShouldBe(recomputed.Answers(company, asOf, known, position ?? recomputed.Head), $"{path} with seed {seed}");
        body["position"]!.GetValue<long>().ShouldBe(position ?? recomputed.Head);
    }

    /// <summary>Fails before, after or in the middle of a batch's writing, or has its owner stop it there.</summary>
    private sealed class Faulty(ISubscription inner, Random random, CancellationTokenSource life) : ISubscription
    {
        public string Name => inner.Name;

        public EventFilter? Filter => inner.Filter;

        public async Task HandleAsync(SubscriptionBatch batch, CancellationToken cancellationToken)
        {
            var fate = random.Next(8);
            if (fate == 0)
            {
                throw new TimeoutException("before it wrote");
            }

            await inner.HandleAsync(batch, cancellationToken);
            switch (fate)
            {
                case 1:
                    throw new TimeoutException("after it wrote");
                case 2:
                    await life.CancelAsync();
                    break;
                case 3:
                    // As a crash would: the session goes with everything uncommitted.
                    await batch.Transaction!.Connection!.CloseAsync();
                    break;
            }
        }
    }
}
