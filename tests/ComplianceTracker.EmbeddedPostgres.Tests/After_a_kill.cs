using ComplianceTracker.Testing;

namespace ComplianceTracker.EmbeddedPostgres.Tests;

public sealed class After_a_kill : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly List<string> _log = [];

    public After_a_kill() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Finds the server's processes through /proc.");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private PostgresServerOptions Options => new() { DataDirectory = _scratch.Path("data"), Log = Note };

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Of_every_server_process_the_server_comes_back_with_its_data_at_the_same_address()
    {
        await using var postgres = await PostgresServer.StartAsync(Options, Cancel);
        await Sql.AskAsync(postgres.ConnectionString, "CREATE TABLE kept (answer int)", Cancel);
        for (var round = 1; round <= 3; round++)
        {
            await Sql.AskAsync(postgres.ConnectionString, "INSERT INTO kept VALUES (42)", Cancel);
            var killed = postgres.ProcessId!.Value;

            Processes.KillWithChildren(killed);

            (await Sql.AskUntilAnsweredAsync(postgres.ConnectionString, "SELECT count(*) FROM kept", Cancel)).ShouldBe((long)round);
            Processes.IsRunning(killed).ShouldBeFalse();
        }

        postgres.Failed.IsCompleted.ShouldBeFalse();
        Log().ShouldContain("has ended although nobody stopped it");
    }

    [Fact]
    public async Task Of_the_main_server_process_alone_a_busy_backend_does_not_keep_it_from_coming_back()
    {
        await using var postgres = await PostgresServer.StartAsync(Options, Cancel);
        var busy = Sql.AskAsync(postgres.ConnectionString, "SELECT count(*) FROM generate_series(1, 20000000000)", Cancel);
        while ((long)(await Sql.AskAsync(postgres.ConnectionString, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%generate_series(1, 20000000000)' AND state = 'active'", Cancel))! == 0)
        {
            await Task.Delay(20, Cancel);
        }

        using (var main = System.Diagnostics.Process.GetProcessById(postgres.ProcessId!.Value))
        {
            main.Kill();
        }

        (await Sql.AskUntilAnsweredAsync(postgres.ConnectionString, "SELECT 1", Cancel)).ShouldBe(1);
        await Should.ThrowAsync<Npgsql.NpgsqlException>(() => busy);
    }

    [Fact]
    public async Task Of_the_service_its_server_ends_too_and_the_next_start_finds_the_data()
    {
        using var service = await ServiceProcess.StartAsync(_scratch.Path("data"), Cancel);
        await Sql.AskAsync(service.ConnectionString, "CREATE TABLE kept AS SELECT 42 AS answer", Cancel);

        await service.KillAsync(Cancel);

        await Processes.UntilGoneAsync(service.ServerPid, Cancel);
        await using var next = await PostgresServer.StartAsync(Options, Cancel);
        (await Sql.AskAsync(next.ConnectionString, "SELECT answer FROM kept", Cancel)).ShouldBe(42);
    }

    [Fact]
    public async Task Of_the_service_an_immediate_restart_takes_over()
    {
        using var service = await ServiceProcess.StartAsync(_scratch.Path("data"), Cancel);
        await Sql.AskAsync(service.ConnectionString, "CREATE TABLE kept AS SELECT 42 AS answer", Cancel);

        await service.KillAsync(Cancel);

        await using var next = await PostgresServer.StartAsync(Options, Cancel);
        (await Sql.AskAsync(next.ConnectionString, "SELECT answer FROM kept", Cancel)).ShouldBe(42);
        Processes.IsRunning(service.ServerPid).ShouldBeFalse();
    }

    [Fact]
    public async Task A_server_that_was_left_behind_is_stopped_and_its_data_taken_over()
    {
        await using (await PostgresServer.StartAsync(Options, Cancel))
        {
        }

        // As after a kill of a whole process group: the server lives, its service and the watch do not.
        var directory = new ClusterDirectory(_scratch.Path("data"));
        var server = await ServerOfAsync(directory);
        var (orphan, _) = await server.StartOnFreePortAsync(Cancel);

        await using var next = await PostgresServer.StartAsync(Options, Cancel);

        Processes.IsRunning(orphan).ShouldBeFalse();
        next.ProcessId.ShouldNotBe(orphan);
        Log().ShouldContain($"(process {orphan}) was left behind");
    }

    [Fact]
    public async Task A_process_that_has_come_to_bear_the_dead_servers_id_is_no_obstacle_and_is_left_alone()
    {
        await using (await PostgresServer.StartAsync(Options, Cancel))
        {
        }

        using var stranger = System.Diagnostics.Process.Start("sleep", "60");
        try
        {
            await File.WriteAllTextAsync(new ClusterDirectory(_scratch.Path("data")).PidFile, $"{stranger.Id}\n", Cancel);

            await using var next = await PostgresServer.StartAsync(Options, Cancel);

            stranger.HasExited.ShouldBeFalse();
        }
        finally
        {
            stranger.Kill();
        }
    }

    [Fact]
    public async Task A_server_that_cannot_come_back_is_given_up_with_its_last_words()
    {
        await using var postgres = await PostgresServer.StartAsync(Options with { Time = new HurriedTime() }, Cancel);
        File.Delete(_scratch.Path("data", "postgres", "cluster", "global", "pg_control"));

        Processes.KillWithChildren(postgres.ProcessId!.Value);

        var error = await postgres.Failed.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        error.Message.ShouldContain("failed too often");
        error.Message.ShouldContain("pg_control");
    }

    private static async Task<ClusterServer> ServerOfAsync(ClusterDirectory directory)
    {
        var account = await ServerAccount.ChooseAsync(directory.Existing, Cancel);
        var npm = new NpmPostgres(DefaultDirectories.PackageCache, null, _ => { }, TimeProvider.System);
        var places = BinaryPlace.Usual(Environment.GetEnvironmentVariable("PATH"));
        var binaries = await new PostgresLocator(places, npm, account, _ => { }).LocateAsync(directory.ReadMajorVersion(), directory.Root, Cancel);
        return new ClusterServer(directory, directory.ReadIdentity(), binaries, account, durable: true, TimeProvider.System);
    }

    private void Note(string line)
    {
        lock (_log)
        {
            _log.Add(line);
        }
    }

    private string Log()
    {
        lock (_log)
        {
            return string.Join('\n', _log);
        }
    }
}
