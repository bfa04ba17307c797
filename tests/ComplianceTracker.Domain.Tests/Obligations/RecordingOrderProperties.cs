using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Tests.Support;
using FsCheck.Fluent;

namespace ComplianceTracker.Domain.Tests.Obligations;

/// <summary>News arrives late and out of order; answers do not depend on it.</summary>
public sealed class RecordingOrderProperties
{
    [Fact]
    public void Any_order_of_recording_the_same_developments_gives_the_same_histories_and_answers()
    {
        var cases =
            from developments in Scenarios.Developments
            from reordered in Scenarios.Reordered(developments)
            from company in Scenarios.Company
            from knownOn in Scenarios.Day
            from asOf in Scenarios.Day
            select (One: new LawBook(developments), Other: new LawBook(reordered), company, KnownOn: $"{knownOn:yyyy-MM-dd}", AsOf: $"{asOf:yyyy-MM-dd}");

        Properties.ForAll(cases, c =>
        {
            foreach (var knownOn in new[] { c.KnownOn, LawBook.Always })
            {
                Describe(c.Other, knownOn).ShouldBe(Describe(c.One, knownOn));
                Texts.Of(c.Other.Unresolved(knownOn)).ShouldBe(Texts.Of(c.One.Unresolved(knownOn)));
                Texts.Of(c.Other.Ask(c.AsOf, knownOn, c.company)).ShouldBe(Texts.Of(c.One.Ask(c.AsOf, knownOn, c.company)));
                c.Other.InstrumentStageOn(c.AsOf, knownOn).ShouldBe(c.One.InstrumentStageOn(c.AsOf, knownOn));
            }
        });
    }

    [Fact]
    public void An_earlier_position_hides_exactly_what_was_recorded_later()
    {
        var cases =
            from developments in Scenarios.Developments
            from position in Gen.Choose(0, developments.Length)
            from knownOn in Scenarios.Day
            select (Whole: new LawBook(developments), Then: new LawBook(developments.Take(position)), position, KnownOn: $"{knownOn:yyyy-MM-dd}");

        Properties.ForAll(cases, c => Describe(c.Whole, c.KnownOn, c.position).ShouldBe(Describe(c.Then, c.KnownOn)));
    }

    [Fact]
    public void Each_development_counts_once_and_in_order()
    {
        Properties.ForAll(Scenarios.Developments, developments =>
        {
            var counted = new LawBook(developments).Counted();

            counted.Select(c => c.Development.Id).ShouldBe(
                developments.Where(d => d.Kind != DevelopmentKind.Corrected).Select(d => d.Id), ignoreOrder: true);
            counted.Select(c => (c.Development.Date, c.Development.Order, c.Development.Id)).ShouldBeInOrder();
        });
    }

    private static string Describe(LawBook book, string knownOn, long position = long.MaxValue) =>
        string.Join("\n\n", LegalHistoryFold.Fold(Law.Instrument, book.Counted(knownOn, position)).Histories.Select(Texts.Of));
}
