using System.Diagnostics;
using ComplianceTracker.Api.Hosting;
using ComplianceTracker.Api.Tests.Support;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Hosting;

/// <summary>Where the database is, and that what is backed up from there can be restored.</summary>
public sealed class The_database_command : IDisposable
{
    private readonly DataFolder data = new();
    private readonly DataFolder restored = new();

    public void Dispose()
    {
        data.Dispose();
        restored.Dispose();
    }

    [Fact]
    public async Task Lets_pg_dump_back_up_a_running_service_and_pg_restore_bring_it_back_elsewhere()
    {
        var port = ServiceProcess.FreePort();
        var url = $"http://127.0.0.1:{port}";
        using var client = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(60) };
        var dump = Path.Combine(data.Path, "backup.dump");
        List<string> before;
        using (var service = ServiceProcess.Start(null, "--data", data.Path, "--urls", url))
        {
            await service.UntilAnswersAsync(client, "/health/ready");
            before = await AnswersAsync(client);
            var where = await ServiceProcess.RunAsync(null, "database", "--data", data.Path);
            where.ExitCode.ShouldBe(0, where.Output);
            await RunAsync("pg_dump", "--format=custom", "--file=" + dump, UriIn(where.Output));

            // Whoever rebuilds beside the service finds it in the same way.
            var rebuild = await ServiceProcess.RunAsync(null, "rebuild", "register", "--data", data.Path);
            rebuild.ExitCode.ShouldBe(0, rebuild.Output);
            (await AnswersAsync(client)).ShouldBe(before);
            await StopAsync(service);
        }

        using (var database = ServiceProcess.Start(null, "database", "--data", restored.Path))
        {
            // Where it is goes to its output, how long to its errors: they are read side by side, and either may come first.
            await database.UntilAsync("it said where and how long it runs", () => Task.FromResult(
                database.Output.Contains("until this command is stopped", StringComparison.Ordinal) && database.Output.Contains("postgresql://", StringComparison.Ordinal)));
            await RunAsync("pg_restore", "--exit-on-error", "--single-transaction", "--dbname=" + UriIn(database.Output), dump);
            await StopAsync(database);
        }

        using (var service = ServiceProcess.Start(null, "--data", restored.Path, "--urls", url))
        {
            await service.UntilAnswersAsync(client, "/health/ready");
            (await AnswersAsync(client)).ShouldBe(before);
            await StopAsync(service);
        }
    }

    [Theory]
    [InlineData("Host=db.example;Username=me;Password=a/b@c;Database=mine;Maximum Pool Size=7", "postgresql://me:a%2Fb%40c@db.example:5432/mine")]
    [InlineData("Host=127.0.0.1;Port=6000;Username=me", "postgresql://me@127.0.0.1:6000/me")]
    [InlineData("Host=/var/run/postgresql;Username=me;Database=mine", "postgresql://me@%2Fvar%2Frun%2Fpostgresql:5432/mine")]
    public void Says_it_in_the_words_of_PostgreSQL(string connectionString, string uri) => DatabaseCommand.UriOf(connectionString).ShouldBe(uri);

    private static async Task<List<string>> AnswersAsync(HttpClient client)
    {
        var answers = new List<string>();
        foreach (var question in Questions.All)
        {
            answers.Add(await Questions.AskAsync(client, question));
        }

        answers.Add(await client.GetStringAsync("/api/v1/events?limit=1000", TestContext.Current.CancellationToken));
        return answers;
    }

    private static string UriIn(string output) => output.Split('\n').Single(line => line.StartsWith("postgresql://", StringComparison.Ordinal)).Trim();

    private static async Task StopAsync(ServiceProcess process)
    {
        await process.SignalAsync("TERM");
        await process.ExitAsync();
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        Assert.SkipWhen(ProgramPath(program) is null, $"There is no {program} on this machine.");
        using var run = Process.Start(new ProcessStartInfo(ProgramPath(program)!, arguments) { RedirectStandardError = true })!;
        var error = await run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        run.ExitCode.ShouldBe(0, error);
    }

    // Where Debian puts them, else on the path.
    private static string? ProgramPath(string program) =>
        (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(d => Path.Combine(d, "bin")) : [])
        .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);
}
