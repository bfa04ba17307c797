using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Companies;

/// <summary>A fact as someone declares it: not yet held against the vocabulary.</summary>
/// <param name="Fact">The name as given.</param>
/// <param name="Value">
/// The value as given, or null: unknown. Numbers and texts are held against the fact's type:
/// a whole number serves a double fact, a text <c>YYYY-MM-DD</c> a date fact.
/// </param>
/// <param name="Days">The days it speaks of, half-open.</param>
/// <param name="Pointer">Where it stands in the request, as a JSON Pointer.</param>
public sealed record GivenFact(string Fact, FactValue? Value, Days Days, string Pointer);

/// <summary>What someone asks of a company profile.</summary>
public abstract record CompanyCommand;

/// <summary>Registers the company or replaces its whole profile.</summary>
/// <param name="CompanyId">A slug.</param>
/// <param name="Name">The name; not blank, at most 300 characters.</param>
/// <param name="TimeZone">IANA time zone, known to the caller to exist, or null.</param>
/// <param name="Facts">The whole timeline.</param>
public sealed record PutCompany(string CompanyId, string Name, string? TimeZone, ImmutableArray<GivenFact> Facts) : CompanyCommand;

/// <summary>Declares facts on top of the profile.</summary>
/// <param name="Facts">The declarations; the later overrides the earlier.</param>
public sealed record DeclareFacts(ImmutableArray<GivenFact> Facts) : CompanyCommand;

/// <summary>Archives the company.</summary>
public sealed record ArchiveCompany : CompanyCommand;
