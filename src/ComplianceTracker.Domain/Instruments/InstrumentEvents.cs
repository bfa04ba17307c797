using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;

namespace ComplianceTracker.Domain.Instruments;

/// <summary>What happened to the record of an instrument.</summary>
public abstract record InstrumentEvent;

/// <summary>The instrument is on record.</summary>
/// <param name="Instrument">What it is.</param>
public sealed record InstrumentRegistered(InstrumentIdentity Instrument) : InstrumentEvent;

/// <summary>A development is on record.</summary>
/// <param name="Development">What happened.</param>
public sealed record DevelopmentRecorded(Development Development) : InstrumentEvent;

/// <summary>What someone asks of an instrument's record.</summary>
public abstract record InstrumentCommand;

/// <summary>Registers the instrument, with the developments known so far.</summary>
/// <param name="Instrument">What it is.</param>
/// <param name="Developments">What happened to it, in any order but a correction after what it corrects.</param>
public sealed record RegisterInstrument(InstrumentIdentity Instrument, ImmutableArray<Development> Developments) : InstrumentCommand;

/// <summary>Records one development.</summary>
/// <param name="Development">What happened.</param>
public sealed record RecordDevelopment(Development Development) : InstrumentCommand;

/// <summary>The record of an instrument as its decider needs it.</summary>
/// <param name="Instrument">What it is.</param>
/// <param name="DevelopmentIds">The ids of the developments on record.</param>
public sealed record InstrumentState(InstrumentIdentity Instrument, ImmutableHashSet<string> DevelopmentIds);
