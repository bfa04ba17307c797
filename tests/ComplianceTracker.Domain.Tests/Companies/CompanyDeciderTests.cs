using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Tests.Support;
using ComplianceTracker.Domain.Vocabulary;
using static ComplianceTracker.Domain.Tests.Support.Facts;
using static ComplianceTracker.Domain.Tests.Support.Law;

namespace ComplianceTracker.Domain.Tests.Companies;

/// <summary>What a company profile takes and what it refuses.</summary>
public sealed class CompanyDeciderTests
{
    private static readonly CompanyProfile State = Company(Is("a", true)) with { TimeZone = "Europe/Berlin" };

    [Fact]
    public void The_first_put_registers_and_a_later_one_replaces_the_whole_timeline()
    {
        var registered = Accept(null, Put(Given("a", new BoolValue(true)), Given("staff", new IntValue(5))));
        var replaced = Accept(registered, Put(Given("a", new BoolValue(false))));

        registered.ValueOn("staff", Day("2024-01-01")).ShouldBe(new IntValue(5));
        replaced.ValueOn("a", Day("2024-01-01")).ShouldBe(new BoolValue(false));
        replaced.ValueOn("staff", Day("2024-01-01")).ShouldBeNull();
    }

    [Fact]
    public void Declared_facts_come_on_top_of_the_profile()
    {
        var after = Accept(State, new DeclareFacts([Given("staff", new IntValue(5), from: "2024-01-01")]));

        after.ValueOn("a", Day("2024-01-01")).ShouldBe(new BoolValue(true));
        after.ValueOn("staff", Day("2024-01-01")).ShouldBe(new IntValue(5));
        after.ValueOn("staff", Day("2023-12-31")).ShouldBeNull();
    }

    [Fact]
    public void A_command_that_changes_nothing_gives_no_events()
    {
        CompanyCommand[] commands =
        [
            Put(Given("a", new BoolValue(true)), Given("activities", SetValue.Complete("shop")), Given("staff", null)),
            new DeclareFacts([Given("staff", new DoubleValue(5), from: "2024-01-01"), Given("staff", new IntValue(6), from: "2024-02-01")]),
            new DeclareFacts([]),
            new ArchiveCompany(),
        ];
        foreach (var command in commands)
        {
            var after = CompanyDecider.Decide(State, command, Standard).Events.Aggregate(State, (s, e) => CompanyDecider.Evolve(s, e)!);
            var again = command is PutCompany or DeclareFacts or ArchiveCompany ? CompanyDecider.Decide(after, command, Standard) : null;
            again.ShouldNotBeNull().Rejection.ShouldBeNull();
            again.Events.ShouldBeEmpty();
        }
    }

    [Fact]
    public void A_false_a_zero_and_an_empty_set_are_known()
    {
        var profile = Accept(State, new DeclareFacts([Given("b", new BoolValue(false)), Given("staff", new IntValue(0)), Given("activities", SetValue.Complete())]));

        Ask("b", profile).ShouldBe(Truth.No);
        Ask("staff > 0", profile).ShouldBe(Truth.No);
        Ask("\"shop\" in activities", profile).ShouldBe(Truth.No);
        Ask("\"CN\" in places", profile).ShouldBe(Truth.Unknown);
    }

    [Fact]
    public void Null_makes_a_fact_unknown_again()
    {
        Ask("a", Accept(State, new DeclareFacts([Given("a", null)]))).ShouldBe(Truth.Unknown);
    }

    [Fact]
    public void A_declared_set_does_not_speak_of_values_that_the_vocabulary_gains_later()
    {
        var profile = Accept(State, new DeclareFacts([Given("activities", SetValue.Complete("shop"))]));
        var grown = VocabularyDecider.Evolve(Standard, new FactValuesAdded("activities", [Value("mine")]));

        Ask("\"shop\" in activities", profile, grown).ShouldBe(Truth.Yes);
        Ask("\"bank\" in activities", profile, grown).ShouldBe(Truth.No);
        Ask("\"mine\" in activities", profile, grown).ShouldBe(Truth.Unknown);

        var again = CompanyDecider.Decide(profile, new DeclareFacts([Given("activities", SetValue.Complete("shop"))]), grown).Events;
        Ask("\"mine\" in activities", CompanyDecider.Evolve(profile, again.ShouldHaveSingleItem())!, grown).ShouldBe(Truth.No);
    }

    [Fact]
    public void Values_take_the_type_of_their_fact()
    {
        var profile = Accept(State, new DeclareFacts(
        [
            Given("staff", new DoubleValue(5)), Given("share", new IntValue(2)), Given("listed_on", new StringValue("2024-02-29")), Given("form", new StringValue("GmbH")),
        ]));

        profile.ValueOn("staff", Day("2024-01-01")).ShouldBe(new IntValue(5));
        profile.ValueOn("share", Day("2024-01-01")).ShouldBe(new DoubleValue(2));
        profile.ValueOn("listed_on", Day("2024-01-01")).ShouldBe(new DateValue(Day("2024-02-29")));
    }

    public static TheoryData<string, string, string> Mismatches => new()
    {
        { "a", "text", "true or false" },
        { "staff", "half", "a whole number" },
        { "staff", "huge", "a whole number" },
        { "staff", "text", "a whole number" },
        { "share", "text", "a number" },
        { "share", "nan", "a number" },
        { "form", "whole", "a text" },
        { "listed_on", "text", "a day that exists" },
        { "listed_on", "no-day", "a day that exists" },
        { "activities", "text", "a list of texts" },
    };

    [Theory]
    [MemberData(nameof(Mismatches))]
    public void A_value_of_another_type_is_refused_with_what_the_fact_takes(string fact, string kind, string expected)
    {
        FactValue value = kind switch
        {
            "half" => new DoubleValue(0.5),
            "huge" => new DoubleValue(1e300),
            "nan" => new DoubleValue(double.NaN),
            "whole" => new IntValue(1),
            "no-day" => new StringValue("2023-02-29"),
            _ => new StringValue("text"),
        };

        ShouldRefuse(State, new DeclareFacts([Given(fact, value)]), RejectionCode.FactTypeMismatch, "/facts/0", expected).Expected.ShouldHaveSingleItem().ShouldStartWith(expected);
    }

    [Fact]
    public void A_fact_that_the_vocabulary_does_not_hold_is_refused_with_what_may_have_been_meant()
    {
        ShouldRefuse(State, new DeclareFacts([Given("stafff", new IntValue(1))]), RejectionCode.UnknownFact, "/facts/0", "Did you mean staff?").Expected.ShouldBe(["staff"]);
        ShouldRefuse(null, Put(Given("entirely_different", null)), RejectionCode.UnknownFact, "/facts/0", "GET /api/v1/facts");
    }

    [Fact]
    public void A_value_that_the_fact_does_not_list_is_refused()
    {
        ShouldRefuse(State, new DeclareFacts([Given("activities", SetValue.Complete("shop", "bnk"))]), RejectionCode.UnknownFactValue, "/facts/0", "Did you mean bank?").Expected.ShouldBe(["bank"]);
        ShouldRefuse(State, new DeclareFacts([Given("places", SetValue.Complete("CN", "UK"))]), RejectionCode.UnknownFactValue, "/facts/0", "'UK'");
    }

    [Theory]
    [InlineData("jurisdiction")]
    [InlineData("iso-3166")]
    public void Both_words_for_jurisdiction_codes_refuse_what_is_none(string valueType)
    {
        var vocabulary = Define(Described("seats", FactType.StringSet) with { ValueType = valueType });

        FactChecking.Check([Given("seats", SetValue.Complete("UK"))], vocabulary, out _)!.Code.ShouldBe(RejectionCode.UnknownFactValue);
        FactChecking.Check([Given("seats", SetValue.Complete("GB", "CN-NM", "EU"))], vocabulary, out _).ShouldBeNull();
    }

    [Fact]
    public void Texts_and_sets_have_limits()
    {
        var many = SetValue.Complete(Enumerable.Range(0, FactChecking.MaxSetSize + 1).Select(i => $"v{i}"));

        ShouldRefuse(State, new DeclareFacts([Given("form", new StringValue(""))]), RejectionCode.InvalidValue, "/facts/0", "1 to 1000 characters");
        ShouldRefuse(State, new DeclareFacts([Given("form", new StringValue(new string('x', 1001)))]), RejectionCode.InvalidValue, "/facts/0", "1 to 1000 characters");
        ShouldRefuse(State, new DeclareFacts([Given("activities", many)]), RejectionCode.InvalidValue, "/facts/0", "at most 1000");
    }

    [Fact]
    public void Days_that_cannot_be_are_refused()
    {
        ShouldRefuse(State, new DeclareFacts([Given("a", null, "2024-02-01", "2024-02-01")]), RejectionCode.WindowEndsBeforeStart, "/facts/0", "from 2024-02-01 and end on 2024-02-01");
        ShouldRefuse(State, new DeclareFacts([Given("a", null, "2024-02-01", "2024-01-01")]), RejectionCode.WindowEndsBeforeStart, "/facts/0", "after 'from'");
        ShouldRefuse(State, new DeclareFacts([Given("a", null, from: "1899-12-31")]), RejectionCode.DateOutOfRange, "/facts/0", "1900-01-01");
        ShouldRefuse(State, new DeclareFacts([Given("a", null, to: "2201-01-01")]), RejectionCode.DateOutOfRange, "/facts/0", "2200-12-31");
        ShouldRefuse(State, new DeclareFacts([Given("listed_on", new StringValue("0001-01-01"))]), RejectionCode.DateOutOfRange, "/facts/0", "1900-01-01");
    }

    [Fact]
    public void A_refusal_names_the_first_fact_at_fault_and_takes_none()
    {
        ShouldRefuse(
            State,
            new DeclareFacts([Given("b", new BoolValue(true)), Given("staff", new StringValue("many")) with { Pointer = "/facts/1" }]),
            RejectionCode.FactTypeMismatch, "/facts/1", "'staff'");
    }

    [Fact]
    public void A_company_of_the_wrong_form_is_refused()
    {
        ShouldRefuse(null, Put() with { Name = " " }, RejectionCode.InvalidValue, "/name", "at most 300");
        ShouldRefuse(null, Put() with { Name = new string('x', 301) }, RejectionCode.InvalidValue, "/name", "at most 300");
        ShouldRefuse(null, Put() with { CompanyId = "No Slug" }, RejectionCode.InvalidValue, null, "lower-case");
    }

    [Fact]
    public void A_company_not_registered_takes_no_facts_and_is_not_archived()
    {
        ShouldRefuse(null, new DeclareFacts([]), RejectionCode.CompanyNotRegistered, null, "No company");
        ShouldRefuse(null, new ArchiveCompany(), RejectionCode.CompanyNotRegistered, null, "No company");
    }

    [Fact]
    public void An_archived_company_takes_no_more_changes()
    {
        var archived = Accept(State, new ArchiveCompany());

        archived.IsArchived.ShouldBeTrue();
        ShouldRefuse(archived, Put(), RejectionCode.CompanyArchived, null, "'acme' was archived");
        ShouldRefuse(archived, new DeclareFacts([]), RejectionCode.CompanyArchived, null, "takes no more changes");
        CompanyDecider.Decide(archived, new ArchiveCompany(), Standard).Rejection.ShouldBeNull();
    }

    [Fact]
    public void No_event_folds_before_the_company_is_registered()
    {
        Should.Throw<InvalidOperationException>(() => CompanyDecider.Evolve(null, new CompanyWasArchived()));
        Should.Throw<InvalidOperationException>(() => CompanyDecider.Evolve(null, new FactsDeclared([])));
    }

    private static PutCompany Put(params ImmutableArray<GivenFact> facts) => new("acme", "Acme", "Europe/Berlin", facts);

    private static GivenFact Given(string fact, FactValue? value, string? from = null, string? to = null) => new(fact, value, Window(from, to), "/facts/0");

    private static Truth Ask(string condition, CompanyProfile profile, FactVocabulary? vocabulary = null)
    {
        var index = FactIndex.Of(vocabulary ?? Standard);
        return Condition.Compile(condition, index).Condition!.Evaluate(
            FactFrame.Of(index, profile.Facts.Select(f => KeyValuePair.Create(f.Key, f.Value.ValueOn(Day("2024-01-01"))))));
    }

    private static CompanyProfile Accept(CompanyProfile? state, CompanyCommand command)
    {
        var decision = CompanyDecider.Decide(state, command, Standard);
        decision.Rejection.ShouldBeNull();
        return CompanyDecider.Evolve(state, decision.Events.ShouldHaveSingleItem())!;
    }

    private static Rejection ShouldRefuse(CompanyProfile? state, CompanyCommand command, RejectionCode code, string? pointer, string detail)
    {
        var decision = CompanyDecider.Decide(state, command, Standard);
        decision.Events.ShouldBeEmpty();
        var rejection = decision.Rejection.ShouldNotBeNull();
        rejection.Code.ShouldBe(code);
        rejection.Pointer.ShouldBe(pointer);
        rejection.Detail.ShouldContain(detail);
        return rejection;
    }
}
