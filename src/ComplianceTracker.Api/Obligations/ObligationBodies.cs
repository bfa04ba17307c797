using ComplianceTracker.Api.Instruments;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Api.Obligations;

/// <summary>What one obligation means to one company.</summary>
public record ObligationItem
{
    /// <summary>The obligation's id, which survives renumbering.</summary>
    public required string ObligationId { get; init; }

    /// <summary>The instrument that carries it.</summary>
    public required string InstrumentId { get; init; }

    /// <summary>The instrument's jurisdiction.</summary>
    public required string Jurisdiction { get; init; }

    /// <summary>The citation on <c>asOf</c>.</summary>
    public required string Provision { get; init; }

    /// <summary>A short title.</summary>
    public required LangText Title { get; init; }

    /// <summary>What it asks for.</summary>
    public required LangText Summary { get; init; }

    /// <summary>The subject.</summary>
    public required string Category { get; init; }

    /// <summary>Duty, prohibition, permission, relief, power or definition.</summary>
    public required ObligationNature Nature { get; init; }

    /// <summary>The answer in one word.</summary>
    public required Status Status { get; init; }

    /// <summary>Where the rule itself stands.</summary>
    public required Stage Stage { get; init; }

    /// <summary>Whether the condition holds: yes, no or unknown.</summary>
    public required Truth Applies { get; init; }

    /// <summary>The first day of the legal window; null: no start fixed, or it never began.</summary>
    public required DateOnly? From { get; init; }

    /// <summary>The first day after the legal window, or the day on which it left the books; null: no end known.</summary>
    public required DateOnly? To { get; init; }

    /// <summary>The outer limit of a start that is not fixed, or null.</summary>
    public required DateOnly? FromLatest { get; init; }

    /// <summary>The first day on which this company is inside the window, or null.</summary>
    public required DateOnly? AppliesSince { get; init; }

    /// <summary>The first day on which it no longer is, or null: until further notice.</summary>
    public required DateOnly? AppliesUntil { get; init; }

    /// <summary>When suspended: the day from which no order is open; null: until lifted.</summary>
    public required DateOnly? SuspendedUntil { get; init; }

    /// <summary>True when it is in force but not enforced.</summary>
    public required bool EnforcementPaused { get; init; }

    /// <summary>The facts that would decide whether it applies.</summary>
    public required IReadOnlyList<string> MissingFacts { get; init; }

    /// <summary>When undetermined: the status it would have if it applied.</summary>
    public required Status? Otherwise { get; init; }

    /// <summary>Why, in a sentence.</summary>
    public required LangText Because { get; init; }

    /// <summary>When and how long it must be done.</summary>
    public required DutyBody Duty { get; init; }

    /// <summary>What a breach may cost, or null.</summary>
    public required LangText? Penalty { get; init; }

    /// <summary>Where to look it up.</summary>
    public required string Source { get; init; }

    /// <summary>How far it was checked: text, confirmed or known.</summary>
    public required Confidence Confidence { get; init; }

    /// <summary>True when <c>asOf</c> lies past the day to which the record was checked.</summary>
    public required bool Unverified { get; init; }

    /// <summary>The obligations whose place it takes.</summary>
    public required IReadOnlyList<string> Replaces { get; init; }

    /// <summary>The obligations that take its place at its end.</summary>
    public required IReadOnlyList<string> ReplacedBy { get; init; }
}

/// <summary>A page of a company's obligations on one set of clocks.</summary>
/// <param name="CompanyId">The company; null for a profile from nothing.</param>
/// <param name="AsOf">The legal day of the answer.</param>
/// <param name="KnownOn">Only what was public by this day counts.</param>
/// <param name="RecordedAt">Only what was recorded by this instant counts.</param>
/// <param name="TimeZone">The time zone of the default days.</param>
/// <param name="Position">The log position that the answer shows.</param>
/// <param name="Items">The obligations, by id.</param>
/// <param name="Next">The cursor of the next page, or null.</param>
public sealed record ObligationPage(
    string? CompanyId,
    DateOnly AsOf,
    DateOnly KnownOn,
    DateTimeOffset? RecordedAt,
    string TimeZone,
    long Position,
    IReadOnlyList<ObligationItem> Items,
    string? Next);
