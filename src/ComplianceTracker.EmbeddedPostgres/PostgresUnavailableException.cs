namespace ComplianceTracker.EmbeddedPostgres;

/// <summary>
/// No usable PostgreSQL could be found, started or kept running. The message is written for whoever started the
/// service: it says what was tried, what stood in the way and what to do. It never holds a password.
/// </summary>
public sealed class PostgresUnavailableException : Exception
{
    /// <summary>An error with no message of its own; prefer one that says what to do.</summary>
    public PostgresUnavailableException()
    {
    }

    /// <summary>An error with a message that a stranger can act on.</summary>
    /// <param name="message">What was tried, what stood in the way, what to do.</param>
    public PostgresUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>An error with a message that a stranger can act on, and what caused it.</summary>
    /// <param name="message">What was tried, what stood in the way, what to do.</param>
    /// <param name="innerException">The cause; must not carry a password in its message.</param>
    public PostgresUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
