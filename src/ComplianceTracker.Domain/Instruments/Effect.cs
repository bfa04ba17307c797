using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;

namespace ComplianceTracker.Domain.Instruments;

/// <summary>What a development does to one obligation. All days are legal days; windows are half-open.</summary>
/// <param name="ObligationId">The obligation's id, a slug that survives renumbering.</param>
public abstract record Effect(string ObligationId)
{
    /// <summary>Who or what brought it about (<c>court</c>, <c>agency</c>, another instrument's id), or null.</summary>
    public string? By { get; init; }

    /// <summary>A remark, by language, or null.</summary>
    public LangText? Note { get; init; }
}

/// <summary>Says what the obligation is. The first definition holds for all days; a later one restates it for all days.</summary>
/// <param name="ObligationId">The obligation.</param>
/// <param name="Obligation">The content.</param>
public sealed record DefineEffect(string ObligationId, ObligationContent Obligation) : Effect(ObligationId);

/// <summary>A public draft carries the rule from the development's day on.</summary>
/// <param name="ObligationId">The obligation.</param>
public sealed record ProposeEffect(string ObligationId) : Effect(ObligationId);

/// <summary>The draft rule was dropped or overtaken on the development's day.</summary>
/// <param name="ObligationId">The obligation.</param>
public sealed record LapseEffect(string ObligationId) : Effect(ObligationId);

/// <summary>The rule was made.</summary>
/// <param name="ObligationId">The obligation.</param>
/// <param name="From">The first day on which it applies, or null: no start fixed by the enactment.</param>
/// <param name="LatestBy">The outer limit of a start not fixed yet, or null.</param>
/// <param name="On">The official day of the enactment, where the development that made it public is dated otherwise; else null.</param>
public sealed record EnactEffect(string ObligationId, DateOnly? From, DateOnly? LatestBy, DateOnly? On) : Effect(ObligationId);

/// <summary>Changes condition or text from a legal day on; members that are null stay as they are.</summary>
/// <param name="ObligationId">The obligation.</param>
/// <param name="From">The first legal day of the changed content.</param>
/// <param name="Changes">What changes.</param>
public sealed record ReviseEffect(string ObligationId, DateOnly From, ContentChanges Changes) : Effect(ObligationId);

/// <summary>Moves the start, for all days.</summary>
/// <param name="ObligationId">The obligation.</param>
/// <param name="From">The new first day, or null: not fixed any more.</param>
/// <param name="LatestBy">The outer limit of a start not fixed yet, or null.</param>
public sealed record RescheduleEffect(string ObligationId, DateOnly? From, DateOnly? LatestBy) : Effect(ObligationId);

/// <summary>The provision has another number from a legal day on.</summary>
/// <param name="ObligationId">The obligation.</param>
/// <param name="Provision">The new citation.</param>
/// <param name="From">The first day of the new number, or null: the development's day.</param>
public sealed record RenumberEffect(string ObligationId, string Provision, DateOnly? From) : Effect(ObligationId);

/// <summary>An order takes the rule's legal effect away.</summary>
/// <param name="ObligationId">The obligation.</param>
/// <param name="OrderName">Which order, so that it can be lifted.</param>
/// <param name="From">The first day without effect.</param>
/// <param name="To">The day on which the effect is back, or null: until lifted.</param>
public sealed record SuspendEffect(string ObligationId, string OrderName, DateOnly From, DateOnly? To) : Effect(ObligationId);

/// <summary>Ends the windows that a suspension order opened.</summary>
/// <param name="ObligationId">The obligation.</param>
/// <param name="OrderName">Which order.</param>
/// <param name="On">The day on which the effect is back.</param>
public sealed record LiftEffect(string ObligationId, string OrderName, DateOnly On) : Effect(ObligationId);

/// <summary>The rule stays in force but is not enforced.</summary>
/// <param name="ObligationId">The obligation.</param>
/// <param name="OrderName">Which pause, so that it can be ended.</param>
/// <param name="From">The first day without enforcement.</param>
/// <param name="To">The day on which enforcement is back, or null: until resumed.</param>
public sealed record PauseEnforcementEffect(string ObligationId, string OrderName, DateOnly From, DateOnly? To) : Effect(ObligationId);

/// <summary>Ends a pause of enforcement.</summary>
/// <param name="ObligationId">The obligation.</param>
/// <param name="OrderName">Which pause.</param>
/// <param name="On">The day on which enforcement is back.</param>
public sealed record ResumeEnforcementEffect(string ObligationId, string OrderName, DateOnly On) : Effect(ObligationId);

/// <summary>Ends the rule. An end on or before the start means that it never began.</summary>
/// <param name="ObligationId">The obligation.</param>
/// <param name="To">The first day on which it no longer applies, or null: an end announced before is taken back.</param>
/// <param name="ReplacedBy">The obligations that take its place.</param>
public sealed record EndEffect(string ObligationId, DateOnly? To, ImmutableArray<string> ReplacedBy) : Effect(ObligationId);
