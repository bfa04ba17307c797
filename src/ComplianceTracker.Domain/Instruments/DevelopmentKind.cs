namespace ComplianceTracker.Domain.Instruments;

/// <summary>What happened to an instrument on a day.</summary>
public enum DevelopmentKind
{
    /// <summary>An authority said that it will act.</summary>
    Announced,

    /// <summary>A draft became public.</summary>
    DraftPublished,

    /// <summary>The public was asked to comment.</summary>
    ConsultationOpened,

    /// <summary>The time for comment ended.</summary>
    ConsultationClosed,

    /// <summary>The legislator or authority adopted it.</summary>
    Passed,

    /// <summary>It was officially published.</summary>
    Promulgated,

    /// <summary>A start that was open was fixed, or a fixed one moved.</summary>
    EffectiveDateSet,

    /// <summary>It entered into force.</summary>
    InForce,

    /// <summary>A part of it starts to apply (a staged start).</summary>
    Applies,

    /// <summary>It was changed by a later act; a legal corrigendum is one.</summary>
    Amended,

    /// <summary>A court or authority took its legal effect away for a time.</summary>
    Suspended,

    /// <summary>Its legal effect came back.</summary>
    Reinstated,

    /// <summary>It stays in force, but the authority will not enforce it for a time.</summary>
    EnforcementPaused,

    /// <summary>Enforcement goes on.</summary>
    EnforcementResumed,

    /// <summary>A later act ended it.</summary>
    Repealed,

    /// <summary>A later act took its place.</summary>
    Superseded,

    /// <summary>It ended by its own terms.</summary>
    Expired,

    /// <summary>Its author took it back before it was made.</summary>
    Withdrawn,

    /// <summary>An authority said how it reads the instrument.</summary>
    GuidanceIssued,

    /// <summary>An authority acted under it.</summary>
    Enforcement,

    /// <summary>The record was wrong: this takes the place of what it names. Not an act of law.</summary>
    Corrected,
}

/// <summary>How far a statement of the record was checked.</summary>
public enum Confidence
{
    /// <summary>Checked against the official text.</summary>
    Text,

    /// <summary>A secondary source states it.</summary>
    Confirmed,

    /// <summary>General knowledge.</summary>
    Known,
}
