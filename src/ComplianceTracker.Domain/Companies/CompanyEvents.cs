using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Companies;

/// <summary>A value declared for a fact.</summary>
/// <param name="Fact">The fact's name.</param>
/// <param name="Value">The value, or null: unknown again.</param>
/// <param name="Days">The days it speaks of, half-open.</param>
public sealed record FactDeclaration(string Fact, FactValue? Value, Days Days);

/// <summary>What happened to a company profile.</summary>
public abstract record CompanyEvent;

/// <summary>The company was registered with its facts.</summary>
/// <param name="CompanyId">The company's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="TimeZone">Its IANA time zone, or null.</param>
/// <param name="Facts">What it declared.</param>
public sealed record CompanyRegistered(string CompanyId, string Name, string? TimeZone, ImmutableArray<FactDeclaration> Facts) : CompanyEvent;

/// <summary>The whole profile was replaced: what was declared before no longer counts.</summary>
/// <param name="Name">The new name.</param>
/// <param name="TimeZone">The new IANA time zone, or null.</param>
/// <param name="Facts">What it declares now.</param>
public sealed record CompanyReplaced(string Name, string? TimeZone, ImmutableArray<FactDeclaration> Facts) : CompanyEvent;

/// <summary>Facts were declared on top of what was declared before.</summary>
/// <param name="Facts">The declarations; the later overrides the earlier.</param>
public sealed record FactsDeclared(ImmutableArray<FactDeclaration> Facts) : CompanyEvent;

/// <summary>The company takes no more changes and is no longer listed.</summary>
public sealed record CompanyWasArchived : CompanyEvent;
