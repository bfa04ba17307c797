using Wolverine.Runtime.Handlers;

namespace ComplianceTracker.EventStore.Marten.Messaging;

/// <summary>
/// What Wolverine's code generation would write for this assembly, under the name by which Wolverine looks for it: the one handler is handed
/// over when the node is made, so that there is none to be found, and nothing is scanned or compiled when a service starts.
/// </summary>
public sealed class GeneratedHandlerRegistry : HandlerRegistry
{
    /// <inheritdoc/>
    public override Type[] HandlerTypes() => [];

    /// <inheritdoc/>
    public override Type[] MessageTypes() => [typeof(Call)];
}
