using System.Collections.Immutable;
using ComplianceTracker.Domain.Explanations;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Tests.Support;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Tests.Explanations;

public sealed class CounterfactualTests
{
    [Fact]
    public void A_threshold_is_named_as_the_condition_writes_it()
    {
        var told = Of("a && staff >= 10", ("a", new BoolValue(true)), ("staff", new IntValue(12)));

        told.Select(t => (t.Changes.Single().Fact, t.Changes.Single().To, t.Becomes)).ShouldBe(
            [("a", new BoolValue(false), Status.NotApplicable), ("staff", (FactValue)new IntValue(9), Status.NotApplicable)]);
        told[1].Changes[0].Range.ShouldBe(new ValueRange(null, null, null, new IntValue(10)));
    }

    [Fact]
    public void A_number_can_leave_a_range_on_either_side()
    {
        var told = Of("staff > 10 && staff <= 15", ("staff", new IntValue(12)));

        told.Select(t => t.Changes.Single().To).ShouldBe([new IntValue(10), new IntValue(16)]);
        told.Select(t => t.Changes.Single().Range).ShouldBe(
            [new ValueRange(null, null, new IntValue(10), null), new ValueRange(null, new IntValue(15), null, null)]);
    }

    [Fact]
    public void A_fraction_stops_just_below_its_threshold()
    {
        var change = Of("share >= 0.5", ("share", new DoubleValue(0.75))).Single().Changes.Single();

        change.To.ShouldBe(new DoubleValue(double.BitDecrement(0.5)));
        change.Range.ShouldBe(new ValueRange(null, null, null, new DoubleValue(0.5)));
    }

    [Fact]
    public void A_country_is_left_with_all_its_parts()
    {
        var told = Of("places.covers(\"CN\")", ("places", SmallWorld.Set("CN-BJ", "CN-SH", "CN-GD", "CN-NM", "CN", "US")));

        ((SetValue)told.Single().Changes.Single().To).Values.ShouldBe(["US"]);
    }

    [Fact]
    public void Where_one_fact_does_not_help_two_are_told()
    {
        var told = Of("a && b", ("a", new BoolValue(false)), ("b", new BoolValue(false))).Single();

        told.Changes.Select(c => (c.Fact, c.To)).ShouldBe([("a", new BoolValue(true)), ("b", (FactValue)new BoolValue(true))]);
        told.Becomes.ShouldBe(Status.Applicable);
    }

    [Fact]
    public void What_is_not_known_yet_counts_as_a_change_too()
    {
        var told = Of("a && staff >= 10", ("a", new BoolValue(false))).Single();

        told.Changes.Select(c => (c.Fact, c.From, c.To)).ShouldBe(
            [("a", new BoolValue(false), new BoolValue(true)), ("staff", null, (FactValue)new IntValue(10))]);
    }

    [Fact]
    public void Of_an_undetermined_answer_what_would_settle_it_either_way_is_told()
    {
        Of("a && staff >= 10", ("a", new BoolValue(true))).Select(t => (t.Changes.Single().To, t.Becomes)).ShouldBe(
            [(new IntValue(10), Status.Applicable), (new BoolValue(false), Status.NotApplicable), ((FactValue)new IntValue(9), Status.NotApplicable)]);
    }

    [Fact]
    public void Where_too_many_facts_would_have_to_change_for_a_sure_answer_it_is_told_what_would_make_it_open()
    {
        var told = Of(
            "a && b && \"shop\" in activities && share > 0.5 && staff > 1",
            ("a", new BoolValue(false)), ("staff", new IntValue(5)));

        told.Single().Changes.Single().Fact.ShouldBe("a");
        told.Single().Becomes.ShouldBe(Status.Undetermined);
    }

    [Fact]
    public void A_start_relative_to_a_day_of_the_company_moves_with_that_day()
    {
        var rule = SmallWorld.On("true", relative: true);
        var told = Counterfactuals.Of(rule, SmallWorld.Frame(Facts(("listed_on", new DateValue(new(2024, 5, 20)))))).Single();

        told.Becomes.ShouldBe(Status.Upcoming);
        told.Changes.Single().To.ShouldBe(new DateValue(new(2024, 5, 30)));
    }

    [Fact]
    public void What_always_applies_has_none()
    {
        Of("true").ShouldBeEmpty();
    }

    [Fact]
    public void A_sum_is_changed_as_little_as_may_be_wherever_its_threshold_lies()
    {
        Of("size(activities) >= 2", ("activities", SmallWorld.Set("bank", "shop"))).Select(t => ((SetValue)t.Changes.Single().To).Values.Count).ShouldBe([1, 1]);
    }

    private static ImmutableArray<Counterfactual> Of(string condition, params (string, FactValue)[] facts) =>
        Counterfactuals.Of(SmallWorld.On(condition), SmallWorld.Frame(Facts(facts)));

    private static ImmutableSortedDictionary<string, FactValue> Facts(params (string Name, FactValue Value)[] facts) =>
        facts.ToImmutableSortedDictionary(f => f.Name, f => f.Value, StringComparer.Ordinal);
}
