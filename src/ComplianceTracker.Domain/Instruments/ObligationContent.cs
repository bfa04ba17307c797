using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;

namespace ComplianceTracker.Domain.Instruments;

/// <summary>What a provision does to those it reaches.</summary>
public enum ObligationNature
{
    /// <summary>Something must be done.</summary>
    Duty,

    /// <summary>Something must not be done.</summary>
    Prohibition,

    /// <summary>A basis that one may rely on.</summary>
    Permission,

    /// <summary>An exemption or easing.</summary>
    Relief,

    /// <summary>Something an authority may do to those it reaches.</summary>
    Power,

    /// <summary>A meaning that other provisions build on.</summary>
    Definition,
}

/// <summary>What an obligation says, at provision level.</summary>
/// <param name="Provision">The citation (<c>Art. 38</c>).</param>
/// <param name="Title">A short title, by language.</param>
/// <param name="Summary">What it asks for, by language.</param>
/// <param name="Category">The subject, a slug (<c>cross-border-transfer</c>).</param>
/// <param name="Nature">Duty, prohibition, permission, relief, power or definition.</param>
/// <param name="AppliesWhen">The condition in words, by language, or null.</param>
/// <param name="Condition">The applicability condition, in CEL syntax over the vocabulary.</param>
/// <param name="Duty">When and how long it must be done.</param>
/// <param name="Penalty">What a breach may cost, by language, or null.</param>
/// <param name="Note">A remark of the record's keeper, by language, or null.</param>
/// <param name="Source">Where to look it up.</param>
/// <param name="Confidence">How far it was checked.</param>
/// <param name="VerifyAfter">The last day to which its status was checked, or null: no such limit.</param>
/// <param name="Replaces">The obligations whose place it takes.</param>
/// <param name="RelativeStart">A start no earlier than a date fact of the company plus an offset, or null.</param>
/// <param name="Seeds">Newsletters that report it.</param>
/// <param name="RelatedSeeds">Newsletters that speak of its matter.</param>
public sealed record ObligationContent(
    string Provision,
    LangText Title,
    LangText Summary,
    string Category,
    ObligationNature Nature,
    LangText? AppliesWhen,
    string Condition,
    Duty Duty,
    LangText? Penalty,
    LangText? Note,
    string Source,
    Confidence Confidence,
    DateOnly? VerifyAfter,
    ImmutableArray<string> Replaces,
    RelativeStart? RelativeStart,
    ImmutableArray<string> Seeds,
    ImmutableArray<string> RelatedSeeds)
{
    /// <summary>The content with the changes applied.</summary>
    public ObligationContent With(ContentChanges changes) => this with
    {
        Provision = changes.Provision ?? Provision,
        Title = changes.Title ?? Title,
        Summary = changes.Summary ?? Summary,
        AppliesWhen = changes.AppliesWhen ?? AppliesWhen,
        Condition = changes.Condition ?? Condition,
        Duty = changes.Duty ?? Duty,
        Penalty = changes.Penalty ?? Penalty,
        Note = changes.Note ?? Note,
        Source = changes.Source ?? Source,
        VerifyAfter = changes.VerifyAfter ?? VerifyAfter,
    };
}

/// <summary>The members of an obligation's content that a revision changes; null means unchanged.</summary>
public sealed record ContentChanges
{
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
    public Duty? Duty { get; init; }

    /// <summary>The new penalty.</summary>
    public LangText? Penalty { get; init; }

    /// <summary>The new remark.</summary>
    public LangText? Note { get; init; }

    /// <summary>The new source.</summary>
    public string? Source { get; init; }

    /// <summary>The new last day to which the status was checked.</summary>
    public DateOnly? VerifyAfter { get; init; }
}

/// <summary>A start relative to a fact of the company.</summary>
/// <param name="Fact">The date fact.</param>
/// <param name="Offset">How long after that day it starts at the earliest.</param>
public sealed record RelativeStart(string Fact, CalendarOffset Offset);
