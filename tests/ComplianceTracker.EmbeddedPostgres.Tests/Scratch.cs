namespace ComplianceTracker.EmbeddedPostgres.Tests;

/// <summary>A directory for one test, deleted at its end.</summary>
public sealed class Scratch : IDisposable
{
    /// <summary>Creates it, with a name that a careless shell command would trip over.</summary>
    public Scratch() =>
        Root = Directory.CreateDirectory(System.IO.Path.Combine(
            System.IO.Path.GetTempPath(), "ct-embedded-" + System.IO.Path.GetRandomFileName(), OperatingSystem.IsWindows() ? "an odd name" : "it's \"odd\" $HOME `x`")).FullName;

    private string Root { get; }

    /// <summary>A directory with an ordinary name: PostgreSQL's own programs stumble when they are installed below an odd one.</summary>
    public string Plain(string name) => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Root)!, name);

    /// <summary>The path of a file or directory in it.</summary>
    public string Path(params string[] segments) => System.IO.Path.Combine([Root, .. segments]);

    /// <summary>Programs that only know their version: enough for a search.</summary>
    public string FakeBinaries(string version, params string[] segments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The fake programs are shell scripts.");
        var directory = Directory.CreateDirectory(Path(segments)).FullName;
        foreach (var name in (string[])["initdb", "postgres", "pg_ctl"])
        {
            Script(System.IO.Path.Combine(directory, name), $"echo '{name} (PostgreSQL) {version}'");
        }

        return directory;
    }

    /// <summary>Writes a shell script that everybody may run.</summary>
    public static void Script(string path, string body)
    {
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        }
    }

    public void Dispose() => Directory.Delete(System.IO.Path.GetDirectoryName(Root)!, recursive: true);
}
