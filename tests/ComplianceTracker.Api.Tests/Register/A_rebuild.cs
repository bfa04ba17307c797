using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.EventStore;
using ComplianceTracker.EventStore.Postgres;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Register;

/// <summary>
/// The register computed anew beside the live one. The long form interrupts it as often as the environment variable
/// <c>COMPLIANCETRACKER_FAULTS</c> says.
/// </summary>
public sealed class A_rebuild(Databases databases, ITestOutputHelper output)
{
    private static readonly int Interruptions =
        int.TryParse(Environment.GetEnvironmentVariable("COMPLIANCETRACKER_FAULTS"), out var many) ? many : 3;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Under_writes_and_interruptions_reads_go_on_and_the_result_equals_a_fold_from_zero()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        var store = (PostgresEventStore)service.Services.GetService(typeof(PostgresEventStore))!;
        var before = await Recomputed.FromAsync(store);
        var history = new RandomHistory(seed, before.At(before.Head));
        for (var i = 0; i < 60; i++)
        {
            history.RegisterCompany($"random-{i}");
        }

        await history.AppendAsync(store);
        (await store.WaitForCheckpointAsync("Register", await store.HeadAsync(Cancelled), TimeSpan.FromMinutes(1), Cancelled)).ShouldBeTrue();

        // What only a rebuild can mend shows that there was one.
        await ExecuteAsync(store, "update ct_register set packed = decode('02000000', 'hex') where company_id = 'random-7'");

        using var done = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var writing = WriteAsync(history, store, done.Token);
        var reading = Task.WhenAll(Enumerable.Range(0, 3).Select(i => ReadAsync(service, $"random-{i}", done.Token)));
        var rebuilds = await RebuildAsync(store, random);
        await done.CancelAsync();
        var questions = await reading;
        await writing;

        output.WriteLine($"{rebuilds} runs, {questions.Sum()} questions answered meanwhile");
        questions.ShouldAllBe(asked => asked > 0);
        var head = await store.HeadAsync(Cancelled);
        (await store.WaitForCheckpointAsync("Register", head, TimeSpan.FromMinutes(1), Cancelled)).ShouldBeTrue();
        var recomputed = await Recomputed.FromAsync(store);
        var (projected, computed) = (await Recomputed.ProjectedRowsAsync(store.DataSource), recomputed.Rows(head));
        projected.Except(computed).Take(5).ShouldBeEmpty($"Seed {seed}: only projected");
        computed.Except(projected).Take(5).ShouldBeEmpty($"Seed {seed}: only computed");
        projected.Count.ShouldBeGreaterThan(1000);
        (await ScalarAsync(store, "select count(*) from pg_tables where tablename like 'ct%next'")).ShouldBe(0);
        (await ScalarAsync(store, "select count(*) from ct_rebuild")).ShouldBe(0);
        (await store.GetSubscriptionStatesAsync(Cancelled)).ShouldNotContain(s => s.Name.StartsWith("Register", StringComparison.Ordinal) && s.Name != "Register");
    }

    [Fact]
    public async Task Leaves_parked_and_skipped_events_as_they_are()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        var store = (PostgresEventStore)service.Services.GetService(typeof(PostgresEventStore))!;
        var (parked, skipped) = (await PoisonAsync(service, store, "parked"), await PoisonAsync(service, store, "skipped"));
        (await store.WaitForCheckpointAsync("Register", skipped, TimeSpan.FromMinutes(1), Cancelled)).ShouldBeTrue();
        (await service.SendAsync(HttpMethod.Post, $"/operations/parked/Register/{skipped}/skip", """{ "reason": "as it must be" }""")).Status.ShouldBe(200);
        var later = await DeclareAsync(service, "skipped");
        (await store.WaitForCheckpointAsync("Register", later, TimeSpan.FromMinutes(1), Cancelled)).ShouldBeTrue();
        var before = await RowsAsync(store);

        await Rebuild(store, 2).RunAsync(new Progress<RebuildProgress>(), Cancelled);

        (await RowsAsync(store)).ShouldBe(before);
        (await store.ListParkedAsync("Register", null, 10, Cancelled)).ShouldHaveSingleItem().Position.ShouldBe(parked);
        await ExecuteAsync(store, $$"""update mt_events set data = '{ "facts": [] }' where seq_id = {{parked}}""");
        (await service.SendAsync(HttpMethod.Post, $"/operations/parked/Register/{parked}/retry")).Status.ShouldBe(200);
        (await ScalarAsync(store, "select version from ct_company where id = 'parked'")).ShouldBe(2);
    }

    [Fact]
    public async Task Is_done_by_one_process_at_a_time_and_shows_how_far_it_is()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        var store = (PostgresEventStore)service.Services.GetService(typeof(PostgresEventStore))!;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var first = Rebuild(store, 5).RunAsync(
            new Heard(p =>
            {
                if (p.Companies >= 10)
                {
                    stop.Cancel();
                }
            }),
            stop.Token);
        await Should.ThrowAsync<OperationCanceledException>(first);
        var health = await Health(service);
        (health["rebuild"]!["companies"]!.GetValue<long>(), health["rebuild"]!["ofCompanies"]!.GetValue<long>()).ShouldBe((10, 30));

        await using (var other = await store.DataSource.OpenConnectionAsync(Cancelled))
        await using (await RebuildState.TakeAsync(other, Cancelled))
        {
            (await Should.ThrowAsync<RebuildException>(() => Rebuild(store, 5).RunAsync(new Heard(_ => { }), Cancelled))).Message.ShouldContain("another process");
        }

        var resumedAt = long.MaxValue;
        await Rebuild(store, 5).RunAsync(new Heard(p => resumedAt = Math.Min(resumedAt, p.Companies ?? resumedAt)), Cancelled);
        resumedAt.ShouldBe(10);
        (await Health(service))["rebuild"].ShouldBeNull();
    }

    private static RegisterRebuild Rebuild(PostgresEventStore store, int companiesAtOnce)
    {
        var types = new EventTypes();
        return new RegisterRebuild(store, store.DataSource, new InstrumentCatalogue(store, types), types) { CompaniesAtOnce = companiesAtOnce };
    }

    // As a kill would: the database session, or everything the process runs, ends at once.
    private static async Task<int> RebuildAsync(PostgresEventStore store, Random random)
    {
        for (var run = 1; ; run++)
        {
            using var kill = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
            var reports = run > Interruptions ? int.MaxValue : random.Next(1, 8);
            var heard = new Heard(_ =>
            {
                if (--reports == 0)
                {
                    kill.Cancel();
                }
            });
            try
            {
                await Rebuild(store, random.Next(4, 20)).RunAsync(heard, kill.Token);
                return run;
            }
            catch (OperationCanceledException) when (!Cancelled.IsCancellationRequested)
            {
                // Goes on where it was.
            }
        }
    }

    private static async Task WriteAsync(RandomHistory history, PostgresEventStore store, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            history.Anything();
            await history.AppendAsync(store);

            // No faster than the live register follows: how much there is to compare in the end does not depend on the machine.
            await store.WaitForCheckpointAsync("Register", await store.HeadAsync(Cancelled), TimeSpan.FromMinutes(1), Cancelled);
        }
    }

    private static async Task<int> ReadAsync(TestService service, string company, CancellationToken done)
    {
        var (questions, position) = (0, 0L);
        while (!done.IsCancellationRequested)
        {
            var (status, body, _) = await service.SendAsync(HttpMethod.Get, $"/companies/{company}/obligations?limit=5");
            status.ShouldBeOneOf(200, 410);
            if (status == 200)
            {
                body!["position"]!.GetValue<long>().ShouldBeGreaterThanOrEqualTo(position);
                position = body["position"]!.GetValue<long>();
            }

            questions++;
        }

        return questions;
    }

    private static async Task<long> PoisonAsync(TestService service, PostgresEventStore store, string company)
    {
        (await service.SendAsync(HttpMethod.Put, $"/companies/{company}", """{ "name": "Sound", "facts": { "operates_in": ["CN"] } }""")).Status.ShouldBe(201);
        var appended = await store.AppendAsync(
            [new StreamAppend($"company-default-{company}", ExpectedVersion.Any, [new EventData(Guid.NewGuid(), "company.facts-declared.v1", """{ "facts": 7 }"""u8.ToArray())])],
            AppendMetadata.None,
            Cancelled);
        return appended.ShouldBeOfType<AppendResult.Appended>().Position;
    }

    private static async Task<long> DeclareAsync(TestService service, string company)
    {
        var store = (PostgresEventStore)service.Services.GetService(typeof(PostgresEventStore))!;
        var appended = await store.AppendAsync(
            [
                new StreamAppend(
                    $"company-default-{company}", ExpectedVersion.Any,
                    [new EventTypes().Encode(Guid.NewGuid(), new Domain.Companies.FactsDeclared([new("processes.personal_data", new Domain.Vocabulary.BoolValue(true), Domain.Common.Days.Always)]))]),
            ],
            AppendMetadata.None,
            Cancelled);
        return appended.ShouldBeOfType<AppendResult.Appended>().Position;
    }

    private static async Task<System.Text.Json.Nodes.JsonNode> Health(TestService service) =>
        System.Text.Json.Nodes.JsonNode.Parse(await service.Client.GetStringAsync("/health/ready", Cancelled))!;

    private static async Task<List<string>> RowsAsync(PostgresEventStore store)
    {
        var rows = new List<string>(await Recomputed.ProjectedRowsAsync(store.DataSource));
        await using var command = store.DataSource.CreateCommand(
            "select row(tenant, id, name, time_zone, archived, version, position, facts)::text from ct_company order by 1");
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        while (await reader.ReadAsync(Cancelled))
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    private static async Task ExecuteAsync(PostgresEventStore store, string sql)
    {
        await using var command = store.DataSource.CreateCommand(sql);
        (await command.ExecuteNonQueryAsync(Cancelled)).ShouldBe(1);
    }

    private static async Task<long> ScalarAsync(PostgresEventStore store, string sql)
    {
        await using var command = store.DataSource.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Cancelled))!;
    }

    private sealed class Heard(Action<RebuildProgress> hear) : IProgress<RebuildProgress>
    {
        public void Report(RebuildProgress value) => hear(value);
    }
}
