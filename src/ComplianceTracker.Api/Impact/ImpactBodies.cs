using System.ComponentModel.DataAnnotations;
using ComplianceTracker.Api.Instruments;
using ComplianceTracker.Api.Obligations.Changes;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Consequences;

namespace ComplianceTracker.Api.Impact;

/// <summary>Developments that have not happened. Nothing is stored.</summary>
public sealed record ImpactBody
{
    /// <summary>What is supposed to happen to the instrument, in order; as they would be recorded.</summary>
    public required IReadOnlyList<DevelopmentBody> Developments { get; init; }

    /// <summary>The legal day of the question.</summary>
    public DateOnly? AsOf { get; init; }

    /// <summary>Only what was public by this day counts; left out: today, or the last public day of what is supposed.</summary>
    public DateOnly? KnownOn { get; init; }

    /// <summary>Only what was recorded by this instant counts.</summary>
    [DataType(DataType.DateTime)]
    public string? RecordedAt { get; init; }

    /// <summary>Only what was recorded by this log position counts.</summary>
    public long? Position { get; init; }

    /// <summary>The IANA time zone of the default days.</summary>
    public string? TimeZone { get; init; }

    /// <summary><c>yes</c> (left out: this) lists the companies for which something changes, <c>unknown</c> those for which that is undetermined.</summary>
    public Truth? Applies { get; init; }

    /// <summary>How many companies at most, 1 to 1000; left out: 100.</summary>
    public int? Limit { get; init; }

    /// <summary>The cursor of the page before.</summary>
    public string? Cursor { get; init; }
}

/// <summary>Whom a change of law touches.</summary>
/// <param name="InstrumentId">The instrument.</param>
/// <param name="DevelopmentIds">The developments whose effect this is; all of the instrument's when it is about the instrument.</param>
/// <param name="AsOf">The legal day of the answers compared.</param>
/// <param name="KnownOn">Only what was public by this day counts.</param>
/// <param name="RecordedAt">When the position was recorded, or the instant asked for.</param>
/// <param name="TimeZone">The time zone of the default days.</param>
/// <param name="Position">The log position that the answer shows.</param>
/// <param name="Obligations">The obligations that differ with and without it, whomever they concern.</param>
/// <param name="Counts">How many companies it touches.</param>
/// <param name="Items">The companies, by id.</param>
/// <param name="Next">The cursor of the next page, or null.</param>
public sealed record ImpactPage(
    string InstrumentId,
    IReadOnlyList<string> DevelopmentIds,
    DateOnly AsOf,
    DateOnly KnownOn,
    DateTimeOffset? RecordedAt,
    string TimeZone,
    long Position,
    IReadOnlyList<string> Obligations,
    ImpactCounts Counts,
    IReadOnlyList<ImpactItem> Items,
    string? Next);

/// <summary>How many companies a change of law touches.</summary>
/// <param name="Companies">How many there are.</param>
/// <param name="Touched">For how many something changes.</param>
/// <param name="Undetermined">For how many more something may change: facts are missing to tell.</param>
/// <param name="ByKind">By what changes; a company may stand in several.</param>
/// <param name="ByJurisdiction">By where the companies touched operate (their fact <c>operates_in</c>), undetermined ones included; a company may stand in several.</param>
/// <param name="MissingFacts">The facts that would tell, the one that tells about most companies first.</param>
public sealed record ImpactCounts(
    int Companies, int Touched, int Undetermined, IReadOnlyList<KindCount> ByKind, IReadOnlyList<JurisdictionCount> ByJurisdiction, IReadOnlyList<FactCount> MissingFacts);

/// <summary>How often something changes.</summary>
/// <param name="Kind">What.</param>
/// <param name="Companies">For how many companies.</param>
/// <param name="Changes">For how many obligations of them, together.</param>
public sealed record KindCount(ConsequenceKind Kind, int Companies, int Changes);

/// <summary>How many companies of a place are touched.</summary>
/// <param name="Jurisdiction">The place, as the companies name it.</param>
/// <param name="Companies">How many.</param>
public sealed record JurisdictionCount(string Jurisdiction, int Companies);

/// <summary>For how many companies a fact would tell.</summary>
/// <param name="Fact">The fact.</param>
/// <param name="Description">What it means.</param>
/// <param name="Companies">How many.</param>
public sealed record FactCount(string Fact, LangText Description, int Companies);

/// <summary>A company that is touched.</summary>
/// <param name="CompanyId">The company.</param>
/// <param name="Name">Its name.</param>
/// <param name="Applies">yes: something changes; unknown: that depends on facts that are missing.</param>
/// <param name="Changes">What changes, by obligation.</param>
/// <param name="MissingFacts">The facts that would tell more, ordinal.</param>
public sealed record ImpactItem(string CompanyId, string Name, Truth Applies, IReadOnlyList<DifferenceBody> Changes, IReadOnlyList<string> MissingFacts);
