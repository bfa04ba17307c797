using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;
using Npgsql;

namespace ComplianceTracker.Api.Tests.BulkImport;

/// <summary>
/// An upload that breaks, or a service that dies in the middle: sent again whole with its key, the import is as if nothing had happened.
/// The suite imports 3,000 companies and kills once; <c>COMPLIANCETRACKER_IMPORT=100000</c> in the environment makes it that many, and
/// <c>COMPLIANCETRACKER_KILLS=10</c> as many kills.
/// </summary>
public sealed class An_import_cut_off(Databases databases, DurableServer durable) : IClassFixture<DurableServer>, IDisposable
{
    private readonly SeedFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static int Count => int.TryParse(Environment.GetEnvironmentVariable("COMPLIANCETRACKER_IMPORT"), out var count) ? count : 3000;

    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("COMPLIANCETRACKER_KILLS"), out var kills) ? kills : 1;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Goes_on_where_it_was_and_reports_on_the_whole()
    {
        await using var service = await Profiles.StartAsync(databases, folder);
        var lines = Text();
        using (var broken = new BrokenUpload(lines[..(lines.Length / 2)], async () => await RecordedAsync(service.Store().DataSource) >= Count / 4))
        {
            await Should.ThrowAsync<HttpRequestException>(service.Client.TryImportAsync(broken, key: "k"));
        }

        (await RecordedAsync(service.Store().DataSource)).ShouldBeLessThan(Count);
        var report = await FinishAsync(service.Client, lines);

        report.Counts().ShouldBe($"{Count + 2}: {Count} new, 0 replaced, 1 same, 1 refused");
        report.Problems().ShouldBe([$"{Count / 8 + 1} - malformed-body"]);
        JsonNode.DeepEquals(await FinishAsync(service.Client, lines), report).ShouldBeTrue();
        await IsAsUndisturbedAsync(service.Store().DataSource, lines);
    }

    [Fact]
    public async Task Refuses_other_lines_under_its_key_and_lets_the_same_ones_through()
    {
        await using var service = await Profiles.StartAsync(databases, folder);
        var lines = Profiles.Many(0, 1200);
        var half = Profiles.Many(0, 1000);
        using (var broken = new BrokenUpload(half, async () => await RecordedAsync(service.Store().DataSource) == 1000))
        {
            await Should.ThrowAsync<HttpRequestException>(service.Client.TryImportAsync(broken, key: "k"));
        }

        await FreeAsync(service);
        foreach (var (text, query, mediaType) in new[]
        {
            (lines.Replace("Company 7\"", "Company x\""), "", Profiles.JsonLines), (Profiles.Many(0, 400), "", Profiles.JsonLines), (lines, "?existing=replace", Profiles.JsonLines),
            ("id,name\n", "", Profiles.Csv),
        })
        {
            var (status, problem) = await service.Client.TryImportAsync(new StringContent(text), mediaType, "k", query);
            (status, problem["type"]!.ToString().Split('/')[^1]).ShouldBe((422, "idempotency-key-reused"));
        }

        (await RecordedAsync(service.Store().DataSource)).ShouldBe(1000);
        (await service.Client.ImportAsync(lines, key: "k")).Counts().ShouldBe("1200: 1200 new, 0 replaced, 0 same, 0 refused");
        (await service.Client.TryImportAsync(new StringContent(lines + Profiles.Line(1200)), key: "k")).Status.ShouldBe(422);
        (await service.SendAsync(HttpMethod.Post, "/companies/bulk-1/facts", "[]", ("Idempotency-Key", "k"))).Status.ShouldBe(422);
    }

    [Fact]
    public async Task Between_effect_and_note_recognises_its_own_lines()
    {
        await using var service = await Profiles.StartAsync(databases, folder);
        var database = service.Store().DataSource;
        var text = Profiles.Line(1) + "\n" + Profiles.Line(2) + "\n" + Profiles.Line(1) + "\n" + Profiles.Line(1).Replace("Company", "Firm") + "\n" + Profiles.Line(1) + "\n{}\n";
        var report = await service.Client.ImportAsync(text, key: "k", query: "?existing=replace");
        report.Counts().ShouldBe("6: 2 new, 2 replaced, 1 same, 1 refused");
        var record = await Profiles.RecordAsync(database);
        await using (var forget = database.CreateCommand("delete from ct_company_import"))
        {
            (await forget.ExecuteNonQueryAsync(Cancel)).ShouldBe(1);
        }

        var again = await service.Client.ImportAsync(text, key: "k", query: "?existing=replace");
        (again.Counts(), again["position"]!.GetValue<long>()).ShouldBe((report.Counts(), report["position"]!.GetValue<long>()));
        (await Profiles.RecordAsync(database)).ShouldBe(record);
    }

    [Fact]
    public async Task While_it_is_under_way_its_key_is_in_use_and_a_third_import_is_one_too_many()
    {
        await using var service = await Profiles.StartAsync(databases, folder);
        var goOn = new TaskCompletionSource();
        using var first = new HeldUpload(Profiles.Many(0, 600), goOn.Task);
        using var second = new HeldUpload(Profiles.Many(1000, 600), goOn.Task);
        var running = new[] { service.Client.TryImportAsync(first, key: "k"), service.Client.TryImportAsync(second, key: "l") };
        await UntilAsync(async () => await RecordedAsync(service.Store().DataSource) == 1000);

        var (status, problem) = await service.Client.TryImportAsync(new StringContent(""), key: "m");
        (status, problem["type"]!.ToString().Split('/')[^1]).ShouldBe((503, "overloaded"));
        using (var held = await service.Client.PostAsync("/api/v1/companies/bulk-1/facts", new StringContent("[]", null, "application/json"), Cancel))
        {
            held.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        goOn.SetResult();
        (await Task.WhenAll(running)).ShouldAllBe(r => r.Status == 200);

        var again = new TaskCompletionSource();
        using var third = new HeldUpload(Profiles.Many(2000, 600), again.Task);
        var one = service.Client.TryImportAsync(third, key: "n");
        await UntilAsync(async () => await RecordedAsync(service.Store().DataSource) == 1700);
        (await service.Client.TryImportAsync(new StringContent(""), key: "n")).Status.ShouldBe(409);
        again.SetResult();
        (await one).Status.ShouldBe(200);
    }

    [Fact]
    public async Task By_a_kill_of_the_service_leaves_no_trace()
    {
        var seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage($"Random seed {seed}");
        var random = new Random(seed);
        var connectionString = await durable.CreateAsync();
        (await ServiceProcess.RunAsync(connectionString, "import", folder.Path)).ExitCode.ShouldBe(0);
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using (var noSeeds = database.CreateCommand("insert into ct_first_import (position) values (0)"))
        {
            await noSeeds.ExecuteNonQueryAsync(Cancel);
        }

        var lines = Text();
        var port = ServiceProcess.FreePort();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        foreach (var moment in Enumerable.Range(0, Kills).Select(_ => random.Next(1, Count)).Order())
        {
            using var service = ServiceProcess.Start(connectionString, "--urls", client.BaseAddress.ToString());
            await service.UntilAnswersAsync(client, "/health/ready");

            // Without the end, so that the import cannot be done before the kill.
            var dead = new TaskCompletionSource();
            using var upload = new HeldUpload(lines[..^10], dead.Task);
            var killed = client.TryImportAsync(upload, key: "k");
            await service.UntilAsync($"{moment} companies were there (seed {seed})", async () => await RecordedAsync(database) >= moment / 500 * 500);
            await service.KillAsync();
            dead.SetResult();
            await Should.ThrowAsync<HttpRequestException>(killed);
        }

        using var last = ServiceProcess.Start(connectionString, "--urls", client.BaseAddress.ToString());
        await last.UntilAnswersAsync(client, "/health/ready");
        (await FinishAsync(client, lines)).Counts().ShouldBe($"{Count + 2}: {Count} new, 0 replaced, 1 same, 1 refused", $"seed {seed}");
        await IsAsUndisturbedAsync(database, lines);
    }

    // With a malformed line and a repeated one in it.
    private static string Text() =>
        Profiles.Many(0, Count / 8) + "{\n" + Profiles.Many(Count / 8, Count - (Count / 8)) + Profiles.Line(0) + "\n";

    private async Task IsAsUndisturbedAsync(NpgsqlDataSource database, string lines)
    {
        await using var undisturbed = await Profiles.StartAsync(databases, folder);
        (await undisturbed.Client.ImportAsync(lines)).Counts().ShouldBe($"{Count + 2}: {Count} new, 0 replaced, 1 same, 1 refused");
        (await Profiles.RecordAsync(database)).ShouldBe(await Profiles.RecordAsync(undisturbed.Store().DataSource));
    }

    private static async Task<long> RecordedAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("select count(*) from mt_events where stream_id like 'company-default-bulk%'");
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }

    // The server may notice a moment later that whoever held the key is gone.
    private static async Task<JsonNode> FinishAsync(HttpClient client, string lines)
    {
        while (true)
        {
            var (status, report) = await client.TryImportAsync(new StringContent(lines), key: "k");
            if (status != 409)
            {
                status.ShouldBe(200, report.ToJsonString());
                return report;
            }
        }
    }

    private static async Task FreeAsync(TestService service)
    {
        await using var connection = await service.Store().DataSource.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using var wait = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('ct_idempotency:default:k', 0))", connection, transaction);
        await wait.ExecuteNonQueryAsync(Cancel);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (!await condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }

    /// <summary>Sends a text and then nothing more until it may end.</summary>
    private sealed class HeldUpload(string text, Task end) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text), Cancel);
            await stream.FlushAsync(Cancel);
            await end;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    /// <summary>Sends a text and breaks the connection when told to.</summary>
    private sealed class BrokenUpload(string text, Func<Task<bool>> until) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text), Cancel);
            await stream.FlushAsync(Cancel);
            await UntilAsync(until);
            throw new IOException("The upload breaks here.");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
