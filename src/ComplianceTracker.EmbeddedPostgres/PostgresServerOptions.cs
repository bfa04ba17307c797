namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>What decides which database server is used and where it keeps its data. Immutable.</summary>
public sealed record PostgresServerOptions
{
    /// <summary>
    /// A server that somebody else runs. When set it beats everything else: nothing is searched, installed or started.
    /// The database it names must exist.
    /// </summary>
    public string? ConnectionString { get; init; }

    /// <summary>
    /// Where the private cluster lives; null for <see cref="DefaultDirectories.Data"/>. Created when absent. The
    /// cluster is kept in its subfolder <c>postgres</c>; a second service on the same directory is refused.
    /// </summary>
    public string? DataDirectory { get; init; }

    /// <summary>
    /// For tests: a new cluster in the temporary directory, not durable (<c>fsync</c> off), deleted when disposed.
    /// Cannot be combined with <see cref="DataDirectory"/>. With a <see cref="ConnectionString"/> it only says that
    /// the loss of that database does not matter, so that a server with durability switched off is accepted.
    /// </summary>
    public bool Throwaway { get; init; }

    /// <summary>The database to connect to in the private cluster; created when absent.</summary>
    public string DatabaseName { get; init; } = "compliance_tracker";

    /// <summary>Where installed binaries are kept; null for <see cref="DefaultDirectories.PackageCache"/>.</summary>
    public string? PackageCache { get; init; }

    /// <summary>
    /// Where binaries on this machine are looked for, in order; null for <see cref="BinaryPlace.Usual"/>.
    /// An empty list finds none.
    /// </summary>
    public IReadOnlyList<BinaryPlace>? Places { get; init; }

    /// <summary>
    /// The search path on which the npm client (and, by default, binaries) are looked for; null for the
    /// environment's <c>PATH</c>.
    /// </summary>
    public string? SearchPath { get; init; }

    /// <summary>Hears one line for each thing worth telling: what was found, restarts, what is wrong. Never a password.</summary>
    public Action<string> Log { get; init; } = static _ => { };

    /// <summary>The clock behind waits and back-off.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
