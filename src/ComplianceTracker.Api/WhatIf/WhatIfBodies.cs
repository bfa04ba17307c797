using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.WhatIf;

/// <summary>A question about a company that is not, or not yet, as it is on record. Nothing is stored.</summary>
public sealed record ApplicabilityBody
{
    /// <summary>A registered company to start from; left out: a profile from nothing.</summary>
    public string? CompanyId { get; init; }

    /// <summary>Facts by name that take the place of the company's, on all days; null means unknown.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Facts { get; init; }

    /// <summary>The legal day of the question.</summary>
    public DateOnly? AsOf { get; init; }

    /// <summary>Only what was public by this day counts.</summary>
    public DateOnly? KnownOn { get; init; }

    /// <summary>Only what was recorded by this instant counts.</summary>
    [DataType(DataType.DateTime)]
    public string? RecordedAt { get; init; }

    /// <summary>Only what was recorded by this log position counts.</summary>
    public long? Position { get; init; }

    /// <summary>The IANA time zone of the default days.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The statuses to list; left out: applicable, upcoming, suspended, and undetermined where it would be one of these.</summary>
    public IReadOnlyList<Status>? Status { get; init; }

    /// <summary>How many obligations at most, 1 to 1000; left out: 100.</summary>
    public int? Limit { get; init; }

    /// <summary>The cursor of the page before.</summary>
    public string? Cursor { get; init; }
}

/// <summary>An expression to evaluate. Nothing is stored.</summary>
public sealed record EvaluateBody
{
    /// <summary>A condition in CEL syntax over the vocabulary and <c>factTypes</c>.</summary>
    public required string Expression { get; init; }

    /// <summary>Facts by name; null and left out mean unknown.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Facts { get; init; }

    /// <summary>Types of facts that the vocabulary does not hold, by name.</summary>
    public IReadOnlyDictionary<string, FactType>? FactTypes { get; init; }
}

/// <summary>What an expression comes to.</summary>
/// <param name="Result">yes, no or unknown.</param>
/// <param name="MissingFacts">The facts that would decide it; empty unless unknown.</param>
/// <param name="Trace">Every step.</param>
public sealed record EvaluateAnswer(Truth Result, IReadOnlyList<string> MissingFacts, TraceBody Trace);
