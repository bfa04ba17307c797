using System.Text;

namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>The file into which the server writes. It is kept below a size cap and shows its last lines in errors.</summary>
internal sealed class ServerLog(string path)
{
    public const string FileName = "server.log";

    private const long SizeCap = 8 * 1024 * 1024;

    private const int TailBytes = 16 * 1024;

    private const int TailLines = 20;

    /// <summary>How long the file is now, in bytes; 0 when there is none.</summary>
    public long Length => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    /// <summary>Empties the file once it is past the cap. The server appends, so it goes on writing at the start.</summary>
    public void KeepSmall()
    {
        var file = new FileInfo(path);
        // Never through a link: as root we would empty whatever the server's user points it at.
        if (file.Exists && file.LinkTarget is null && file.Length > SizeCap)
        {
            try
            {
                using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                stream.SetLength(0);
            }
            catch (IOException)
            {
                // In use in a way that forbids it (Windows): the next start finds it free.
            }
        }
    }

    /// <summary>The last lines, of those after <paramref name="from"/> bytes; empty when there are none.</summary>
    public string Tail(long from = 0)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            stream.Position = Math.Max(Math.Min(from, stream.Length), stream.Length - TailBytes);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return string.Join('\n', reader.ReadToEnd().TrimEnd().Split('\n').TakeLast(TailLines));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
