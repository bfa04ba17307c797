namespace ComplianceTracker.EventStore;

/// <summary>A text holds something that the store cannot keep; nothing was stored.</summary>
/// <param name="where">Which text: a stream id, a header, an event's body.</param>
/// <param name="found">What was found in it.</param>
public sealed class ForbiddenTextException(string where, ForbiddenText found)
    : ArgumentException($"{where} holds {found}, which cannot be stored.")
{
    /// <summary>What was found and where in the text.</summary>
    public ForbiddenText Found { get; } = found;
}
