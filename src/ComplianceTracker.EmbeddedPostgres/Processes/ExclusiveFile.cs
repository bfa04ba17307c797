namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>A file as a lock between processes: the system releases it when its holder ends, however it ends.</summary>
internal static class ExclusiveFile
{
    /// <summary>Opens (and creates) the file for ourselves alone; null when another process or stream has it.</summary>
    public static FileStream? TryOpen(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            // Whoever can open it can lock it: ours alone.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            return new FileStream(path, options);
        }
        catch (IOException e) when (e.GetType() == typeof(IOException))
        {
            // Sharing violations have no exception type of their own; a missing directory and the like have.
            return null;
        }
    }
}
