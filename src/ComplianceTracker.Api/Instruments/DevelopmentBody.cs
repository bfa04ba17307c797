using System.Text.Json.Serialization;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Instruments;

namespace ComplianceTracker.Api.Instruments;

/// <summary>One thing that happened to an instrument on a day, with what it does to obligations.</summary>
public record DevelopmentBody
{
    /// <summary>A slug, unique within the instrument.</summary>
    public required string Id { get; init; }

    /// <summary>What happened.</summary>
    public required DevelopmentKind Kind { get; init; }

    /// <summary>The official day.</summary>
    public required DateOnly Date { get; init; }

    /// <summary>The day on which the public could know it; left out: the official day.</summary>
    public DateOnly? PublicOn { get; init; }

    /// <summary>Orders developments of one day; the lower counts first.</summary>
    public int Order { get; init; }

    /// <summary><c>amendment</c> when it concerns the making of a later amendment, not of the instrument itself.</summary>
    public string? Scope { get; init; }

    /// <summary>What happened, in words.</summary>
    public LangText? Note { get; init; }

    /// <summary>Where to look it up.</summary>
    public required string Source { get; init; }

    /// <summary>How far it was checked: text, confirmed or known.</summary>
    public required Confidence Confidence { get; init; }

    /// <summary>The id of the instrument, or the name of the act, that caused it.</summary>
    public string? CausedBy { get; init; }

    /// <summary>True when it was added so that an effect has its event.</summary>
    public bool Derived { get; init; }

    /// <summary>Newsletters that report it.</summary>
    public IReadOnlyList<string>? Seeds { get; init; }

    /// <summary>Newsletters that speak of its matter.</summary>
    public IReadOnlyList<string>? RelatedSeeds { get; init; }

    /// <summary>For kind <c>corrected</c>: the id of the development whose place it takes.</summary>
    public string? Corrects { get; init; }

    /// <summary>For kind <c>corrected</c>: what of the original's kind and dates was recorded wrongly.</summary>
    public RestatementBody? Restated { get; init; }

    /// <summary>What it does to obligations, in the order in which it does it.</summary>
    public IReadOnlyList<EffectBody>? Effects { get; init; }

    internal Development ToDomain() => new(
        Id, Kind, Date, PublicOn, Order, Scope, Note, Source, Confidence, CausedBy, Derived,
        [..Seeds ?? []], [..RelatedSeeds ?? []], Corrects, Restated?.ToDomain(), [..(Effects ?? []).Select(e => e.ToDomain())]);
}

/// <summary>What a correction says about kind and dates; a member left out stays the original's.</summary>
public sealed record RestatementBody
{
    /// <summary>The right kind.</summary>
    public DevelopmentKind? Kind { get; init; }

    /// <summary>The right official day.</summary>
    public DateOnly? Date { get; init; }

    /// <summary>The right public day.</summary>
    public DateOnly? PublicOn { get; init; }

    /// <summary>The right order within the day.</summary>
    public int? Order { get; init; }

    /// <summary>The right scope.</summary>
    public string? Scope { get; init; }

    internal Restatement ToDomain() => new(Kind, Date, PublicOn, Order, Scope);

    internal static RestatementBody? From(Restatement? restated) => restated is null ? null : new()
    {
        Kind = restated.Kind,
        Date = restated.Date,
        PublicOn = restated.PublicOn,
        Order = restated.Order,
        Scope = restated.Scope,
    };
}
