using System.Collections.Immutable;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.EventStore;

namespace ComplianceTracker.Api.Consequences;

/// <summary>An event of the log from which something may follow for companies.</summary>
/// <param name="Cause">The event as stored.</param>
/// <param name="Event">The event as read, or null: a company's own, which is read with its stream.</param>
/// <param name="Before">The law before it.</param>
/// <param name="After">The law with it.</param>
/// <param name="Rules">The obligations for which every company's answer may change.</param>
internal sealed record Step(RecordedEvent Cause, object? Event, World Before, World After, ImmutableArray<string> Rules)
{
    /// <summary>True where time went on.</summary>
    public bool IsClock => Event is ClockAdvanced;

    /// <summary>True when every company has to be looked at.</summary>
    public bool ConcernsEveryone => !Rules.IsEmpty;

    /// <summary>The development that was recorded, or null.</summary>
    public Development? Development => (Event as DevelopmentRecorded)?.Development;
}
