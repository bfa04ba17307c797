using System.Collections.Immutable;

namespace ComplianceTracker.Domain.Common;

/// <summary>Why a command was refused. Each code is one problem type of the API.</summary>
public enum RejectionCode
{
    /// <summary>A value is not of the form asked for.</summary>
    InvalidValue,

    /// <summary>A day lies outside 1900-2200.</summary>
    DateOutOfRange,

    /// <summary>A window ends on or before the day on which it starts.</summary>
    WindowEndsBeforeStart,

    /// <summary>No instrument is registered under that id.</summary>
    InstrumentNotRegistered,

    /// <summary>An instrument is registered under that id already.</summary>
    InstrumentAlreadyRegistered,

    /// <summary>The instrument's record holds a development of that id already.</summary>
    DevelopmentAlreadyRecorded,

    /// <summary>A correction names a development that the instrument's record does not hold.</summary>
    CorrectionOfNothing,

    /// <summary>An effect names an obligation that another instrument owns.</summary>
    ObligationOfAnotherInstrument,

    /// <summary>A text is too long, a list has too many entries, or the record would grow beyond what it takes (<see cref="RecordLimits"/>).</summary>
    LimitExceeded,

    /// <summary>An applicability condition does not parse or does not type-check.</summary>
    ConditionInvalid,

    /// <summary>A fact of that name is not in the vocabulary.</summary>
    UnknownFact,

    /// <summary>A value is not of the fact's type.</summary>
    FactTypeMismatch,

    /// <summary>A value is not one of those the fact lists.</summary>
    UnknownFactValue,

    /// <summary>The fact is defined with another type; a type never changes.</summary>
    FactTypeNeverChanges,

    /// <summary>No company is registered under that id.</summary>
    CompanyNotRegistered,

    /// <summary>A company is registered under that id already.</summary>
    CompanyAlreadyRegistered,

    /// <summary>The company was archived and takes no more changes.</summary>
    CompanyArchived,
}

/// <summary>A refusal of a command: an expected answer, not an exception. Nothing of the command was accepted.</summary>
/// <param name="Code">What kind of refusal.</param>
/// <param name="Detail">What was wrong and what would be right, for a person.</param>
/// <param name="Pointer">Where in the command's body, as a JSON Pointer (RFC 6901), or null for the command as a whole.</param>
public sealed record Rejection(RejectionCode Code, string Detail, string? Pointer = null)
{
    /// <summary>What would have been accepted in that place: nearest names, allowed values; empty when there is no list.</summary>
    public ImmutableArray<string> Expected { get; init; } = [];

    /// <summary>The line of the text at fault, counted from 1, where the text is a condition.</summary>
    public int? Line { get; init; }

    /// <summary>The column in that line, counted from 1 in UTF-16 code units.</summary>
    public int? Column { get; init; }
}
