using System.Text.Json.Serialization;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Instruments;

namespace ComplianceTracker.Api.Instruments;

/// <summary>What a development does to one obligation. Days are legal days; windows are half-open.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(DefineBody), "define")]
[JsonDerivedType(typeof(ProposeBody), "propose")]
[JsonDerivedType(typeof(LapseBody), "lapse")]
[JsonDerivedType(typeof(EnactBody), "enact")]
[JsonDerivedType(typeof(ReviseBody), "revise")]
[JsonDerivedType(typeof(RescheduleBody), "reschedule")]
[JsonDerivedType(typeof(RenumberBody), "renumber")]
[JsonDerivedType(typeof(SuspendBody), "suspend")]
[JsonDerivedType(typeof(LiftBody), "lift")]
[JsonDerivedType(typeof(PauseEnforcementBody), "pause-enforcement")]
[JsonDerivedType(typeof(ResumeEnforcementBody), "resume-enforcement")]
[JsonDerivedType(typeof(EndBody), "end")]
public abstract record EffectBody
{
    /// <summary>The obligation's id, a slug that survives renumbering.</summary>
    public required string ObligationId { get; init; }

    /// <summary>Who or what brought it about.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? By { get; init; }

    /// <summary>A remark. A definition's remark is the obligation's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LangText? Note { get; init; }

    /// <summary>The name of a pause of enforcement that was given none.</summary>
    private protected const string UnnamedPause = "pause";

    internal Effect ToDomain()
    {
        var effect = Convert();
        return effect is DefineEffect or ReviseEffect ? effect with { By = By } : effect with { By = By, Note = Note };
    }

    internal static EffectBody For(Effect effect) => effect switch
    {
        DefineEffect e => DefineBody.Of(e),
        ProposeEffect e => new ProposeBody { ObligationId = e.ObligationId, By = e.By, Note = e.Note },
        LapseEffect e => new LapseBody { ObligationId = e.ObligationId, By = e.By, Note = e.Note },
        EnactEffect e => new EnactBody { ObligationId = e.ObligationId, By = e.By, Note = e.Note, From = e.From, LatestBy = e.LatestBy, On = e.On },
        ReviseEffect e => ReviseBody.Of(e),
        RescheduleEffect e => new RescheduleBody { ObligationId = e.ObligationId, By = e.By, Note = e.Note, From = e.From, LatestBy = e.LatestBy },
        RenumberEffect e => new RenumberBody { ObligationId = e.ObligationId, By = e.By, Note = e.Note, Provision = e.Provision, From = e.From },
        SuspendEffect e => new SuspendBody { ObligationId = e.ObligationId, By = e.By, Note = e.Note, Order = e.OrderName, From = e.From, To = e.To },
        LiftEffect e => new LiftBody { ObligationId = e.ObligationId, By = e.By, Note = e.Note, Order = e.OrderName, On = e.On },
        PauseEnforcementEffect e => new PauseEnforcementBody { ObligationId = e.ObligationId, By = e.By, Note = e.Note, Order = e.OrderName, From = e.From, To = e.To },
        ResumeEnforcementEffect e => new ResumeEnforcementBody { ObligationId = e.ObligationId, By = e.By, Note = e.Note, Order = e.OrderName, On = e.On },
        EndEffect e => new EndBody { ObligationId = e.ObligationId, By = e.By, Note = e.Note, To = e.To, ReplacedBy = e.ReplacedBy },
        _ => throw new InvalidOperationException($"No body for {effect.GetType().Name}."),
    };

    private protected abstract Effect Convert();
}

/// <summary>A public draft carries the rule from the development's day on.</summary>
public sealed record ProposeBody : EffectBody
{
    private protected override Effect Convert() => new ProposeEffect(ObligationId);
}

/// <summary>The draft rule was dropped or overtaken on the development's day.</summary>
public sealed record LapseBody : EffectBody
{
    private protected override Effect Convert() => new LapseEffect(ObligationId);
}

/// <summary>The rule was made.</summary>
public sealed record EnactBody : EffectBody
{
    /// <summary>The first day on which it applies; left out or null: no start fixed.</summary>
    public DateOnly? From { get; init; }

    /// <summary>The outer limit of a start not fixed yet.</summary>
    public DateOnly? LatestBy { get; init; }

    /// <summary>The official day of the enactment, where the development is dated otherwise.</summary>
    public DateOnly? On { get; init; }

    private protected override Effect Convert() => new EnactEffect(ObligationId, From, LatestBy, On);
}

/// <summary>Moves the start, for all days.</summary>
public sealed record RescheduleBody : EffectBody
{
    /// <summary>The new first day, or null: not fixed any more.</summary>
    public required DateOnly? From { get; init; }

    /// <summary>The outer limit of a start not fixed yet.</summary>
    public DateOnly? LatestBy { get; init; }

    private protected override Effect Convert() => new RescheduleEffect(ObligationId, From, LatestBy);
}

/// <summary>The provision has another number from a legal day on.</summary>
public sealed record RenumberBody : EffectBody
{
    /// <summary>The new citation.</summary>
    public required string Provision { get; init; }

    /// <summary>The first day of the new number; left out: the development's day.</summary>
    public DateOnly? From { get; init; }

    private protected override Effect Convert() => new RenumberEffect(ObligationId, Provision, From);
}

/// <summary>An order takes the rule's legal effect away.</summary>
public sealed record SuspendBody : EffectBody
{
    /// <summary>Which order, so that it can be lifted.</summary>
    public required string Order { get; init; }

    /// <summary>The first day without effect.</summary>
    public required DateOnly From { get; init; }

    /// <summary>The day on which the effect is back; left out or null: until lifted.</summary>
    public DateOnly? To { get; init; }

    private protected override Effect Convert() => new SuspendEffect(ObligationId, Order, From, To);
}

/// <summary>Ends the windows that a suspension order opened.</summary>
public sealed record LiftBody : EffectBody
{
    /// <summary>Which order.</summary>
    public required string Order { get; init; }

    /// <summary>The day on which the effect is back.</summary>
    public required DateOnly On { get; init; }

    private protected override Effect Convert() => new LiftEffect(ObligationId, Order, On);
}

/// <summary>The rule stays in force but is not enforced.</summary>
public sealed record PauseEnforcementBody : EffectBody
{
    /// <summary>Which pause, so that it can be ended; left out: the one there is.</summary>
    public string? Order { get; init; }

    /// <summary>The first day without enforcement.</summary>
    public required DateOnly From { get; init; }

    /// <summary>The day on which enforcement is back; left out or null: until resumed.</summary>
    public DateOnly? To { get; init; }

    private protected override Effect Convert() => new PauseEnforcementEffect(ObligationId, Order ?? UnnamedPause, From, To);
}

/// <summary>Ends a pause of enforcement.</summary>
public sealed record ResumeEnforcementBody : EffectBody
{
    /// <summary>Which pause; left out: the one there is.</summary>
    public string? Order { get; init; }

    /// <summary>The day on which enforcement is back.</summary>
    public required DateOnly On { get; init; }

    private protected override Effect Convert() => new ResumeEnforcementEffect(ObligationId, Order ?? UnnamedPause, On);
}

/// <summary>Ends the rule. An end on or before the start means that it never began.</summary>
public sealed record EndBody : EffectBody
{
    /// <summary>The first day on which it no longer applies, or null: an end announced before is taken back.</summary>
    public required DateOnly? To { get; init; }

    /// <summary>The obligations that take its place.</summary>
    public IReadOnlyList<string>? ReplacedBy { get; init; }

    private protected override Effect Convert() => new EndEffect(ObligationId, To, [..ReplacedBy ?? []]);
}
