namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>One attempt to start the server failed; the message ends with what the server said.</summary>
internal sealed class ServerStartException(string message, bool worthAnotherTry) : Exception(message)
{
    /// <summary>
    /// What stood in the way passes: another process has the port, or the last process of an earlier server is still
    /// about to end.
    /// </summary>
    public bool WorthAnotherTry { get; } = worthAnotherTry;
}
