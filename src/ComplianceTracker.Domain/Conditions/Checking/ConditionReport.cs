using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>What can be said of an expression before it is recorded.</summary>
/// <param name="Type">Its type as CEL writes it (<c>bool</c>, <c>list(int)</c>), or <c>string-set</c>.</param>
/// <param name="Facts">The facts it reads, by name, ordinal.</param>
/// <param name="PlainLanguage">It in plain words.</param>
/// <param name="Simplified">The simplest equivalent found, in canonical text; null where none is simpler.</param>
/// <param name="Simplifications">What became simpler, part by part, in the order of the text.</param>
/// <param name="Warnings">What is probably a mistake, in the order of the text.</param>
public sealed record ConditionReport(
    string Type,
    ImmutableArray<FactDefinition> Facts,
    LangText PlainLanguage,
    string? Simplified,
    ImmutableArray<Simplification> Simplifications,
    ImmutableArray<ConditionWarning> Warnings);

/// <summary>A part that can be said in fewer words.</summary>
/// <param name="At">Where it stands.</param>
/// <param name="Simpler">What it can be replaced with, in canonical text; in parentheses where its place needs them.</param>
public sealed record Simplification(TextPlace At, string Simpler);

/// <summary>A part that is well-typed and probably a mistake.</summary>
/// <param name="Kind">What is odd.</param>
/// <param name="At">Where it stands.</param>
/// <param name="Message">What is odd, for the person who wrote it.</param>
public sealed record ConditionWarning(ConditionWarningKind Kind, TextPlace At, LangText Message);

/// <summary>A stretch of a text. Lines and columns count from 1, columns in UTF-16 code units.</summary>
/// <param name="Line">The line it starts on.</param>
/// <param name="Column">The column it starts at.</param>
/// <param name="Text">What is written there.</param>
public sealed record TextPlace(int Line, int Column, string Text);

/// <summary>What is odd about a part of an expression.</summary>
public enum ConditionWarningKind
{
    /// <summary>It is yes whatever values its facts have, once they are known.</summary>
    AlwaysTrue,

    /// <summary>It is no whatever values its facts have, once they are known.</summary>
    AlwaysFalse,

    /// <summary>It fails whatever its facts are.</summary>
    AlwaysFails,

    /// <summary>It compares a fact with a value that the fact cannot have, or cannot pass.</summary>
    OutOfRange,

    /// <summary>It asks for a value that the fact does not list, so that no company can declare it.</summary>
    UndeclaredValue,

    /// <summary>The whole is no truth, so it can be no condition.</summary>
    NoCondition,
}

/// <summary>A report or the reason why there is none: exactly one of the two.</summary>
/// <param name="Report">The report, or null.</param>
/// <param name="Error">The first error of the text, or null.</param>
public sealed record ConditionReportResult(ConditionReport? Report, ConditionError? Error)
{
    /// <summary>True when the text is well-formed and well-typed.</summary>
    [MemberNotNullWhen(true, nameof(Report))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsValid => Report is not null;
}
