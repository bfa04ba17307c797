using System.Text.Json.Serialization;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Instruments;

namespace ComplianceTracker.Api.Instruments;

/// <summary>Says what the obligation is.</summary>
public sealed record DefineBody : EffectBody
{
    /// <summary>The citation (<c>Art. 38</c>).</summary>
    public required string Provision { get; init; }

    /// <summary>A short title.</summary>
    public required LangText Title { get; init; }

    /// <summary>What it asks for.</summary>
    public required LangText Summary { get; init; }

    /// <summary>The subject, a slug.</summary>
    public required string Category { get; init; }

    /// <summary>Duty, prohibition, permission, relief, power or definition.</summary>
    public required ObligationNature Nature { get; init; }

    /// <summary>The condition in words.</summary>
    public LangText? AppliesWhen { get; init; }

    /// <summary>The applicability condition, in CEL syntax over the vocabulary.</summary>
    public required string Condition { get; init; }

    /// <summary>When and how long it must be done; left out: continuously.</summary>
    public DutyBody? Duty { get; init; }

    /// <summary>What a breach may cost.</summary>
    public LangText? Penalty { get; init; }

    /// <summary>Where to look it up.</summary>
    public required string Source { get; init; }

    /// <summary>How far it was checked: text, confirmed or known.</summary>
    public required Confidence Confidence { get; init; }

    /// <summary>The last day to which its status was checked.</summary>
    public DateOnly? VerifyAfter { get; init; }

    /// <summary>The obligations whose place it takes.</summary>
    public IReadOnlyList<string>? Replaces { get; init; }

    /// <summary>A start no earlier than a date fact of the company plus an offset.</summary>
    public RelativeStartBody? RelativeStart { get; init; }

    /// <summary>Newsletters that report it.</summary>
    public IReadOnlyList<string>? Seeds { get; init; }

    /// <summary>Newsletters that speak of its matter.</summary>
    public IReadOnlyList<string>? RelatedSeeds { get; init; }

    private protected override Effect Convert() => new DefineEffect(ObligationId, new ObligationContent(
        Provision, Title, Summary, Category, Nature, AppliesWhen, Condition, Duty?.ToDomain() ?? new Duty(DutyKind.Continuous),
        Penalty, Note, Source, Confidence, VerifyAfter, [..Replaces ?? []], RelativeStart?.ToDomain(), [..Seeds ?? []], [..RelatedSeeds ?? []]));

    internal static DefineBody Of(DefineEffect e) => new()
    {
        ObligationId = e.ObligationId,
        By = e.By,
        Note = e.Obligation.Note,
        Provision = e.Obligation.Provision,
        Title = e.Obligation.Title,
        Summary = e.Obligation.Summary,
        Category = e.Obligation.Category,
        Nature = e.Obligation.Nature,
        AppliesWhen = e.Obligation.AppliesWhen,
        Condition = e.Obligation.Condition,
        Duty = DutyBody.From(e.Obligation.Duty),
        Penalty = e.Obligation.Penalty,
        Source = e.Obligation.Source,
        Confidence = e.Obligation.Confidence,
        VerifyAfter = e.Obligation.VerifyAfter,
        Replaces = e.Obligation.Replaces,
        RelativeStart = RelativeStartBody.From(e.Obligation.RelativeStart),
        Seeds = e.Obligation.Seeds,
        RelatedSeeds = e.Obligation.RelatedSeeds,
    };
}

/// <summary>Changes condition or text from a legal day on; members left out stay as they are.</summary>
public sealed record ReviseBody : EffectBody
{
    /// <summary>The first legal day of the changed content.</summary>
    public required DateOnly From { get; init; }

    /// <summary>The new citation.</summary>
    public string? Provision { get; init; }

    /// <summary>The new title.</summary>
    public LangText? Title { get; init; }

    /// <summary>The new summary.</summary>
    public LangText? Summary { get; init; }

    /// <summary>The new condition in words.</summary>
    public LangText? AppliesWhen { get; init; }

    /// <summary>The new applicability condition.</summary>
    public string? Condition { get; init; }

    /// <summary>The new timing.</summary>
    public DutyBody? Duty { get; init; }

    /// <summary>The new penalty.</summary>
    public LangText? Penalty { get; init; }

    /// <summary>The new source.</summary>
    public string? Source { get; init; }

    /// <summary>The new last day to which the status was checked.</summary>
    public DateOnly? VerifyAfter { get; init; }

    private protected override Effect Convert() => new ReviseEffect(ObligationId, From, new ContentChanges
    {
        Provision = Provision,
        Title = Title,
        Summary = Summary,
        AppliesWhen = AppliesWhen,
        Condition = Condition,
        Duty = Duty?.ToDomain(),
        Penalty = Penalty,
        Note = Note,
        Source = Source,
        VerifyAfter = VerifyAfter,
    });

    internal static ReviseBody Of(ReviseEffect e) => new()
    {
        ObligationId = e.ObligationId,
        By = e.By,
        Note = e.Changes.Note,
        From = e.From,
        Provision = e.Changes.Provision,
        Title = e.Changes.Title,
        Summary = e.Changes.Summary,
        AppliesWhen = e.Changes.AppliesWhen,
        Condition = e.Changes.Condition,
        Duty = DutyBody.From(e.Changes.Duty),
        Penalty = e.Changes.Penalty,
        Source = e.Changes.Source,
        VerifyAfter = e.Changes.VerifyAfter,
    };
}

/// <summary>A start relative to a fact of the company.</summary>
public sealed record RelativeStartBody
{
    /// <summary>The date fact.</summary>
    public required string Fact { get; init; }

    /// <summary>How long after that day it starts at the earliest, an ISO 8601 duration of years, months, weeks and days.</summary>
    public required CalendarOffset Offset { get; init; }

    internal RelativeStart ToDomain() => new(Fact, Offset);

    internal static RelativeStartBody? From(RelativeStart? relative) =>
        relative is null ? null : new() { Fact = relative.Fact, Offset = relative.Offset };
}

/// <summary>When and how long something must be done. Durations are ISO 8601.</summary>
public sealed record DutyBody
{
    /// <summary>Continuous, one-off, recurring or on-event.</summary>
    public required DutyKind Kind { get; init; }

    /// <summary>How often a recurring duty falls due.</summary>
    public string? Period { get; init; }

    /// <summary>The deadline in the record's words.</summary>
    public string? Deadline { get; init; }

    /// <summary>The deadline as a duration after the event.</summary>
    public string? DeadlineDuration { get; init; }

    /// <summary>What the duration counts: working-days, calendar-days or clock.</summary>
    public string? DeadlineCalendar { get; init; }

    /// <summary>The deadline as a day.</summary>
    public DateOnly? DeadlineDate { get; init; }

    /// <summary>The deadline as month and day of each year (<c>12-15</c>).</summary>
    public string? DeadlineAnnual { get; init; }

    /// <summary>How long records must be kept.</summary>
    public string? Retention { get; init; }

    /// <summary>Whether the retention is a minimum or a maximum.</summary>
    public string? RetentionKind { get; init; }

    /// <summary>A remark.</summary>
    public LangText? Note { get; init; }

    internal Duty ToDomain() => new(Kind)
    {
        Period = Period,
        Deadline = Deadline,
        DeadlineDuration = DeadlineDuration,
        DeadlineCalendar = DeadlineCalendar,
        DeadlineDate = DeadlineDate,
        DeadlineAnnual = DeadlineAnnual,
        Retention = Retention,
        RetentionKind = RetentionKind,
        Note = Note,
    };

    internal static DutyBody? From(Duty? duty) => duty is null ? null : new()
    {
        Kind = duty.Kind,
        Period = duty.Period,
        Deadline = duty.Deadline,
        DeadlineDuration = duty.DeadlineDuration,
        DeadlineCalendar = duty.DeadlineCalendar,
        DeadlineDate = duty.DeadlineDate,
        DeadlineAnnual = duty.DeadlineAnnual,
        Retention = duty.Retention,
        RetentionKind = duty.RetentionKind,
        Note = duty.Note,
    };
}
