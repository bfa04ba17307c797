namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>
/// The per-user directories used when nothing else is said. Root gets system places instead: PostgreSQL refuses to
/// run as root, and the unprivileged user it then runs as cannot reach anything below root's closed home.
/// </summary>
public static class DefaultDirectories
{
    private const string Name = "compliance-tracker";

    /// <summary>
    /// The data directory: <c>$XDG_DATA_HOME</c> or <c>~/.local/share</c>, on macOS
    /// <c>~/Library/Application Support</c>, on Windows <c>%LocalAppData%</c>; for root <c>/var/lib</c>.
    /// </summary>
    public static string Data
    {
        get
        {
            if (ServerAccount.IsRoot)
            {
                return Path.Combine("/var/lib", Name);
            }

            // .NET maps this folder to each system's place, XDG_DATA_HOME included.
            var parent = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            return Path.Combine(parent, Name);
        }
    }

    /// <summary>
    /// Where installed binaries are kept: <c>$XDG_CACHE_HOME</c> or <c>~/.cache</c>, on macOS
    /// <c>~/Library/Caches</c>, on Windows <c>%LocalAppData%</c>; for root <c>/var/cache</c>.
    /// </summary>
    public static string PackageCache
    {
        get
        {
            if (ServerAccount.IsRoot)
            {
                return Path.Combine("/var/cache", Name);
            }

            if (OperatingSystem.IsWindows())
            {
                return Path.Combine(Data, "cache");
            }

            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
            if (OperatingSystem.IsMacOS())
            {
                return Path.Combine(home, "Library", "Caches", Name);
            }

            var configured = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            return Path.Combine(Path.IsPathRooted(configured) ? configured : Path.Combine(home, ".cache"), Name);
        }
    }
}
