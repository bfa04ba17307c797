using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Obligations;

namespace ComplianceTracker.Domain.Consequences;

/// <summary>The answer for one obligation of one company changed. Facts of the company are not in here, only what they lead to.</summary>
public sealed record ConsequenceRecorded
{
    /// <summary>What changed.</summary>
    public required ConsequenceKind Kind { get; init; }

    /// <summary>The company.</summary>
    public required string CompanyId { get; init; }

    /// <summary>The obligation; of a replacement, the one that is over.</summary>
    public required ObligationSummary Obligation { get; init; }

    /// <summary>The answer before, or null: there was none.</summary>
    public required ObligationState? Before { get; init; }

    /// <summary>The answer since, or null: there is none any more.</summary>
    public required ObligationState? After { get; init; }

    /// <summary>Of a replacement, the obligations that take the place, with their answers since; otherwise empty.</summary>
    public required ImmutableArray<Successor> ReplacedBy { get; init; }

    /// <summary>The members of the answer that differ, in the API's names; empty when there is no answer before or since.</summary>
    public required ImmutableArray<string> Changes { get; init; }

    /// <summary>Why the answer is what it is now, by language.</summary>
    public required LangText Because { get; init; }

    /// <summary>The day that approaches, where that is the news; otherwise null.</summary>
    public required ApproachingDay? Approaching { get; init; }

    /// <summary>The event of the log that caused it.</summary>
    public required ConsequenceCause Cause { get; init; }

    /// <summary>The clocks under which the answer since holds.</summary>
    public required ConsequenceClocks Clocks { get; init; }
}

/// <summary>Which obligation it is.</summary>
/// <param name="Id">The obligation's id.</param>
/// <param name="InstrumentId">The instrument that owns it.</param>
/// <param name="Jurisdiction">The instrument's jurisdiction.</param>
/// <param name="Topics">The instrument's topics.</param>
/// <param name="Category">The obligation's category.</param>
/// <param name="Provision">Where it stands in the instrument.</param>
/// <param name="Title">What it is about, by language.</param>
public sealed record ObligationSummary(
    string Id, string InstrumentId, string Jurisdiction, ImmutableArray<string> Topics, string Category, string Provision, LangText Title)
{
    /// <summary>The obligation that the answer is about, as of the answer's day.</summary>
    public static ObligationSummary Of(ObligationAnswer answer) => new(
        answer.History.ObligationId,
        answer.History.Instrument.Id,
        answer.History.Instrument.Jurisdiction,
        answer.History.Instrument.Topics,
        answer.Content.Category,
        answer.Content.Provision,
        answer.Content.Title);
}

/// <summary>The answer for an obligation, as the API's list shows it, without its texts. Days as in <see cref="ObligationAnswer"/>.</summary>
/// <param name="Status">The status.</param>
/// <param name="Stage">The stage.</param>
/// <param name="Applies">Whether the condition holds.</param>
/// <param name="From">The first day of the legal window for the company, or null.</param>
/// <param name="To">The first day after it, or null.</param>
/// <param name="FromLatest">The outer limit of a start that is not fixed, or null.</param>
/// <param name="AppliesSince">The first day of the run in which the company is inside the window, or null.</param>
/// <param name="AppliesUntil">The first day after that run, or null.</param>
/// <param name="SuspendedUntil">When suspended: the day from which no order is open, or null.</param>
/// <param name="EnforcementPaused">True when in force but not enforced.</param>
/// <param name="MissingFacts">The facts that would decide whether it applies, ordinal.</param>
/// <param name="Otherwise">When undetermined: the status it would have if it applied. Otherwise null.</param>
public sealed record ObligationState(
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
    ImmutableArray<string> MissingFacts,
    Status? Otherwise)
{
    /// <summary>The state of an answer; null of none.</summary>
    public static ObligationState? Of(ObligationAnswer? answer) => answer is null ? null : new(
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
        answer.Otherwise);

    /// <summary>Compares by content.</summary>
    public bool Equals(ObligationState? other) =>
        other is not null && MissingFacts.SequenceEqual(other.MissingFacts, StringComparer.Ordinal) && Rest == other.Rest;

    /// <inheritdoc/>
    public override int GetHashCode() => Rest.GetHashCode();

    private (Status, Stage, Truth, (DateOnly?, DateOnly?, DateOnly?, DateOnly?, DateOnly?, DateOnly?), bool, Status?) Rest =>
        (Status, Stage, Applies, (From, To, FromLatest, AppliesSince, AppliesUntil, SuspendedUntil), EnforcementPaused, Otherwise);
}

/// <summary>An obligation that takes the place of another.</summary>
/// <param name="Obligation">Which it is.</param>
/// <param name="After">The answer for it since.</param>
public sealed record Successor(ObligationSummary Obligation, ObligationState After);

/// <summary>A day that is near.</summary>
/// <param name="What">Which day: <c>from</c>, <c>to</c>, <c>suspended-until</c> or <c>deadline</c>.</param>
/// <param name="On">The day.</param>
/// <param name="LeadTime">How long before it subscribers wanted to be told.</param>
public sealed record ApproachingDay(string What, DateOnly On, CalendarOffset LeadTime);

/// <summary>The event that caused a consequence.</summary>
/// <param name="EventId">Its id.</param>
/// <param name="Type">Its name without version: <c>instrument.passed</c>, <c>company.facts-declared</c>, <c>clock.advanced</c>.</param>
/// <param name="Position">Its position in the log.</param>
/// <param name="InstrumentId">The instrument, where it is a development.</param>
/// <param name="DevelopmentId">The development, where it is one; where a day arrived, the one that decided that day if it is known.</param>
/// <param name="Source">The development's source, or null.</param>
public sealed record ConsequenceCause(Guid EventId, string Type, long Position, string? InstrumentId, string? DevelopmentId, string? Source);

/// <summary>The clocks of a consequence.</summary>
/// <param name="AsOf">The legal day: the date in the time zone.</param>
/// <param name="KnownOn">What was public by this day counts; the same day.</param>
/// <param name="TimeZone">The IANA time zone of the obligation's jurisdiction, in which its days begin.</param>
/// <param name="Position">The log position of the cause: what was recorded by it counts.</param>
/// <param name="RecordedAt">When the cause was recorded.</param>
public sealed record ConsequenceClocks(DateOnly AsOf, DateOnly KnownOn, string TimeZone, long Position, DateTimeOffset RecordedAt);
