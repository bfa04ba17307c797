using Wolverine.Attributes;

namespace ComplianceTracker.EventStore.Marten.Messaging;

/// <summary>The message: there is something to do under the key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Position">The event on which the work failed when it was tried last; 0: on none.</param>
/// <param name="Moved">How often it failed on another event than the time before.</param>
[MessageIdentity(MessageType)]
public sealed record Call(string Key, long Position = 0, int Moved = 0)
{
    /// <summary>The name under which messages are stored.</summary>
    public const string MessageType = "ct-call";
}
