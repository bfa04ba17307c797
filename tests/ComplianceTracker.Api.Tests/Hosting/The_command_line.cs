using ComplianceTracker.Api.Tests.Support;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Hosting;

public sealed class The_command_line(DurableServer server) : IClassFixture<DurableServer>, IDisposable
{
    private readonly SeedFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Imports_a_folder_and_says_what_became_of_it()
    {
        var database = await server.CreateAsync();

        var first = await ServiceProcess.RunAsync(database, "import", folder.Path);
        first.Output.ShouldContain("4 files: 7 events added, 0 files refused, 0 differences left as the record has them");
        first.ExitCode.ShouldBe(0);

        var second = await ServiceProcess.RunAsync(database, "import", folder.Path);
        second.Output.ShouldContain("4 files: 0 events added, 0 files refused, 0 differences");
        second.ExitCode.ShouldBe(0);

        folder.Change(SeedFolder.Law, "\"A Law\"", "\"The Law\"");
        var third = await ServiceProcess.RunAsync(database, "import", folder.Path);
        third.Output.ShouldContain("differs  instruments/de-law.json: the instrument itself is described otherwise on record");
        third.ExitCode.ShouldBe(2);

        folder.Write("companies/bad.json", "{ \"id\": ");
        var fourth = await ServiceProcess.RunAsync(database, "import", folder.Path);
        fourth.Output.ShouldContain("refused  companies/bad.json: The body is not well-formed JSON: line 1");
        fourth.Output.ShouldContain("5 files: 0 events added, 1 files refused, 1 differences left");
        fourth.ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Imports_companies_and_goes_on_under_a_key()
    {
        var database = await server.CreateAsync();
        await ServiceProcess.RunAsync(database, "import", folder.Path);
        folder.Write("many.jsonl", """
            {"id":"one","name":"One","facts":{"staff":1}}
            {"id":"two","name":"Two","facts":{"staf":1}}
            {"id":"acme","name":"Other","facts":{}}
            """);
        var first = await ServiceProcess.RunAsync(database, "import-companies", folder.FileOf("many.jsonl"), "--key", "k");
        first.Output.ShouldContain("refused  line 2 (two) /facts/staf: The vocabulary has no fact 'staf'");
        first.Output.ShouldContain("refused  line 3 (acme): The company is registered with another profile");
        first.Output.ShouldContain("3 companies: 1 registered, 0 replaced, 0 unchanged, 2 refused");
        first.Output.ShouldNotContain('\u001b');
        first.ExitCode.ShouldBe(1);
        (await ServiceProcess.RunAsync(database, "import-companies", folder.FileOf("many.jsonl"), "--key", "k")).Output.ShouldContain("3 companies: 1 registered");

        folder.Write("few.csv", "id,name,staff\none,One,1\nacme,Other,\n");
        var second = await ServiceProcess.RunAsync(database, "import-companies", folder.FileOf("few.csv"), "--existing", "replace");
        second.Output.ShouldContain("2 companies: 0 registered, 1 replaced, 1 unchanged, 0 refused");
        second.ExitCode.ShouldBe(0);

        folder.Write("wrong.csv", "id,name,staf\n");
        foreach (var (file, key, message) in new[]
        {
            ("wrong.csv", "x", "line 1: The column 'staf' is neither"), ("few.csv", "k", "The key was sent before"), ("absent.csv", "x", "absent.csv"),
            ("few.csv", "no key", "visible ASCII"), ("facts.json", "x", "is neither .jsonl, .ndjson nor .csv"),
        })
        {
            var run = await ServiceProcess.RunAsync(database, "import-companies", folder.FileOf(file), "--key", key);
            run.Output.ShouldContain(message);
            run.ExitCode.ShouldBe(1);
        }
    }

    [Fact]
    public async Task Writes_plain_lines_where_nobody_watches()
    {
        var run = await ServiceProcess.RunAsync(await server.CreateAsync(), "import", folder.Path);

        run.Output.ShouldNotContain('\u001b');
        run.Output.ShouldNotContain('\r'.ToString());
    }

    [Fact]
    public async Task Says_that_a_folder_is_not_there_or_holds_nothing()
    {
        var database = await server.CreateAsync();

        var absent = await ServiceProcess.RunAsync(database, "import", folder.FileOf("absent"));
        absent.Output.ShouldContain("There is no folder");
        absent.ExitCode.ShouldBe(1);

        var empty = await ServiceProcess.RunAsync(database, "import", folder.FileOf("instruments"));
        empty.Output.ShouldContain("There is nothing to import");
        empty.ExitCode.ShouldBe(1);
    }

    [Theory]
    [InlineData("imprt seeds", "'imprt' is not understood")]
    [InlineData("import", "Required argument missing")]
    [InlineData("import a b", "'b' is not understood")]
    [InlineData("--data", "Required argument missing")]
    public async Task Refuses_what_it_does_not_understand(string arguments, string message)
    {
        var run = await ServiceProcess.RunAsync(await server.CreateAsync(), arguments.Split(' '));

        run.Output.ShouldContain(message);
        run.ExitCode.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Takes_the_data_directory_before_and_after_the_command_and_refuses_one_that_a_service_has(bool before)
    {
        string[] arguments = before ? ["--data", server.DataDirectory, "import", folder.Path] : ["import", folder.Path, "--data", server.DataDirectory];

        var run = await ServiceProcess.RunAsync(null, arguments);

        run.Output.ShouldContain($"Another running service (process {Environment.ProcessId}");
        run.Output.ShouldContain(server.DataDirectory);
        run.ExitCode.ShouldBe(1);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0", "Refusing to bind to http://0.0.0.0:0: the service has no access control")]
    [InlineData("http://*:0", "Refusing to bind")]
    public async Task Refuses_to_serve_others_than_this_machine(string url, string message)
    {
        var run = await ServiceProcess.RunAsync(await server.CreateAsync(), "--urls", url);

        run.Output.ShouldContain(message);
        run.ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Says_that_the_address_is_taken()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();

        var run = await ServiceProcess.RunAsync(await server.CreateAsync(), "--urls", $"http://{taken.LocalEndpoint}");

        run.Output.ShouldContain("The service cannot listen");
        run.ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Says_that_the_database_was_made_by_a_newer_release()
    {
        var database = await server.CreateAsync();
        await ServiceProcess.RunAsync(database, "import", folder.Path);
        await using (var source = NpgsqlDataSource.Create(database))
        {
            await using var newer = source.CreateCommand("insert into ct_migrations (version, name) values (999, 'of the future')");
            await newer.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        foreach (var arguments in (string[][])[["import", folder.Path], ["--urls", $"http://127.0.0.1:{ServiceProcess.FreePort()}"]])
        {
            var run = await ServiceProcess.RunAsync(database, arguments);
            run.Output.ShouldContain("made by a newer release");
            run.ExitCode.ShouldBe(1);
        }
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Stops_in_order_when_told_to(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        var port = ServiceProcess.FreePort();
        using var service = ServiceProcess.Start(await server.CreateAsync(), "--urls", $"http://127.0.0.1:{port}");
        await service.UntilAsync("it said where it is", () => Task.FromResult(service.Output.Contains($"http://127.0.0.1:{port}/swagger", StringComparison.Ordinal)));

        await service.SignalAsync(signal);

        (await service.ExitAsync()).ShouldBe(0, service.Output);
        service.Output.ShouldNotContain("Unhandled");
    }

    [Fact]
    public async Task Stops_an_import_when_told_to_and_the_next_one_does_the_rest()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        var database = await server.CreateAsync();
        var seeds = Path.Combine(AppContext.BaseDirectory, "seeds");
        using var import = ServiceProcess.Start(database, "import", seeds);
        await using var source = NpgsqlDataSource.Create(database);
        await import.UntilAsync("the import had begun", async () => await EventsAsync(source) > 0);

        await import.SignalAsync("TERM");

        // A quick machine may have been done before.
        (await import.ExitAsync()).ShouldBeOneOf(130, 0);
        import.Output.ShouldNotContain("Unhandled");
        var rest = await ServiceProcess.RunAsync(database, "import", seeds);
        rest.ExitCode.ShouldBe(0, rest.Output);
        (await EventsAsync(source)).ShouldBeGreaterThan(178 + 857 + 30);
    }

    private static async Task<long> EventsAsync(NpgsqlDataSource source)
    {
        try
        {
            await using var count = source.CreateCommand("select count(*) from mt_events");
            return (long)(await count.ExecuteScalarAsync())!;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return 0;
        }
    }
}
