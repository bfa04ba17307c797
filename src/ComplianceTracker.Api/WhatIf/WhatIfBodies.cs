using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using ComplianceTracker.Api.Facts;
using ComplianceTracker.Api.Instruments;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Obligations.Changes;
using ComplianceTracker.Domain.Common;
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

    /// <summary>Developments that have not happened, in order; as they would be recorded.</summary>
    public IReadOnlyList<SupposedDevelopmentBody>? Developments { get; init; }

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

    /// <summary>The statuses to list; left out: applicable, upcoming, suspended, and undetermined where it would be one of these.</summary>
    public IReadOnlyList<Status>? Status { get; init; }

    /// <summary>How many obligations at most, 1 to 1000; left out: 100.</summary>
    public int? Limit { get; init; }

    /// <summary>The cursor of the page before.</summary>
    public string? Cursor { get; init; }
}

/// <summary>A development that has not happened.</summary>
public sealed record SupposedDevelopmentBody : DevelopmentBody
{
    /// <summary>The instrument to which it is supposed to happen.</summary>
    public required string InstrumentId { get; init; }
}

/// <summary>A page of what would apply on one set of clocks.</summary>
/// <param name="CompanyId">The company to start from; null for a profile from nothing.</param>
/// <param name="AsOf">The legal day of the answer.</param>
/// <param name="KnownOn">Only what was public by this day counts.</param>
/// <param name="RecordedAt">Only what was recorded by this instant counts.</param>
/// <param name="TimeZone">The time zone of the default days.</param>
/// <param name="Position">The log position that the answer shows.</param>
/// <param name="Differences">
/// How that differs from what is on record: the company's own facts and the law as it is, on the same legal day. Of a profile from
/// nothing, from the same profile under the law as it is. All of them stand on the first page, and none on the others.
/// </param>
/// <param name="Items">The obligations, by id.</param>
/// <param name="Next">The cursor of the next page, or null.</param>
public sealed record WhatIfPage(
    string? CompanyId,
    DateOnly AsOf,
    DateOnly KnownOn,
    DateTimeOffset? RecordedAt,
    string TimeZone,
    long Position,
    IReadOnlyList<DifferenceBody> Differences,
    IReadOnlyList<ObligationItem> Items,
    string? Next);

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

/// <summary>An expression to look over. Nothing is stored.</summary>
public sealed record CheckBody
{
    /// <summary>An expression in CEL syntax over the vocabulary and <c>factTypes</c>.</summary>
    public required string Expression { get; init; }

    /// <summary>Types of facts that the vocabulary does not hold, by name.</summary>
    public IReadOnlyDictionary<string, FactType>? FactTypes { get; init; }
}

/// <summary>What can be said of an expression before it is recorded.</summary>
/// <param name="Type">Its type as CEL writes it, such as <c>bool</c> or <c>list(int)</c>. A condition is a bool.</param>
/// <param name="Facts">The facts it reads, by name.</param>
/// <param name="PlainLanguage">It in plain words, made of the vocabulary's descriptions.</param>
/// <param name="Simplified">The simplest equivalent found; null where none is simpler.</param>
/// <param name="Simplifications">What became simpler, part by part.</param>
/// <param name="Warnings">What is probably a mistake.</param>
public sealed record CheckAnswer(
    string Type,
    IReadOnlyList<FactDefinitionItem> Facts,
    LangText PlainLanguage,
    string? Simplified,
    IReadOnlyList<SimplificationBody> Simplifications,
    IReadOnlyList<ConditionWarningBody> Warnings)
{
    internal static CheckAnswer From(ConditionReport report) => new(
        report.Type,
        [..report.Facts.Select(FactDefinitionItem.From)],
        report.PlainLanguage,
        report.Simplified,
        [..report.Simplifications.Select(s => new SimplificationBody(s.At.Line, s.At.Column, s.At.Text, s.Simpler))],
        [..report.Warnings.Select(w => new ConditionWarningBody(w.Kind, w.At.Line, w.At.Column, w.At.Text, w.Message))]);
}

/// <summary>A part that can be said in fewer words.</summary>
/// <param name="Line">The line it starts on, from 1.</param>
/// <param name="Column">The column it starts at, from 1, in UTF-16 code units.</param>
/// <param name="Text">The part as it is written.</param>
/// <param name="Simpler">What can stand in its place.</param>
public sealed record SimplificationBody(int Line, int Column, string Text, string Simpler);

/// <summary>A part that is well-typed and probably a mistake.</summary>
/// <param name="Kind">What is odd about it.</param>
/// <param name="Line">The line it starts on, from 1.</param>
/// <param name="Column">The column it starts at, from 1, in UTF-16 code units.</param>
/// <param name="Text">The part as it is written.</param>
/// <param name="Message">What is odd, for the person who wrote it.</param>
public sealed record ConditionWarningBody(ConditionWarningKind Kind, int Line, int Column, string Text, LangText Message);
