namespace ComplianceTracker.Domain.Consequences;

/// <summary>What changed in the answer for one obligation of one company. The word is the second part of the event's name: <c>obligation.applicable</c>.</summary>
public enum ConsequenceKind
{
    /// <summary>A public draft would put it on the company.</summary>
    Proposed,

    /// <summary>The draft that would have put it on the company came to nothing.</summary>
    Lapsed,

    /// <summary>It is made and will apply.</summary>
    Upcoming,

    /// <summary>It applies.</summary>
    Applicable,

    /// <summary>An order took its legal effect.</summary>
    Suspended,

    /// <summary>No order takes its legal effect any more.</summary>
    Resumed,

    /// <summary>It no longer concerns the company: it is over, or its condition does not hold any more.</summary>
    Ended,

    /// <summary>It is over and others take its place: one event, so that nobody counts twice.</summary>
    Replaced,

    /// <summary>A day of its window moved.</summary>
    Rescheduled,

    /// <summary>What it says, or how it is enforced, changed.</summary>
    Changed,

    /// <summary>A fact is missing to be sure, which was not so before.</summary>
    Undetermined,

    /// <summary>It is known whether it applies, which was not so before.</summary>
    Determined,

    /// <summary>A day that matters is as near as a subscriber wants to be told.</summary>
    DeadlineApproaching,
}
