using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Tests.Support;
using ComplianceTracker.Domain.Vocabulary;
using FsCheck.Fluent;
using static ComplianceTracker.Domain.Tests.Support.Facts;
using static ComplianceTracker.Domain.Tests.Support.Law;

namespace ComplianceTracker.Domain.Tests.Companies;

/// <summary>What a company declared of one fact, by day.</summary>
public sealed class FactTimelineTests
{
    private static readonly FactValue Old = new IntValue(1);
    private static readonly FactValue New = new IntValue(2);

    [Fact]
    public void A_fact_that_nobody_declared_is_unknown()
    {
        FactTimeline.Empty.ValueOn(Day("2024-01-01")).ShouldBeNull();
    }

    [Fact]
    public void A_value_holds_from_its_first_day_to_the_day_before_its_end()
    {
        var timeline = FactTimeline.Empty.Declare(Window("2024-01-01", "2024-02-01"), Old);

        timeline.ValueOn(Day("2023-12-31")).ShouldBeNull();
        timeline.ValueOn(Day("2024-01-01")).ShouldBe(Old);
        timeline.ValueOn(Day("2024-01-31")).ShouldBe(Old);
        timeline.ValueOn(Day("2024-02-01")).ShouldBeNull();
    }

    [Fact]
    public void A_later_declaration_cuts_out_of_an_earlier_one_and_leaves_both_ends()
    {
        var timeline = FactTimeline.Empty.Declare(Days.Always, Old).Declare(Window("2024-01-01", "2024-02-01"), New);

        timeline.Pieces.ShouldBe([new(Window(to: "2024-01-01"), Old), new(Window("2024-01-01", "2024-02-01"), New), new(Window("2024-02-01"), Old)]);
    }

    [Fact]
    public void A_later_declaration_cuts_left_and_right_neighbours()
    {
        var timeline = FactTimeline.Empty
            .Declare(Window("2024-01-01", "2024-03-01"), Old)
            .Declare(Window("2024-04-01", "2024-06-01"), Old)
            .Declare(Window("2024-02-01", "2024-05-01"), New);

        timeline.Pieces.ShouldBe([
            new(Window("2024-01-01", "2024-02-01"), Old),
            new(Window("2024-02-01", "2024-05-01"), New),
            new(Window("2024-05-01", "2024-06-01"), Old)]);
    }

    [Fact]
    public void A_declaration_without_days_overrides_everything()
    {
        FactTimeline.Empty.Declare(Window("2024-01-01"), Old).Declare(Days.Always, New).Pieces.ShouldHaveSingleItem().Value.ShouldBe(New);
    }

    [Fact]
    public void Null_makes_a_fact_unknown_again()
    {
        var timeline = FactTimeline.Empty.Declare(Days.Always, Old).Declare(Window("2024-01-01"), null);

        timeline.ValueOn(Day("2023-12-31")).ShouldBe(Old);
        timeline.ValueOn(Day("2024-01-01")).ShouldBeNull();
    }

    [Fact]
    public void Timelines_compare_by_content()
    {
        var one = FactTimeline.Empty.Declare(Window("2024-01-01"), SetValue.Complete("x", "y"));
        var other = FactTimeline.Empty.Declare(Window("2024-01-01"), SetValue.Complete("y", "x"));

        one.ShouldBe(other);
        one.GetHashCode().ShouldBe(other.GetHashCode());
        one.ShouldNotBe(other.Declare(Window("2025-01-01"), null));
    }

    [Fact]
    public void Declaring_agrees_with_writing_down_each_day()
    {
        var bound = Gen.Choose(0, 12);
        var declaration =
            from kind in Gen.Choose(0, 3)
            from first in bound
            from length in Gen.Choose(1, 6)
            from value in Gen.Choose(0, 3)
            select (Days: new Days(kind is 0 or 1 ? null : On(first), kind is 0 or 2 ? null : On(first + length)), Value: value == 0 ? null : (FactValue)new IntValue(value));

        Properties.ForAll(declaration.ListOf(), declarations =>
        {
            var timeline = FactTimeline.Empty;
            var byDay = new FactValue?[25];
            foreach (var (days, value) in declarations)
            {
                timeline = timeline.Declare(days, value);
                for (var i = 0; i < byDay.Length; i++)
                {
                    byDay[i] = days.Contains(On(i - 2)) ? value : byDay[i];
                }
            }

            Enumerable.Range(0, byDay.Length).Select(i => timeline.ValueOn(On(i - 2))).ShouldBe(byDay);
            timeline.Pieces.ShouldAllBe(p => !p.Days.IsEmpty);
            timeline.Pieces.Zip(timeline.Pieces.Skip(1)).ShouldAllBe(pair => pair.First.Days.To <= pair.Second.Days.From);
        });

        static DateOnly On(int i) => new DateOnly(2024, 1, 10).AddDays(i);
    }
}
