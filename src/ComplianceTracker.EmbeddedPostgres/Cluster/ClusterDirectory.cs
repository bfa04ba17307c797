using System.Globalization;

namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>
/// The files of one private cluster. The data directory is the service's; its subfolder <c>postgres</c> is the server
/// user's and appears whole (cluster, identity) or not at all.
/// </summary>
internal sealed class ClusterDirectory(string root)
{
    private string Home => Path.Combine(Root, "postgres");

    /// <summary>The data directory, absolute.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>The working directory of the server's programs: they are given relative names, which no shell can misread.</summary>
    public string WorkingDirectory => Home;

    /// <summary>PostgreSQL's own data directory, relative to <see cref="WorkingDirectory"/>.</summary>
    public static string PgData => "cluster";

    public string PidFile => Path.Combine(Home, PgData, "postmaster.pid");

    public ServerLog ServerLog => new(Path.Combine(Home, ServerLog.FileName));

    /// <summary>The directory of an existing cluster, or null.</summary>
    public string? Existing => Directory.Exists(Home) ? Home : null;

    public ClusterIdentity ReadIdentity() => ClusterIdentity.Read(Path.Combine(Home, "identity.json"));

    /// <summary>The major version that made the cluster, or null when there is none yet.</summary>
    /// <exception cref="PostgresUnavailableException">There is something that is not a cluster.</exception>
    public int? ReadMajorVersion()
    {
        if (Existing is null)
        {
            return null;
        }

        var file = Path.Combine(Home, PgData, "PG_VERSION");
        try
        {
            return int.Parse(File.ReadAllText(file).Split('.')[0], NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new PostgresUnavailableException(
                $"{Home} is not a usable PostgreSQL cluster: {e.Message} Start the service as the user who made it, restore it, or use --data with another directory.", e);
        }
    }

    /// <summary>
    /// Makes the cluster: in a directory beside its place, then one rename, so that a kill at any moment leaves either
    /// nothing or a whole cluster. Call it only while holding the <see cref="ServiceLock"/>.
    /// </summary>
    public async Task CreateAsync(PostgresBinaries binaries, ServerAccount account, bool durable, CancellationToken cancellationToken)
    {
        foreach (var stale in Directory.GetDirectories(Root, "postgres-new-*"))
        {
            // We hold the lock: whoever left it is dead.
            Directory.Delete(stale, recursive: true);
        }

        var temporary = Path.Combine(Root, "postgres-new-" + Path.GetRandomFileName());
        ServiceDirectory.Create(temporary);
        var identity = ClusterIdentity.Create();
        var passwordFile = Path.Combine(temporary, "password");
        ServiceDirectory.WriteSecret(passwordFile, identity.Password);
        await account.GiveAsync(temporary, cancellationToken).ConfigureAwait(false);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(temporary, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var result = await Command.RunAsync(
            binaries.Initdb,
            [
                "--pgdata=" + PgData, "--username=" + ClusterIdentity.UserName, "--pwfile=password", "--auth=scram-sha-256",
                // The same order of text on every machine and under every build of a version: bytes.
                "--encoding=UTF8", "--locale=C", "--data-checksums", "--no-instructions",
                .. durable ? Array.Empty<string>() : ["--no-sync"],
            ],
            account.UserName,
            temporary,
            cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
        {
            Directory.Delete(temporary, recursive: true);
            throw new PostgresUnavailableException($"PostgreSQL {binaries.Version} could not make a cluster in {Root}: {result.Output}");
        }

        File.Delete(passwordFile);
        ServiceDirectory.WriteSecret(Path.Combine(temporary, "identity.json"), identity.ToJson());
        Directory.Move(temporary, Home);
    }
}
