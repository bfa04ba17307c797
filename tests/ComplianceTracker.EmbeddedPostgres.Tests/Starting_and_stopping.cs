using System.Runtime.Versioning;

namespace ComplianceTracker.EmbeddedPostgres.Tests;

public sealed class Starting_and_stopping : IDisposable
{
    private readonly Scratch _scratch = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private PostgresServerOptions Options => new() { DataDirectory = _scratch.Path("data") };

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_stop_ends_the_server_and_a_restart_finds_the_data_and_nobody_can_switch_durability_off()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Looks at processes through /proc.");
        int pid;
        await using (var first = await PostgresServer.StartAsync(Options, Cancel))
        {
            pid = first.ProcessId!.Value;
            await Sql.AskAsync(first.ConnectionString, "CREATE TABLE kept AS SELECT 42 AS answer", Cancel);
            await Sql.AskAsync(first.ConnectionString, "ALTER SYSTEM SET fsync = off", Cancel);
        }

        // The server removes its pid file, for which a stop waits, just before it exits.
        await Processes.UntilGoneAsync(pid, Cancel);
        await using var second = await PostgresServer.StartAsync(Options, Cancel);
        (await Sql.AskAsync(second.ConnectionString, "SELECT answer FROM kept", Cancel)).ShouldBe(42);
        (await Sql.AskAsync(second.ConnectionString, "SHOW fsync", Cancel)).ShouldBe("on");
    }

    [Fact]
    public async Task A_throwaway_is_not_durable_and_leaves_nothing_behind()
    {
        string directory;
        await using (var postgres = await PostgresServer.StartAsync(new PostgresServerOptions { Throwaway = true }, Cancel))
        {
            directory = postgres.DataDirectory!;
            postgres.IsThrowaway.ShouldBeTrue();
            (await Sql.AskAsync(postgres.ConnectionString, "SHOW fsync", Cancel)).ShouldBe("off");
        }

        Directory.Exists(directory).ShouldBeFalse();
    }

    [Fact]
    public async Task Several_throwaways_start_at_once()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => PostgresServer.StartAsync(new PostgresServerOptions { Throwaway = true }, Cancel)));

        all.Select(postgres => postgres.Port).Distinct().Count().ShouldBe(3);
        foreach (var postgres in all)
        {
            await postgres.DisposeAsync();
        }
    }

    [Fact]
    public void What_a_killed_process_left_of_a_throwaway_is_cleared_away_by_a_later_start()
    {
        var left = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "compliance-tracker-throwaway-" + Path.GetRandomFileName())).FullName;
        Directory.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddDays(-1));

        ThrowawayDirectory.Sweep(TimeProvider.System);

        Directory.Exists(left).ShouldBeFalse();
    }

    [Fact]
    public async Task A_throwaway_does_not_take_a_data_directory() =>
        await Should.ThrowAsync<ArgumentException>(() => PostgresServer.StartAsync(Options with { Throwaway = true }, Cancel));

    [Fact]
    public async Task What_a_killed_first_start_left_is_cleared_away()
    {
        var half = Directory.CreateDirectory(_scratch.Path("data", "postgres-new-killed", "cluster")).Parent!.FullName;

        await using var postgres = await PostgresServer.StartAsync(Options, Cancel);

        Directory.Exists(half).ShouldBeFalse();
        (await Sql.AskAsync(postgres.ConnectionString, "SELECT 1", Cancel)).ShouldBe(1);
    }

    [Theory]
    [InlineData("99")]
    [InlineData("13")]
    public async Task A_cluster_of_another_major_version_is_refused_and_left_alone(string version)
    {
        var file = Path.Combine(Directory.CreateDirectory(_scratch.Path("data", "postgres", "cluster")).FullName, "PG_VERSION");
        await File.WriteAllTextAsync(file, version + "\n", Cancel);

        var error = await Should.ThrowAsync<PostgresUnavailableException>(() => PostgresServer.StartAsync(Options, Cancel));

        error.Message.ShouldContain($"was made by PostgreSQL {version}");
        error.Message.ShouldContain("--data");
        Directory.GetFileSystemEntries(Path.GetDirectoryName(file)!).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_folder_that_is_no_cluster_is_refused()
    {
        Directory.CreateDirectory(_scratch.Path("data", "postgres"));

        var error = await Should.ThrowAsync<PostgresUnavailableException>(() => PostgresServer.StartAsync(Options, Cancel));

        error.Message.ShouldContain("is not a usable PostgreSQL cluster");
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_directory_that_the_unprivileged_user_cannot_reach_is_named()
    {
        Assert.SkipUnless(ServerAccount.IsRoot, "Only root switches to another user.");
        var closed = Directory.CreateDirectory(_scratch.Path("closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;

        var error = await Should.ThrowAsync<PostgresUnavailableException>(
            () => PostgresServer.StartAsync(new PostgresServerOptions { DataDirectory = Path.Combine(closed, "deep", "data") }, Cancel));

        error.Message.ShouldContain(closed + " is closed to it");
    }

    [Fact]
    public async Task A_cancelled_start_leaves_nothing_running()
    {
        using var cancel = new CancellationTokenSource();
        var options = Options with { Log = _ => cancel.Cancel() };

        await Should.ThrowAsync<OperationCanceledException>(() => PostgresServer.StartAsync(options, cancel.Token));

        await using var next = await PostgresServer.StartAsync(Options, Cancel);
        (await Sql.AskAsync(next.ConnectionString, "SELECT 1", Cancel)).ShouldBe(1);
    }
}
