using System.Globalization;

namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>
/// The settings that a server is started with. They stand on its command line, which beats every configuration file
/// and <c>ALTER SYSTEM</c>: nobody can weaken them by editing a file.
/// </summary>
internal static class ServerSettings
{
    // All values are free of blanks, quotes and other marks that the shell inside pg_ctl would interpret.
    public static string CommandLine(int port, ClusterIdentity identity, bool durable)
    {
        string[] settings =
        [
            "listen_addresses=127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"port={port}"),
            // No socket file: its path may be too long, and in a shared directory others could stand in its place.
            "unix_socket_directories=",
            "password_encryption=scram-sha-256",
            "cluster_name=" + identity.Id,
            "restart_after_crash=on",
            "log_destination=stderr",
            "logging_collector=off",
            .. durable ? Durable : Throwaway,
        ];
        return string.Join(' ', settings.Select(setting => "-c " + setting));
    }

    private static readonly string[] Durable =
    [
        "fsync=on",
        "full_page_writes=on",
        "synchronous_commit=on",
    ];

    private static readonly string[] Throwaway =
    [
        "fsync=off",
        "full_page_writes=off",
        "synchronous_commit=off",
        // Tests open many pools at once, and hold transactions open in every way there is, prepared ones among them.
        "max_connections=300",
        "max_prepared_transactions=5",
        "shared_buffers=32MB",
        // Several of these run at once in a test run: no write-ahead log beyond what a restart needs.
        "wal_level=minimal",
        "max_wal_senders=0",
    ];
}
