namespace ComplianceTracker.Api.Requests;

/// <summary>Cancels what may be waiting for the database.</summary>
internal static class Cancellation
{
    /// <summary>
    /// Cancels on a thread of its own. Cancelling a statement waits for the database to take the message, for seconds when the network
    /// has fallen silent; many such waits at once would leave no thread for the requests that need no database.
    /// </summary>
    public static void CancelAside(this CancellationTokenSource source) =>
        _ = Task.Factory.StartNew(source.Cancel, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
