using System.Globalization;

namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>
/// One service's exclusive right to a data directory. The system releases it when the process ends, however it ends,
/// so a lock is never stale.
/// </summary>
internal sealed class ServiceLock : IDisposable
{
    private readonly FileStream _file;

    private ServiceLock(FileStream file) => _file = file;

    /// <summary>Takes the right, or null when somebody has it.</summary>
    public static ServiceLock? TryTake(string dataDirectory) =>
        ExclusiveFile.TryOpen(Path.Combine(dataDirectory, "service.lock")) is { } file ? new ServiceLock(file) : null;

    /// <summary>Takes the right and leaves our process id for those who come later.</summary>
    /// <exception cref="PostgresUnavailableException">Another service has it; the message names its process.</exception>
    public static ServiceLock Take(string dataDirectory, TimeProvider time)
    {
        // Beside the locked file, since nobody else can read a file that is locked.
        var note = Path.Combine(dataDirectory, "service.pid");
        if (TryTake(dataDirectory) is { } taken)
        {
            File.WriteAllText(note, string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId}, since {time.GetUtcNow():u}"));
            return taken;
        }

        var owner = File.Exists(note) ? $" ({File.ReadAllText(note).Trim()})" : "";
        throw new PostgresUnavailableException(
            $"Another running service{owner} has the data directory {dataDirectory}. Stop that service, or start this one with --data and another directory.");
    }

    public void Dispose() => _file.Dispose();
}
