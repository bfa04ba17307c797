using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Instruments;

/// <summary>What an instrument's decider must know beyond its own stream.</summary>
/// <param name="Vocabulary">The vocabulary as it is now.</param>
/// <param name="OwnerOf">The id of the instrument that defines the obligation, or null: none does yet.</param>
public sealed record InstrumentContext(FactVocabulary Vocabulary, Func<string, string?> OwnerOf);

/// <summary>
/// Decides what follows from a command to an instrument's record, and folds its events. Refuses what cannot be true and
/// nothing that is merely unusual: law is made in every order.
/// </summary>
public static class InstrumentDecider
{
    /// <summary>The events that follow, or why not.</summary>
    /// <param name="state">The record, or null: not registered.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="context">What else is known.</param>
    public static Decision<InstrumentEvent> Decide(InstrumentState? state, InstrumentCommand command, InstrumentContext context) => command switch
    {
        RegisterInstrument register => Register(state, register, context),
        RecordDevelopment when state is null => new Rejection(
            RejectionCode.InstrumentNotRegistered, "No instrument is registered under that id; register it before its developments."),
        RecordDevelopment record => Record(state, record.Development, "", context),
        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name}."),
    };

    /// <summary>The record after the event.</summary>
    public static InstrumentState Evolve(InstrumentState? state, InstrumentEvent @event) => @event switch
    {
        InstrumentRegistered e => new InstrumentState(e.Instrument, []),
        DevelopmentRecorded e when state is not null => state with { DevelopmentIds = state.DevelopmentIds.Add(e.Development.Id) },
        _ => throw new InvalidOperationException($"An instrument's stream cannot hold {@event.GetType().Name} before it is registered."),
    };

    private static Decision<InstrumentEvent> Register(InstrumentState? state, RegisterInstrument register, InstrumentContext context)
    {
        if (state is not null)
        {
            return new Rejection(RejectionCode.InstrumentAlreadyRegistered, $"The instrument '{state.Instrument.Id}' is registered already.", "/id");
        }

        if ((CheckIdentity(register.Instrument) ?? InstrumentLimits.Check(register.Instrument)) is { } rejection)
        {
            return rejection;
        }

        var events = ImmutableArray.Create<InstrumentEvent>(new InstrumentRegistered(register.Instrument));
        var record = Evolve(null, events[0]);
        for (var i = 0; i < register.Developments.Length; i++)
        {
            var decision = Record(record, register.Developments[i], $"/developments/{i}", context);
            if (decision.Rejection is not null)
            {
                return decision;
            }

            events = events.AddRange(decision.Events);
            record = decision.Events.Aggregate(record, Evolve);
        }

        return Decision<InstrumentEvent>.Accept(events);
    }

    private static Rejection? CheckIdentity(InstrumentIdentity instrument) =>
        !Slug.IsValid(instrument.Id) ? Invalid("/id", $"An instrument id is {Slug.Description}.")
        : !Jurisdiction.IsValid(instrument.Jurisdiction) ? Invalid("/jurisdiction", $"A jurisdiction is {Jurisdiction.Description}.")
        : !Slug.IsValid(instrument.Kind) ? Invalid("/kind", $"A kind is {Slug.Description}.")
        : null;

    private static Decision<InstrumentEvent> Record(InstrumentState state, Development development, string at, InstrumentContext context)
    {
        if (state.DevelopmentIds.Contains(development.Id))
        {
            return new Rejection(
                RejectionCode.DevelopmentAlreadyRecorded,
                $"'{state.Instrument.Id}' holds a development '{development.Id}' already; what was recorded wrongly is put right by a development of kind 'corrected'.",
                $"{at}/id");
        }

        var rejection = CheckDevelopment(state, development, at)
            ?? InstrumentLimits.Check(development, state.DevelopmentIds.Count, at)
            ?? EffectChecking.Check(state.Instrument.Id, development.Effects, at, context);
        return rejection is null ? Decision<InstrumentEvent>.Accept(new DevelopmentRecorded(development)) : rejection;
    }

    private static Rejection? CheckDevelopment(InstrumentState state, Development development, string at)
    {
        if (!Slug.IsValid(development.Id))
        {
            return Invalid($"{at}/id", $"A development id is {Slug.Description}.");
        }

        if (CheckScope(development.Scope, $"{at}/scope") is { } badScope)
        {
            return badScope;
        }

        if (string.IsNullOrWhiteSpace(development.Source))
        {
            return Invalid($"{at}/source", "A development names its source.");
        }

        return CheckDay(development.Date, $"{at}/date")
            ?? CheckDay(development.PublicOn, $"{at}/publicOn")
            ?? CheckCorrection(state, development, at);
    }

    private static Rejection? CheckScope(string? scope, string at) => scope is null or Development.AmendmentScope
        ? null
        : Invalid(at, $"A scope is '{Development.AmendmentScope}' or left out.") with { Expected = [Development.AmendmentScope] };

    private static Rejection? CheckDay(DateOnly? day, string at) => day is { } d && !LegalDate.IsInRange(d)
        ? new(RejectionCode.DateOutOfRange, "Days lie between 1900-01-01 and 2200-12-31.", at)
        : null;

    private static Rejection? CheckCorrection(InstrumentState state, Development development, string at)
    {
        if (development.Kind != DevelopmentKind.Corrected)
        {
            return development.Corrects is null && development.Restated is null
                ? null
                : Invalid($"{at}/corrects", "Only a development of kind 'corrected' corrects another.");
        }

        if (development.Corrects is not { } corrected || !state.DevelopmentIds.Contains(corrected))
        {
            return new(
                RejectionCode.CorrectionOfNothing,
                development.Corrects is null
                    ? "A correction names the development that it corrects."
                    : $"'{state.Instrument.Id}' holds no development '{development.Corrects}' that could be corrected.",
                $"{at}/corrects")
            {
                Expected = Nearest.To(development.Corrects ?? "", state.DevelopmentIds),
            };
        }

        return development.Restated is { } restated ? CheckRestated(restated, $"{at}/restated") : null;
    }

    // What a correction puts in the place of the original is held against the same rules as the original.
    private static Rejection? CheckRestated(Restatement restated, string at) =>
        restated.Kind == DevelopmentKind.Corrected
            ? Invalid($"{at}/kind", "A development cannot be restated as a correction.")
            : CheckScope(restated.Scope, $"{at}/scope")
                ?? CheckDay(restated.Date, $"{at}/date")
                ?? CheckDay(restated.PublicOn, $"{at}/publicOn");

    private static Rejection Invalid(string pointer, string detail) => new(RejectionCode.InvalidValue, detail, pointer);
}
