namespace ComplianceTracker.EventStore.Parking;

/// <summary>Who asks for a parked event to be retried or skipped.</summary>
/// <param name="Actor">Who, for the log; or null.</param>
/// <param name="Id">The request's own id: asked again with the same one, nothing is done twice (P27). Null: it cannot be told from another.</param>
public sealed record ReleaseRequest(string? Actor, Guid? Id = null)
{
    /// <summary>What an earlier release of the same id did; null when there was none, or it changed nothing.</summary>
    /// <param name="logged">What the log holds of the id, in order.</param>
    /// <param name="skips">True when the request skips the event that it names.</param>
    public static ReleaseResult? Recall(IReadOnlyList<ParkedLogEntry> logged, bool skips)
    {
        ArgumentNullException.ThrowIfNull(logged);
        if (logged.Count == 0)
        {
            return null;
        }

        var failed = logged.FirstOrDefault(e => e.Action == ParkedAction.Failed);
        var handled = logged.Count - (skips ? 1 : 0) - (failed is null ? 0 : 1);
        return failed is null ? new ReleaseResult.Released(handled) : new ReleaseResult.StillFailing(handled, failed.Position, failed.Reason!);
    }
}
