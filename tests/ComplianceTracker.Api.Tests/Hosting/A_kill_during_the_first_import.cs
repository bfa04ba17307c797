using ComplianceTracker.Api.Tests.Support;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Hosting;

/// <summary>
/// kill -9 of the service and of every process of its PostgreSQL while the seeds are imported: after a restart everything is as if
/// nothing had happened. The suite kills three times; <c>COMPLIANCETRACKER_KILLS=50</c> in the environment makes it fifty.
/// </summary>
public sealed class A_kill_during_the_first_import : IDisposable
{
    // Fewer than the events of a first import, so that every kill falls into it.
    private const int LastMoment = 1000;

    private readonly Databases databases;
    private readonly DataFolder data = new();
    private readonly PrivateServer server;

    public A_kill_during_the_first_import(Databases databases)
    {
        this.databases = databases;
        server = new PrivateServer(data.Path);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("COMPLIANCETRACKER_KILLS"), out var kills) ? kills : 3;

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Leaves_no_trace()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Finds the server's processes through /proc.");
        var seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage($"Random seed {seed}");
        var random = new Random(seed);
        var port = ServiceProcess.FreePort();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        // Each kill comes once that many events are there: 0 is while the tables are made.
        var moments = Enumerable.Range(0, Kills).Select(_ => random.Next(LastMoment)).Order().ToList();
        var service = Start(port);
        try
        {
            for (var i = 0; i < moments.Count; i++)
            {
                await service.UntilAsync($"{moments[i]} events were there", async () => await EventsAsync() >= moments[i]);
                if (i % 2 == 0)
                {
                    await service.KillAsync();
                    service.Dispose();
                    service = Start(port);
                }
                else
                {
                    // A server that dies before the service has its first connection ends the start, with a message.
                    await service.UntilAnswersAsync(client, "/health/live");
                    server.Kill();
                }
            }

            await service.UntilAnswersAsync(client, "/health/ready");
            await service.UntilAsync("the first import was noted", async () => await AskAsync("select count(*) from ct_first_import") == 1);
            await CompareAsync(client, $"seed {seed}");
            await service.SignalAsync("TERM");
            (await service.ExitAsync()).ShouldBe(0, service.Output);
        }
        finally
        {
            service.Dispose();
            await server.UntilGoneAsync();
        }

        var again = await ServiceProcess.RunAsync(null, "--data", data.Path, "import", Path.Combine(AppContext.BaseDirectory, "seeds"));
        again.Output.ShouldContain(": 0 events added, 0 files refused, 0 differences");
        again.ExitCode.ShouldBe(0);
    }

    private ServiceProcess Start(int port) => ServiceProcess.Start(null, "--data", data.Path, "--urls", $"http://127.0.0.1:{port}");

    private async Task CompareAsync(HttpClient client, string seed)
    {
        var copy = await databases.CopySeededAsync();
        await using var undisturbed = await TestService.StartAsync(copy);
        await using var expected = NpgsqlDataSource.Create(copy);
        await using var actual = NpgsqlDataSource.Create(server.ConnectionString!);
        foreach (var sql in (string[])
            [
                "select stream_id || ' ' || version || ' ' || type || ' ' || id || ' ' || data from mt_events order by stream_id collate \"C\", version",
                "select id || ' ' || version from mt_streams order by id collate \"C\"",
                "select row(tenant, id, name, time_zone, archived, version, facts)::text from ct_company order by 1",
            ])
        {
            var wanted = await RowsAsync(expected, sql);
            wanted.ShouldNotBeEmpty();
            (await RowsAsync(actual, sql)).SequenceEqual(wanted).ShouldBeTrue($"{seed}: {sql}");
        }

        (await Recomputed.ProjectedRowsAsync(actual)).ShouldBe(await Recomputed.ProjectedRowsAsync(expected), seed);
        foreach (var question in Questions.All)
        {
            (await Questions.AskAsync(client, question)).ShouldBe(await Questions.AskAsync(undisturbed.Client, question), $"{seed}: {question}");
        }
    }

    private static async Task<List<string>> RowsAsync(NpgsqlDataSource database, string sql)
    {
        var rows = new List<string>();
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        while (await reader.ReadAsync(Cancel))
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    private async Task<long> EventsAsync() => await AskAsync("select count(*) from mt_events");

    // -1 as long as there is nobody to ask, and once more for each connection that a kill has cut.
    private async Task<long> AskAsync(string sql)
    {
        try
        {
            if (server.ConnectionString is not { } connectionString)
            {
                return -1;
            }

            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync(Cancel);
            await using var command = new NpgsqlCommand(sql, connection);
            return (long)(await command.ExecuteScalarAsync(Cancel))!;
        }
        catch (NpgsqlException)
        {
            return -1;
        }
    }
}
