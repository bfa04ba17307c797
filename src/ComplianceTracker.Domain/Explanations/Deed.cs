using ComplianceTracker.Domain.Instruments;

namespace ComplianceTracker.Domain.Explanations;

/// <summary>What a development did to an obligation, in one word.</summary>
public enum Deed
{
    /// <summary>It said what the obligation is.</summary>
    Defined,

    /// <summary>A public draft carries it since.</summary>
    Proposed,

    /// <summary>The draft came to nothing.</summary>
    Lapsed,

    /// <summary>It was made.</summary>
    Enacted,

    /// <summary>Its first day was fixed or moved.</summary>
    StartSet,

    /// <summary>Its first day is not fixed any more.</summary>
    StartLeftOpen,

    /// <summary>Its condition is another from a day on.</summary>
    ConditionRevised,

    /// <summary>Its text, timing or penalty is another from a day on.</summary>
    TextRevised,

    /// <summary>It has another number from a day on.</summary>
    Renumbered,

    /// <summary>An order took its legal effect.</summary>
    Suspended,

    /// <summary>An order that took its legal effect was lifted.</summary>
    Lifted,

    /// <summary>It is not enforced from a day on.</summary>
    EnforcementPaused,

    /// <summary>It is enforced again.</summary>
    EnforcementResumed,

    /// <summary>Its end was fixed.</summary>
    Ended,

    /// <summary>An end announced before was taken back.</summary>
    EndTakenBack,
}

/// <summary>Reads effects as deeds.</summary>
public static class Deeds
{
    /// <summary>What the effect did; an enactment that fixes a start and a revision of condition and text did two things.</summary>
    public static IEnumerable<Deed> Of(Effect effect) => effect switch
    {
        DefineEffect => [Deed.Defined],
        ProposeEffect => [Deed.Proposed],
        LapseEffect => [Deed.Lapsed],
        EnactEffect { From: null } => [Deed.Enacted],
        EnactEffect => [Deed.Enacted, Deed.StartSet],
        RescheduleEffect { From: null } => [Deed.StartLeftOpen],
        RescheduleEffect => [Deed.StartSet],
        ReviseEffect revise => Revised(revise.Changes),
        RenumberEffect => [Deed.Renumbered],
        SuspendEffect => [Deed.Suspended],
        LiftEffect => [Deed.Lifted],
        PauseEnforcementEffect => [Deed.EnforcementPaused],
        ResumeEnforcementEffect => [Deed.EnforcementResumed],
        EndEffect { To: null } => [Deed.EndTakenBack],
        EndEffect => [Deed.Ended],
        _ => throw new ArgumentOutOfRangeException(nameof(effect), effect, "No word for this effect."),
    };

    private static IEnumerable<Deed> Revised(ContentChanges changes)
    {
        if (changes.Condition is not null)
        {
            yield return Deed.ConditionRevised;
        }

        if (changes != new ContentChanges { Condition = changes.Condition, Provision = changes.Provision })
        {
            yield return Deed.TextRevised;
        }

        if (changes.Provision is not null)
        {
            yield return Deed.Renumbered;
        }
    }
}
