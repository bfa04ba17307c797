using System.Collections.Immutable;

namespace ComplianceTracker.Domain.Common;

/// <summary>
/// What a decider answers: the events that follow from a command, or the rejection. Never both.
/// No events and no rejection means that the command changes nothing.
/// </summary>
/// <typeparam name="TEvent">The aggregate's event type.</typeparam>
public sealed record Decision<TEvent>
{
    private Decision(ImmutableArray<TEvent> events, Rejection? rejection) => (Events, Rejection) = (events, rejection);

    /// <summary>The accepted events in order; empty when rejected or when nothing changes.</summary>
    public ImmutableArray<TEvent> Events { get; }

    /// <summary>The refusal, or null when accepted.</summary>
    public Rejection? Rejection { get; }

    /// <summary>Accepts the command with these events.</summary>
    public static Decision<TEvent> Accept(params ImmutableArray<TEvent> events) => new(events, null);

    /// <summary>Refuses the command.</summary>
    public static Decision<TEvent> Reject(Rejection rejection) => new([], rejection);

    /// <summary>Refuses the command.</summary>
    public static implicit operator Decision<TEvent>(Rejection rejection) => Reject(rejection);
}
