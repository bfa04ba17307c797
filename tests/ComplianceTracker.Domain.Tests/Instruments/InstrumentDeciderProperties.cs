using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Tests.Support;
using FsCheck.Fluent;

namespace ComplianceTracker.Domain.Tests.Instruments;

/// <summary>Laws of the decider, for law made in any order.</summary>
public sealed class InstrumentDeciderProperties
{
    private static readonly InstrumentContext Context = new(Facts.Standard, _ => null);

    [Fact]
    public void Law_made_in_any_order_is_accepted_and_folds_and_a_second_recording_adds_nothing()
    {
        var cases = Scenarios.Developments.SelectMany(Scenarios.Reordered);

        Properties.ForAll(cases, developments =>
        {
            var state = InstrumentDecider.Evolve(null, new InstrumentRegistered(Law.Instrument));
            var events = ImmutableArray.Create<InstrumentEvent>(new InstrumentRegistered(Law.Instrument));
            foreach (var development in developments)
            {
                var decision = InstrumentDecider.Decide(state, new RecordDevelopment(development), Context);
                decision.Rejection.ShouldBeNull();
                state = decision.Events.Aggregate(state, InstrumentDecider.Evolve);
                events = events.AddRange(decision.Events);
            }

            foreach (var development in developments)
            {
                var again = InstrumentDecider.Decide(state, new RecordDevelopment(development), Context);
                again.Events.ShouldBeEmpty();
                again.Rejection!.Code.ShouldBe(RejectionCode.DevelopmentAlreadyRecorded);
            }

            InstrumentDecider.Decide(null, new RegisterInstrument(Law.Instrument, developments), Context).Events.ShouldBe(events);
        });
    }

    [Fact]
    public void A_refused_development_refuses_the_whole_registration()
    {
        Properties.ForAll(Scenarios.Developments, developments =>
        {
            var decision = InstrumentDecider.Decide(
                null, new RegisterInstrument(Law.Instrument, developments.Add(Law.Correction("fix", "2024-01-01", "nothing"))), Context);

            decision.Events.ShouldBeEmpty();
            decision.Rejection!.Pointer.ShouldBe($"/developments/{developments.Length}/corrects");
        });
    }
}
