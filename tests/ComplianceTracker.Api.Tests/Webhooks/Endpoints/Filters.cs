using System.Collections.Immutable;
using ComplianceTracker.Api.Storage;
using ComplianceTracker.Api.Webhooks.Endpoints;
using ComplianceTracker.Api.Webhooks.EventCatalogue;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Api.Tests.Webhooks.Endpoints;

/// <summary>Which events an endpoint gets.</summary>
public sealed class Filters
{
    private static readonly EndpointFilter Everything = new([], [], [], [], [], [], null, []);
    private static readonly EventTypes Types = new();

    private static readonly InstrumentIdentity Act = new(
        "example-act", "GB", "law", LangText.English("An example"), null, [], null, ImmutableSortedDictionary<string, string>.Empty, ["personal-data"], [], null, null, null, null, [], [], null);

    [Fact]
    public void An_empty_filter_lets_everything_through_but_days_that_nobody_asked_to_be_told_of()
    {
        foreach (var type in EventNames.All)
        {
            Wants(Everything, type).ShouldBe(type != EndpointMatcher.DeadlineApproaching, type);
        }
    }

    [Theory]
    [InlineData("obligation.*", "obligation.applicable", true)]
    [InlineData("obligation.*", "instrument.passed", false)]
    [InlineData("obligation.applicable", "obligation.applicable", true)]
    [InlineData("obligation.applicable", "obligation.ended", false)]
    [InlineData("instrument.enforcement", "instrument.enforcement-paused", false)]
    [InlineData("*", "endpoint.failing", true)]
    public void Types_are_asked_for_by_name_or_beginning(string asked, string type, bool wanted) =>
        Wants(Everything with { EventTypes = [asked] }, type).ShouldBe(wanted);

    [Theory]
    [InlineData("acme", true)]
    [InlineData("other", false)]
    public void Companies_choose_among_what_concerns_a_company_and_let_the_rest_through(string company, bool wanted)
    {
        var filter = Everything with { Companies = ["third", company] };

        Wants(filter, "obligation.applicable").ShouldBe(wanted);
        Wants(filter, "instrument.passed").ShouldBeTrue();
        Wants(filter, "endpoint.failing").ShouldBeTrue();
    }

    [Theory]
    [InlineData("GB", true)]
    [InlineData("US", false)]
    [InlineData("GB-SCT", false)]
    public void Jurisdictions_choose_by_place_and_what_lies_within(string place, bool wanted)
    {
        var filter = Everything with { Jurisdictions = [place] };

        Wants(filter, "obligation.applicable").ShouldBe(wanted);
        Wants(filter, "instrument.passed").ShouldBe(wanted);
        Wants(filter, "endpoint.failing").ShouldBeTrue();
        EndpointMatcher.Of(Everything with { Jurisdictions = ["US"] }).Wants(EventFacts.OfType("instrument.passed") with { Jurisdiction = "US-CA" }).ShouldBeTrue();
    }

    [Fact]
    public void Topics_instruments_and_categories_choose_where_the_event_has_them()
    {
        foreach (var type in (string[])["obligation.applicable", "instrument.passed"])
        {
            Wants(Everything with { Topics = ["personal-data", "x"] }, type).ShouldBeTrue();
            Wants(Everything with { Topics = ["ai"] }, type).ShouldBeFalse();
            Wants(Everything with { Instruments = ["example-act"] }, type).ShouldBeTrue();
            Wants(Everything with { Instruments = ["other-act"] }, type).ShouldBeFalse();
            Wants(Everything with { Categories = ["data-protection"] }, type).ShouldBeTrue();
            Wants(Everything with { Categories = ["record-keeping"] }, type).ShouldBeFalse();
        }

        // This development touches an obligation whose category stands elsewhere.
        Wants(Everything with { Categories = ["record-keeping"] }, "instrument.repealed").ShouldBeTrue();
        Wants(Everything with { Topics = ["ai"], Instruments = ["other-act"], Categories = ["x"] }, "endpoint.disabled").ShouldBeTrue();

        // Of a development whose instrument is not known, nothing is known.
        EndpointMatcher.Of(Everything with { Topics = ["ai"], Jurisdictions = ["CN"] }).Wants(Facts("instrument.passed", null)).ShouldBeTrue();
    }

    [Fact]
    public void A_replacement_is_of_both_instruments()
    {
        var e = Facts("obligation.replaced") with { Also = [("new-act", "DE")] };

        EndpointMatcher.Of(Everything with { Instruments = ["new-act"] }).Wants(e).ShouldBeTrue();
        EndpointMatcher.Of(Everything with { Jurisdictions = ["DE"] }).Wants(e).ShouldBeTrue();
        EndpointMatcher.Of(Everything with { Instruments = ["third-act"] }).Wants(e).ShouldBeFalse();
    }

    [Theory]
    [InlineData("P30D", true)]
    [InlineData("P7D", false)]
    public void A_day_that_approaches_comes_at_the_lead_times_asked_for(string lead, bool wanted) =>
        Wants(Everything with { LeadTimes = ["P1M", lead] }, EndpointMatcher.DeadlineApproaching).ShouldBe(wanted);

    [Theory]
    [InlineData("status == \"applicable\"", "obligation.applicable", true)]
    [InlineData("status == \"ended\"", "obligation.applicable", false)]
    [InlineData("status_before == \"upcoming\" && stage == \"in-force\" && stage_before == \"upcoming\"", "obligation.applicable", true)]
    [InlineData("applies == \"yes\" && applies_before == \"yes\"", "obligation.applicable", true)]
    [InlineData("from < date(\"2026-09-02\") && from >= date(\"2026-09-01\")", "obligation.applicable", true)]
    [InlineData("from > date(\"2026-09-01\")", "obligation.applicable", false)]
    [InlineData("to == date(\"2026-09-01\")", "obligation.ended", true)]
    [InlineData("\"from\" in changes", "obligation.rescheduled", true)]
    [InlineData("\"status\" in changes", "obligation.rescheduled", false)]
    [InlineData("cause == \"clock.advanced\"", "obligation.applicable", true)]
    [InlineData("day == date(\"2026-09-01\")", "obligation.deadline-approaching", true)]
    [InlineData("day == date(\"2026-03-01\") && confidence == \"known\"", "instrument.passed", true)]
    [InlineData("type.startsWith(\"instrument.\")", "obligation.applicable", false)]
    [InlineData("company == \"acme\" && instrument == \"example-act\" && jurisdiction == \"GB\"", "obligation.applicable", true)]
    [InlineData("\"ai\" in topics || \"record-keeping\" in categories", "obligation.applicable", false)]
    [InlineData("\"example-act-art1a\" in obligations", "obligation.replaced", true)]
    [InlineData("company == \"other\"", "instrument.passed", true)]
    [InlineData("status == \"applicable\"", "instrument.passed", true)]
    [InlineData("status_before == \"ended\"", "obligation.proposed", true)]
    public void A_condition_holds_back_what_it_says_no_to_and_lets_the_unknown_through(string condition, string type, bool wanted)
    {
        Condition.Compile(condition, EventVocabulary.Index).IsValid.ShouldBeTrue();
        Wants(Everything with { Condition = condition, LeadTimes = ["P30D"] }, type).ShouldBe(wanted);
    }

    [Fact]
    public void Every_name_of_the_events_vocabulary_can_be_read_by_a_condition_and_is_said_by_some_event()
    {
        foreach (var (name, type) in EventVocabulary.Types)
        {
            var condition = type switch
            {
                FactType.Date => $"{name} != date(\"1999-01-01\")",
                FactType.StringSet => $"!(\"x\" in {name})",
                _ => $"{name} != \"x\"",
            };
            var compiled = Condition.Compile(condition, EventVocabulary.Index);
            compiled.IsValid.ShouldBeTrue($"{condition}: {compiled.Error}");
            EventNames.All.ShouldContain(e => compiled.Condition!.Evaluate(FactFrame.Of(EventVocabulary.Index, Facts(e).Values)) == Truth.Yes, name);
        }
    }

    [Fact]
    public void A_development_that_defines_an_obligation_twice_is_described()
    {
        var recorded = (DevelopmentRecorded)EventExamples.DataOf("instrument.passed");
        var twice = recorded with { Development = recorded.Development with { Effects = [..recorded.Development.Effects, ..recorded.Development.Effects] } };

        EventFacts.Of(twice, EventExamples.RecordedOf("instrument.passed", Types), Act).Categories.ShouldBe(["data-protection"]);
    }

    private static bool Wants(EndpointFilter filter, string type) => EndpointMatcher.Of(filter).Wants(Facts(type));

    private static EventFacts Facts(string type) => Facts(type, Act);

    private static EventFacts Facts(string type, InstrumentIdentity? instrument) => EventFacts.Of(EventExamples.DataOf(type), EventExamples.RecordedOf(type, Types), instrument);
}
