namespace ComplianceTracker.EmbeddedPostgres.Tests;

public sealed class Finding_the_programs : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly List<string> _log = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task The_first_place_that_has_them_wins()
    {
        _scratch.FakeBinaries("16.1", "first");
        _scratch.FakeBinaries("17.1", "second");

        (await LocateAsync(null, Place("first"), Place("second"))).Version.ShouldBe(new Version(16, 1));
    }

    [Fact]
    public async Task The_search_path_comes_before_the_places_of_packages()
    {
        var onPath = _scratch.FakeBinaries("16.1", "on path");

        var places = BinaryPlace.Usual(string.Join(Path.PathSeparator, _scratch.Path("nothing here"), onPath, "relative/is/ignored"));

        (await LocateAsync(null, [.. places])).Directory.ShouldBe(onPath);
    }

    [Fact]
    public async Task Of_several_versions_in_one_place_the_newest_wins()
    {
        _scratch.FakeBinaries("9.6", "lib", "9.6", "bin");
        _scratch.FakeBinaries("15.3", "lib", "15", "bin");
        _scratch.FakeBinaries("18.1", "lib", "18", "bin");

        (await LocateAsync(null, Place("lib", "*", "bin"))).Version.ShouldBe(new Version(18, 1));
    }

    [Fact]
    public async Task A_star_stands_for_a_part_of_a_name_too()
    {
        _scratch.FakeBinaries("15.3", "opt", "postgresql@15", "bin");
        _scratch.FakeBinaries("17.3", "opt", "postgresql@17", "bin");
        _scratch.FakeBinaries("18.3", "opt", "other@18", "bin");

        (await LocateAsync(null, Place("opt", "postgresql*", "bin"))).Version.Major.ShouldBe(17);
    }

    [Fact]
    public async Task The_version_that_made_the_data_directory_goes_before_the_order_of_places()
    {
        _scratch.FakeBinaries("18.1", "first");
        _scratch.FakeBinaries("15.7", "second");

        (await LocateAsync(15, Place("first"), Place("second"))).Version.Major.ShouldBe(15);
    }

    [Fact]
    public async Task A_version_that_is_too_old_or_does_not_run_is_passed_over()
    {
        _scratch.FakeBinaries("14.9", "old");
        Scratch.Script(Path.Combine(_scratch.FakeBinaries("17.0", "broken"), "initdb"), "echo 'no such library' >&2; exit 127");
        _scratch.FakeBinaries("15.0", "good");

        (await LocateAsync(null, Place("old"), Place("broken"), Place("good"))).Version.Major.ShouldBe(15);
    }

    [Fact]
    public async Task When_there_is_nothing_the_error_names_the_three_ways()
    {
        var error = await Should.ThrowAsync<PostgresUnavailableException>(() => LocateAsync(null));

        error.Message.ShouldContain("ConnectionStrings:ComplianceTracker");
        error.Message.ShouldContain("programs on this machine");
        error.Message.ShouldContain("npm");
        error.Message.ShouldContain("there is no npm on the PATH");
    }

    [Fact]
    public async Task The_error_says_what_was_found_and_why_it_will_not_do()
    {
        _scratch.FakeBinaries("14.9", "old");
        Scratch.Script(Path.Combine(_scratch.FakeBinaries("17.0", "broken"), "initdb"), "echo 'no such library' >&2; exit 127");

        var error = await Should.ThrowAsync<PostgresUnavailableException>(() => LocateAsync(null, Place("old"), Place("broken")));

        error.Message.ShouldContain("PostgreSQL 14.9 in " + _scratch.Path("old"));
        error.Message.ShouldContain("no such library");
    }

    [Fact]
    public async Task The_error_says_what_npm_said()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The fake npm is a shell script.");
        Directory.CreateDirectory(_scratch.Path("bin"));
        Scratch.Script(_scratch.Path("bin", "npm"), "echo 'npm error offline' >&2; exit 1");

        var error = await Should.ThrowAsync<PostgresUnavailableException>(() => LocateAsync(null, _scratch.Path("bin")));

        error.Message.ShouldContain("npm error offline");
        Directory.GetDirectories(_scratch.Path("cache")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_data_directory_of_a_version_that_is_nowhere_is_refused_with_both_versions()
    {
        _scratch.FakeBinaries("15.7", "only");

        var error = await Should.ThrowAsync<PostgresUnavailableException>(() => LocateAsync(99, Place("only")));

        error.Message.ShouldContain("was made by PostgreSQL 99");
        error.Message.ShouldContain("PostgreSQL 15.7 in " + _scratch.Path("only"));
        error.Message.ShouldContain("pg_upgrade");
    }

    [Theory]
    [InlineData("postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)", "15.13")]
    [InlineData("postgres (PostgreSQL) 19beta1", "19.0")]
    [InlineData("postgres (PostgreSQL) 20devel", "20.0")]
    [InlineData("postgres: command not found", null)]
    public void A_version_is_read_from_what_the_programs_say(string output, string? version) =>
        PostgresBinaries.ParseVersion(output)?.ToString().ShouldBe(version);

    private BinaryPlace Place(params string[] segments) => new("test", _scratch.Path(segments));

    private Task<PostgresBinaries> LocateAsync(int? clusterMajor, params BinaryPlace[] places) => LocateAsync(clusterMajor, "", places);

    private async Task<PostgresBinaries> LocateAsync(int? clusterMajor, string npmPath, params BinaryPlace[] places)
    {
        var account = await ServerAccount.ChooseAsync(null, Cancel);
        var npm = new NpmPostgres(_scratch.Path("cache"), npmPath, _log.Add, TimeProvider.System);
        return await new PostgresLocator(places, npm, account, _log.Add).LocateAsync(clusterMajor, "/data", Cancel);
    }
}
