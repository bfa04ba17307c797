namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>
/// The user that the server's programs run as: ourselves, or an unprivileged user when we are root.
/// On Windows always ourselves: there <c>initdb</c> and <c>pg_ctl</c> give up administrator rights by themselves.
/// </summary>
internal sealed class ServerAccount
{
    private ServerAccount(string? userName) => UserName = userName;

    /// <summary>The user to switch to, or null for no switch.</summary>
    public string? UserName { get; }

    /// <summary>True when this process is root (never on Windows).</summary>
    public static bool IsRoot => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    /// <summary>
    /// Chooses the user: as root the owner of the cluster that is already there, else <c>postgres</c>, else
    /// <c>nobody</c>.
    /// </summary>
    /// <exception cref="PostgresUnavailableException">We are root and the machine has no unprivileged user.</exception>
    public static async Task<ServerAccount> ChooseAsync(string? existingCluster, CancellationToken cancellationToken)
    {
        if (!IsRoot)
        {
            return new ServerAccount(null);
        }

        // An existing cluster keeps its owner, also when a better user has appeared since or when root visits a user's own data.
        if (existingCluster is not null && await OwnerAsync(existingCluster, cancellationToken).ConfigureAwait(false) is { } owner)
        {
            return new ServerAccount(owner);
        }

        foreach (var candidate in (string[])["postgres", "nobody"])
        {
            var id = await Command.RunAsync("id", ["-u", candidate], null, "/", cancellationToken).ConfigureAwait(false);
            if (id.Succeeded && id.Output != "0")
            {
                return new ServerAccount(candidate);
            }
        }

        throw new PostgresUnavailableException(
            "PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody' on this machine to run it as. "
            + "Create a user 'postgres', or start the service as an ordinary user.");
    }

    /// <summary>Gives a directory and all in it to the server's user; nothing to do when that is ourselves.</summary>
    public async Task GiveAsync(string path, CancellationToken cancellationToken)
    {
        if (UserName is not null)
        {
            var result = await Command.RunAsync("chown", ["-R", UserName + ":", path], null, "/", cancellationToken).ConfigureAwait(false);
            if (!result.Succeeded)
            {
                throw new PostgresUnavailableException($"Could not give {path} to the user '{UserName}': {result.Output}");
            }
        }
    }

    /// <summary>Checks that the server's user can get into <paramref name="directory"/>, which must exist.</summary>
    /// <exception cref="PostgresUnavailableException">It cannot; the message names the directory that blocks.</exception>
    public async Task RequireReachAsync(string directory, CancellationToken cancellationToken)
    {
        if (UserName is null)
        {
            return;
        }

        foreach (var step in FromTheRoot(Path.GetFullPath(directory)))
        {
            var test = await Command.RunAsync("test", ["-x", step], UserName, "/", cancellationToken).ConfigureAwait(false);
            if (!test.Succeeded)
            {
                throw new PostgresUnavailableException(
                    $"PostgreSQL does not run as root, and the user '{UserName}' that it runs as cannot get into {directory}: {step} is closed to it"
                    + (test.ExitCode < 0 ? $" ({test.Output})" : "")
                    + $". Use --data with a directory that this user can reach (root's default is {DefaultDirectories.Data}), "
                    + $"open {step} with 'chmod o+x', or start the service as an ordinary user.");
            }
        }
    }

    private static Stack<string> FromTheRoot(string directory)
    {
        var steps = new Stack<string>();
        for (var step = directory; step is not null; step = Path.GetDirectoryName(step))
        {
            steps.Push(step);
        }

        return steps;
    }

    private static async Task<string?> OwnerAsync(string path, CancellationToken cancellationToken)
    {
        // The long format of ls is the one portable way (POSIX) to a file's owner: mode, links, owner, ...
        var listing = await Command.RunAsync("ls", ["-ld", path], null, "/", cancellationToken).ConfigureAwait(false);
        var owner = listing.Output.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(2);
        return listing.Succeeded && owner is not "root" ? owner : null;
    }
}
