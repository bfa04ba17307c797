namespace ComplianceTracker.Domain.Obligations;

/// <summary>Where an obligation or an instrument stands on a legal day.</summary>
public enum Stage
{
    /// <summary>A public draft carries it.</summary>
    Proposed,

    /// <summary>The draft was dropped or overtaken.</summary>
    Lapsed,

    /// <summary>Made, not begun.</summary>
    Upcoming,

    /// <summary>In legal effect, enforced or not.</summary>
    InForce,

    /// <summary>Without legal effect by order of a court or authority, begun or not.</summary>
    Suspended,

    /// <summary>Over; perhaps it never began.</summary>
    Ended,
}

/// <summary>The one word that answers "does it apply to us?".</summary>
public enum Status
{
    /// <summary>In force and it applies.</summary>
    Applicable,

    /// <summary>Made, not begun, and it will apply.</summary>
    Upcoming,

    /// <summary>A draft that would apply.</summary>
    Proposed,

    /// <summary>Suspended, and it applies but for that.</summary>
    Suspended,

    /// <summary>Over.</summary>
    Ended,

    /// <summary>A draft that came to nothing.</summary>
    Lapsed,

    /// <summary>A fact is missing to be sure.</summary>
    Undetermined,

    /// <summary>The condition does not hold.</summary>
    NotApplicable,
}
