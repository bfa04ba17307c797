using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Instruments;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Explanations;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Api.Obligations;

/// <summary>One obligation with its explanation.</summary>
public sealed record ObligationDetail : ObligationItem
{
    [SetsRequiredMembers]
    internal ObligationDetail(ObligationItem item, CompanyQuestion question, ExplanationBody explanation)
        : base(item)
    {
        CompanyId = question.CompanyId!;
        AsOf = question.Clocks.AsOf;
        KnownOn = question.Clocks.KnownOn;
        RecordedAt = question.RecordedAt;
        TimeZone = question.Clocks.TimeZone;
        Position = question.Position;
        Explanation = explanation;
    }

    /// <summary>The company.</summary>
    public string CompanyId { get; }

    /// <summary>The legal day of the answer.</summary>
    public DateOnly AsOf { get; }

    /// <summary>Only what was public by this day counts.</summary>
    public DateOnly KnownOn { get; }

    /// <summary>Only what was recorded by this instant counts.</summary>
    public DateTimeOffset? RecordedAt { get; }

    /// <summary>The time zone of the default days.</summary>
    public string TimeZone { get; }

    /// <summary>The log position that the answer shows.</summary>
    public long Position { get; }

    /// <summary>The version of the explanation's format: the same question at the same position gives the same bytes while it stays.</summary>
    public int ExplanationVersion { get; } = 2;

    /// <summary>How the answer came about.</summary>
    public ExplanationBody Explanation { get; }
}

/// <summary>How an answer came about.</summary>
/// <param name="Because">Why, with what decided it, in words made of the vocabulary's descriptions.</param>
/// <param name="Condition">The condition that holds on <c>asOf</c>.</param>
/// <param name="AppliesWhen">The condition in the record's own words, or null.</param>
/// <param name="Words">The condition in words made of the vocabulary's descriptions.</param>
/// <param name="Trace">Every step of its evaluation on the facts of <c>asOf</c>.</param>
/// <param name="RelativeStart">The start relative to a fact of the company that the rule has on <c>asOf</c>, or null.</param>
/// <param name="Note">A remark of the record's keeper, or null.</param>
/// <param name="VerifyAfter">The last day to which the status was checked, or null.</param>
/// <param name="Developments">The developments that gave it its content, stage and dates, in legal order.</param>
/// <param name="Counterfactuals">The nearest changes of facts that would change the answer; empty where none of up to three facts does.</param>
public sealed record ExplanationBody(
    LangText Because,
    string Condition,
    LangText? AppliesWhen,
    LangText Words,
    StepBody Trace,
    RelativeStartReadingBody? RelativeStart,
    LangText? Note,
    DateOnly? VerifyAfter,
    IReadOnlyList<CauseBody> Developments,
    IReadOnlyList<CounterfactualBody> Counterfactuals);

/// <summary>One step of the evaluation of a company's condition.</summary>
/// <param name="Text">The sub-expression.</param>
/// <param name="Words">The sub-expression in words made of the vocabulary's descriptions; null of one that is too long to be read.</param>
/// <param name="Result">For a truth: yes, no or unknown; else null.</param>
/// <param name="Value">Its value; null where it is unknown.</param>
/// <param name="Error">Why it failed although facts are known (a division by zero, say), in one sentence; else null.</param>
/// <param name="Decisive">True when it helped to decide what its parent came to.</param>
/// <param name="Decided">True when it helped to decide the answer: false for a branch that decided nothing, and for all in it.</param>
/// <param name="Facts">The facts read in it.</param>
/// <param name="Children">Its own steps.</param>
public sealed record StepBody(
    string Text,
    LangText? Words,
    Truth? Result,
    JsonNode? Value,
    string? Error,
    bool Decisive,
    bool Decided,
    IReadOnlyList<DeclaredFactBody> Facts,
    IReadOnlyList<StepBody> Children);

/// <summary>A fact as an evaluation found it, and where that comes from.</summary>
/// <param name="Fact">Its name.</param>
/// <param name="Value">Its value on <c>asOf</c>; null where it is unknown.</param>
/// <param name="From">The first day on which the value holds, or null: always.</param>
/// <param name="To">The first day on which it no longer does, or null: until further notice.</param>
/// <param name="RecordedAt">When it was declared; null where nothing was declared of the day.</param>
/// <param name="Position">The log position of the declaration, or null.</param>
public sealed record DeclaredFactBody(string Fact, JsonNode? Value, DateOnly? From, DateOnly? To, DateTimeOffset? RecordedAt, long? Position);

/// <summary>A start that depends on a day of the company.</summary>
/// <param name="Offset">How long after that day it starts at the earliest, as ISO 8601 writes it.</param>
/// <param name="EarliestStart">The day before which it cannot start for the company, or null: the fact is unknown.</param>
/// <param name="Fact">The fact that holds the day.</param>
public sealed record RelativeStartReadingBody(CalendarOffset Offset, DateOnly? EarliestStart, DeclaredFactBody Fact);

/// <summary>A development that gave an obligation its content, stage or dates.</summary>
/// <param name="DevelopmentId">The development.</param>
/// <param name="InstrumentId">The instrument to which it happened.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Date">The official day.</param>
/// <param name="PublicOn">The day on which the public could know it.</param>
/// <param name="Note">What happened, in words, or null.</param>
/// <param name="Source">Where to look it up.</param>
/// <param name="Confidence">How far it was checked.</param>
/// <param name="CausedBy">What caused it, or null.</param>
/// <param name="CorrectedBy">The correction that counts in its place, or null.</param>
/// <param name="Did">What it did to this obligation, in words of their own.</param>
/// <param name="Gave">
/// The members of the answer that would be other without it (<c>stage</c>, <c>from</c>, <c>condition</c> …), or <c>obligation</c> where nothing
/// else carries the rule; empty where later developments took its place.
/// </param>
/// <param name="Effects">What it did to this obligation, as recorded.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="Position">Its log position.</param>
public sealed record CauseBody(
    string DevelopmentId,
    string InstrumentId,
    DevelopmentKind Kind,
    DateOnly Date,
    DateOnly PublicOn,
    LangText? Note,
    string Source,
    Confidence Confidence,
    string? CausedBy,
    string? CorrectedBy,
    IReadOnlyList<Deed> Did,
    IReadOnlyList<string> Gave,
    IReadOnlyList<EffectBody> Effects,
    DateTimeOffset RecordedAt,
    long Position);

/// <summary>A change of facts with which the answer would be another: tried, not guessed.</summary>
/// <param name="Changes">What would change; together the fewest facts that do.</param>
/// <param name="Becomes">The status it would have.</param>
/// <param name="Because">The same in a sentence.</param>
public sealed record CounterfactualBody(IReadOnlyList<FactChangeBody> Changes, Status Becomes, LangText Because);

/// <summary>One fact with another value.</summary>
/// <param name="Fact">The fact.</param>
/// <param name="From">Its value, or null: unknown.</param>
/// <param name="To">The nearest value that changes the answer.</param>
/// <param name="Added">For sets: the members that come; otherwise null.</param>
/// <param name="Removed">For sets: the members that go; otherwise null.</param>
/// <param name="Range">For numbers and days: all values around <c>to</c> that change the answer so; otherwise null.</param>
public sealed record FactChangeBody(
    string Fact, JsonNode? From, JsonNode? To, IReadOnlyList<string>? Added, IReadOnlyList<string>? Removed, ValueRangeBody? Range);

/// <summary>A run of numbers or days, its ends named as the condition names them; null: open at that end, or named by the other member.</summary>
/// <param name="AtLeast">It begins with this value.</param>
/// <param name="MoreThan">It begins above this value.</param>
/// <param name="AtMost">It ends with this value.</param>
/// <param name="Below">It ends below this value.</param>
public sealed record ValueRangeBody(JsonNode? AtLeast, JsonNode? MoreThan, JsonNode? AtMost, JsonNode? Below);
