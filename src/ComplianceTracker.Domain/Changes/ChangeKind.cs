namespace ComplianceTracker.Domain.Changes;

/// <summary>What became of an obligation of a company between two points.</summary>
public enum ChangeKind
{
    /// <summary>A public draft would put it on the company.</summary>
    Proposed,

    /// <summary>The draft that would have put it on the company came to nothing.</summary>
    Lapsed,

    /// <summary>It is made and will apply.</summary>
    Upcoming,

    /// <summary>It applies.</summary>
    Began,

    /// <summary>An order took its legal effect.</summary>
    Suspended,

    /// <summary>No order takes its legal effect any more.</summary>
    Resumed,

    /// <summary>It no longer concerns the company: it is over, or its condition does not hold any more.</summary>
    Ended,

    /// <summary>It is over and others take its place, which are told with it and not once more.</summary>
    Replaced,

    /// <summary>A day of its window is another.</summary>
    Moved,

    /// <summary>Its condition is another.</summary>
    ConditionChanged,

    /// <summary>It has another number.</summary>
    Renumbered,

    /// <summary>What it says, how it is enforced, or which facts it waits for is another.</summary>
    Changed,

    /// <summary>A fact is missing to be sure, which was not so before.</summary>
    Undetermined,

    /// <summary>It is known whether it applies, which was not so before.</summary>
    Determined,
}
