namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>How a program ended: its exit code (-1 when it could not be started) and everything it wrote.</summary>
internal sealed record CommandResult(int ExitCode, string Output)
{
    public bool Succeeded => ExitCode == 0;
}
