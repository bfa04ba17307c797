using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Tests.Support;
using ComplianceTracker.Domain.Vocabulary;
using static ComplianceTracker.Domain.Tests.Support.Facts;

namespace ComplianceTracker.Domain.Tests.Vocabulary;

/// <summary>What the vocabulary takes and what it refuses.</summary>
public sealed class VocabularyDeciderTests
{
    private static readonly FactDescription Sectors = Described("sectors", FactType.StringSet) with { Values = [Value("food"), Value("steel")] };

    private static readonly FactVocabulary State = Define(Sectors, Described("seats", FactType.StringSet) with { ValueType = "jurisdiction" });

    [Fact]
    public void A_new_fact_is_defined_and_its_values_are_as_old_as_the_definition()
    {
        var after = Accept(FactVocabulary.Empty, new PutFact(Sectors));

        after.Version.ShouldBe(1);
        after.Find("sectors")!.Values.Select(v => (v.Value, v.Since)).ShouldBe([("food", 1), ("steel", 1)]);
    }

    [Fact]
    public void Values_are_added_at_the_version_that_adds_them_and_those_left_out_stay()
    {
        var after = Accept(State, new PutFact(Sectors with { Values = [Value("wood")] }));

        after.Version.ShouldBe(3);
        after.Find("sectors")!.Values.Select(v => (v.Value, v.Since)).ShouldBe([("food", 1), ("steel", 1), ("wood", 3)]);
    }

    [Fact]
    public void A_fact_can_be_worded_anew()
    {
        var after = Accept(State, new PutFact(Sectors with
        {
            Description = LangText.Of("Sectors", "行业"),
            Values = [Value("food") with { Label = LangText.English("Food and drink") }],
        }));

        after.Find("sectors")!.Description.In("zh").ShouldBe("行业");
        after.Find("sectors")!.Values[0].Label.In("zh").ShouldBe("Food and drink");
        after.Find("sectors")!.Values.Length.ShouldBe(2);
    }

    [Fact]
    public void The_same_command_twice_gives_no_new_events()
    {
        VocabularyCommand[] commands =
        [
            new PutFact(Described("seats", FactType.StringSet) with { Unit = "places" }),
            new PutFact(Sectors with { Values = [Value("wood"), Value("food") with { NotYetRead = true }], Examples = ["[\"food\"]"] }),
            new PutFact(Described("new.fact", FactType.Date)),
            new SetConventions(Conventions("DE", "FR")),
        ];
        foreach (var command in commands)
        {
            var first = VocabularyDecider.Decide(State, command);
            first.Events.ShouldNotBeEmpty();
            var again = VocabularyDecider.Decide(first.Events.Aggregate(State, VocabularyDecider.Evolve), command);
            again.Rejection.ShouldBeNull();
            again.Events.ShouldBeEmpty();
        }
    }

    [Fact]
    public void Conventions_say_which_codes_stand_for_a_group()
    {
        var after = Accept(State, new SetConventions(Conventions("DE", "FR")));

        after.Groups["EU"].ShouldBe(["DE", "FR"]);
        VocabularyDecider.Decide(after, new SetConventions(Conventions("DE", "FR", "HR"))).Events.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_type_never_changes()
    {
        ShouldRefuse(Described("sectors", FactType.Bool), RejectionCode.FactTypeNeverChanges, "/type", "stays one").Expected.ShouldBe(["string-set"]);
    }

    [Fact]
    public void What_a_value_looks_like_never_changes_and_stays_when_left_out()
    {
        ShouldRefuse(Described("seats", FactType.StringSet) with { ValueType = "postcode" }, RejectionCode.InvalidValue, "/valueType", "never changes").Expected.ShouldBe(["jurisdiction"]);
        ShouldRefuse(Sectors with { ValueType = "jurisdiction" }, RejectionCode.InvalidValue, "/valueType", "never changes");
        Accept(State, new PutFact(Described("seats", FactType.StringSet) with { Unit = "places" })).Find("seats")!.TakesJurisdictions.ShouldBeTrue();
    }

    [Fact]
    public void A_fact_without_a_list_stays_without_one()
    {
        ShouldRefuse(Described("seats", FactType.StringSet) with { ValueType = "jurisdiction", Values = [Value("CN")] }, RejectionCode.InvalidValue, "/values", "keeps no list");
    }

    [Theory]
    [InlineData("")]
    [InlineData("Staff")]
    [InlineData("1st")]
    [InlineData("a..b")]
    [InlineData("a.")]
    [InlineData("size")]
    [InlineData("date")]
    [InlineData("in")]
    public void A_name_that_no_condition_could_read_is_refused(string name)
    {
        ShouldRefuse(Described(name, FactType.Int), RejectionCode.InvalidValue, "/name", "fact");
    }

    [Fact]
    public void Lists_of_the_wrong_form_are_refused()
    {
        ShouldRefuse(Described("count", FactType.Int) with { Values = [Value("1")] }, RejectionCode.InvalidValue, "/values", "Only a string-set");
        ShouldRefuse(Sectors with { Values = [Value("wood"), Value("wood")] }, RejectionCode.InvalidValue, "/values", "'wood' is listed twice");
    }

    private static ConventionsSet Conventions(params ImmutableArray<string> members) => new(
        ImmutableSortedDictionary<string, LangText>.Empty.Add("covers", LangText.English("parts count")),
        ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add("EU", members),
        ImmutableSortedDictionary<string, ImmutableArray<ValueDescription>>.Empty.Add("natures", [Value("duty")]),
        ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>>.Empty);

    private static FactVocabulary Accept(FactVocabulary state, VocabularyCommand command)
    {
        var decision = VocabularyDecider.Decide(state, command);
        decision.Rejection.ShouldBeNull();
        return decision.Events.Aggregate(state, VocabularyDecider.Evolve);
    }

    private static Rejection ShouldRefuse(FactDescription fact, RejectionCode code, string pointer, string detail)
    {
        var decision = VocabularyDecider.Decide(State, new PutFact(fact));
        decision.Events.ShouldBeEmpty();
        var rejection = decision.Rejection.ShouldNotBeNull();
        rejection.Code.ShouldBe(code);
        rejection.Pointer.ShouldBe(pointer);
        rejection.Detail.ShouldContain(detail);
        return rejection;
    }
}
