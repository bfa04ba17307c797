using System.Text.Json.Nodes;
using ComplianceTracker.Domain.Changes;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Api.Obligations.Changes;

/// <summary>A page of what became of a company's obligations between two points.</summary>
/// <param name="CompanyId">The company.</param>
/// <param name="From">The first point.</param>
/// <param name="To">The second point.</param>
/// <param name="TimeZone">The time zone of the default days.</param>
/// <param name="Items">The changes, by obligation.</param>
/// <param name="Next">The cursor of the next page, or null.</param>
public sealed record ChangePage(string CompanyId, PointBody From, PointBody To, string TimeZone, IReadOnlyList<ChangeItem> Items, string? Next);

/// <summary>One of the two points: three clocks.</summary>
/// <param name="AsOf">The legal day.</param>
/// <param name="KnownOn">Only what was public by this day counts.</param>
/// <param name="RecordedAt">Only what was recorded by this instant counts.</param>
/// <param name="Position">The log position that it shows.</param>
public sealed record PointBody(DateOnly AsOf, DateOnly KnownOn, DateTimeOffset? RecordedAt, long Position);

/// <summary>What became of one obligation.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="ObligationId">The obligation; of a replacement, the one that is over.</param>
/// <param name="InstrumentId">The instrument that carries it.</param>
/// <param name="Jurisdiction">The instrument's jurisdiction.</param>
/// <param name="Provision">The citation at the second point; at the first where it is not listed any more.</param>
/// <param name="Title">A short title, as the citation.</param>
/// <param name="Before">The answer at the first point, or null: there was none.</param>
/// <param name="After">The answer at the second point, or null: there is none.</param>
/// <param name="ReplacedBy">Of a replacement, the obligations that take the place with their answers; otherwise empty.</param>
/// <param name="Members">The members of the answer that this is about; empty when there is no answer at one of the points.</param>
/// <param name="Moved">The days that are others.</param>
/// <param name="Causes">What brought it about.</param>
/// <param name="Because">Why the answer is what it is at the second point; at the first where there is none any more.</param>
public sealed record ChangeItem(
    ChangeKind Kind,
    string ObligationId,
    string InstrumentId,
    string Jurisdiction,
    string Provision,
    LangText Title,
    StateBody? Before,
    StateBody? After,
    IReadOnlyList<SuccessorBody> ReplacedBy,
    IReadOnlyList<string> Members,
    IReadOnlyList<MovedDay> Moved,
    IReadOnlyList<CauseOfChange> Causes,
    LangText Because);

/// <summary>The answer for an obligation at one point, as the list shows it, without its texts.</summary>
/// <param name="Status">The status.</param>
/// <param name="Stage">The stage.</param>
/// <param name="Applies">Whether the condition holds.</param>
/// <param name="From">The first day of the legal window, or null.</param>
/// <param name="To">The first day after it, or null.</param>
/// <param name="FromLatest">The outer limit of a start that is not fixed, or null.</param>
/// <param name="AppliesSince">The first day on which this company is inside the window, or null.</param>
/// <param name="AppliesUntil">The first day on which it no longer is, or null.</param>
/// <param name="SuspendedUntil">When suspended: the day from which no order is open, or null.</param>
/// <param name="EnforcementPaused">True when in force but not enforced.</param>
/// <param name="MissingFacts">The facts that would decide whether it applies.</param>
/// <param name="Otherwise">When undetermined: the status it would have if it applied; otherwise null.</param>
/// <param name="Provision">The citation.</param>
/// <param name="Condition">The condition.</param>
public sealed record StateBody(
    Status Status,
    Stage Stage,
    Truth Applies,
    DateOnly? From,
    DateOnly? To,
    DateOnly? FromLatest,
    DateOnly? AppliesSince,
    DateOnly? AppliesUntil,
    DateOnly? SuspendedUntil,
    bool EnforcementPaused,
    IReadOnlyList<string> MissingFacts,
    Status? Otherwise,
    string Provision,
    string Condition)
{
    internal static StateBody? For(ObligationAnswer? answer) => answer is null ? null : new(
        answer.Status,
        answer.Stage,
        answer.Applies,
        answer.From,
        answer.To,
        answer.FromLatest,
        answer.AppliesSince,
        answer.AppliesUntil,
        answer.SuspendedUntil,
        answer.EnforcementPaused,
        answer.MissingFacts,
        answer.Otherwise,
        answer.Content.Provision,
        answer.Content.Condition);
}

/// <summary>An obligation that takes the place of another.</summary>
/// <param name="ObligationId">The obligation.</param>
/// <param name="After">The answer for it at the second point.</param>
public sealed record SuccessorBody(string ObligationId, StateBody After);

/// <summary>A day that is another.</summary>
/// <param name="Day">Which day: the name of the member.</param>
/// <param name="Before">The day at the first point, or null.</param>
/// <param name="After">The day at the second point, or null.</param>
public sealed record MovedDay(string Day, DateOnly? Before, DateOnly? After);

/// <summary>What brought a change about. Members that do not belong to its kind are null.</summary>
/// <param name="Kind">
/// <c>development</c>: something happened to the instrument; <c>fact</c>: a fact of the company is another, or a day that follows from it came;
/// <c>vocabulary</c>: the vocabulary gained a value of the fact; <c>registration</c>: the company was registered between the points.
/// </param>
/// <param name="DevelopmentId">The development.</param>
/// <param name="InstrumentId">The instrument to which it happened.</param>
/// <param name="DevelopmentKind">What happened.</param>
/// <param name="Date">The official day.</param>
/// <param name="PublicOn">The day on which the public could know it.</param>
/// <param name="Source">Where to look it up.</param>
/// <param name="Fact">The fact.</param>
/// <param name="Before">Its value at the first point; null where it was unknown.</param>
/// <param name="After">Its value at the second point; null where it is unknown.</param>
/// <param name="From">The first day on which that value holds; null: always.</param>
/// <param name="RecordedAt">When the development was recorded, the value declared, or the company registered.</param>
/// <param name="Position">The log position of that.</param>
public sealed record CauseOfChange(
    CauseKind Kind,
    string? DevelopmentId,
    string? InstrumentId,
    DevelopmentKind? DevelopmentKind,
    DateOnly? Date,
    DateOnly? PublicOn,
    string? Source,
    string? Fact,
    JsonNode? Before,
    JsonNode? After,
    DateOnly? From,
    DateTimeOffset? RecordedAt,
    long? Position);

/// <summary>What brought a change about.</summary>
public enum CauseKind
{
    /// <summary>Something happened to the instrument.</summary>
    Development,

    /// <summary>A fact of the company is another, or a day that follows from it came.</summary>
    Fact,

    /// <summary>The vocabulary gained a value of a fact.</summary>
    Vocabulary,

    /// <summary>The company was registered.</summary>
    Registration,
}
