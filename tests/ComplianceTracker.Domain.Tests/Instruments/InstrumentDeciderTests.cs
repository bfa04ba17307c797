using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Tests.Support;
using static ComplianceTracker.Domain.Tests.Support.Law;

namespace ComplianceTracker.Domain.Tests.Instruments;

/// <summary>What an instrument's record takes and what it refuses.</summary>
public sealed class InstrumentDeciderTests
{
    private static readonly InstrumentContext Context = new(
        Facts.Standard, obligation => obligation == "foreign" ? "yy-act" : obligation == "known" ? Instrument.Id : null);

    private static readonly Development Made = Happened("made", "2024-01-10", Define("a && staff > 10"), Enact("2024-07-01"));

    private static readonly InstrumentState State =
        Fold(InstrumentDecider.Decide(null, new RegisterInstrument(Instrument, [Made]), Context).Events);

    [Fact]
    public void Registering_records_the_instrument_and_what_is_known_of_it()
    {
        var decision = InstrumentDecider.Decide(null, new RegisterInstrument(Instrument, [Made, Correction("fix", "2024-02-01", "made")]), Context);

        decision.Rejection.ShouldBeNull();
        decision.Events.Length.ShouldBe(3);
        decision.Events[0].ShouldBe(new InstrumentRegistered(Instrument));
        Fold(decision.Events).DevelopmentIds.ShouldBe(["made", "fix"], ignoreOrder: true);
    }

    [Fact]
    public void An_instrument_is_registered_once()
    {
        ShouldRefuse(State, new RegisterInstrument(Instrument, []), RejectionCode.InstrumentAlreadyRegistered, "/id", "xx-act");
    }

    [Fact]
    public void A_development_of_an_instrument_not_registered_is_refused()
    {
        var rejection = InstrumentDecider.Decide(null, new RecordDevelopment(Made), Context).Rejection.ShouldNotBeNull();

        rejection.Code.ShouldBe(RejectionCode.InstrumentNotRegistered);
        rejection.Detail.ShouldContain("register it before");
        rejection.Pointer.ShouldBeNull();
    }

    [Fact]
    public void The_same_development_twice_is_refused()
    {
        ShouldRefuse(Made, RejectionCode.DevelopmentAlreadyRecorded, "/id", "kind 'corrected'");
    }

    [Fact]
    public void The_same_development_twice_in_one_registration_is_refused_at_its_place()
    {
        ShouldRefuse(null, new RegisterInstrument(Instrument, [Made, Made]), RejectionCode.DevelopmentAlreadyRecorded, "/developments/1/id", "'made'");
    }

    [Theory]
    [InlineData("XX", "CN", "law", "/id", "lower-case")]
    [InlineData("xx-act", "UK", "law", "/jurisdiction", "ISO 3166")]
    [InlineData("xx-act", "CN", "Law of land", "/kind", "lower-case")]
    public void An_identity_of_the_wrong_form_is_refused(string id, string jurisdiction, string kind, string pointer, string detail)
    {
        var instrument = Instrument with { Id = id, Jurisdiction = jurisdiction, Kind = kind };

        ShouldRefuse(null, new RegisterInstrument(instrument, []), RejectionCode.InvalidValue, pointer, detail);
    }

    [Fact]
    public void A_development_of_the_wrong_form_is_refused()
    {
        var fine = Happened("new", "2024-02-01");

        ShouldRefuse(fine with { Id = "Not A Slug" }, RejectionCode.InvalidValue, "/id", "lower-case");
        ShouldRefuse(fine with { Scope = "chapter" }, RejectionCode.InvalidValue, "/scope", "'amendment'");
        ShouldRefuse(fine with { Source = " " }, RejectionCode.InvalidValue, "/source", "names its source");
        ShouldRefuse(fine with { Date = new(1899, 12, 31) }, RejectionCode.DateOutOfRange, "/date", "1900-01-01");
        ShouldRefuse(fine with { PublicOn = new(2201, 1, 1) }, RejectionCode.DateOutOfRange, "/publicOn", "2200-12-31");
        ShouldRefuse(fine with { Corrects = "made" }, RejectionCode.InvalidValue, "/corrects", "kind 'corrected'");
        ShouldRefuse(fine with { Restated = new(null, null, null, 1, null) }, RejectionCode.InvalidValue, "/corrects", "kind 'corrected'");
    }

    [Fact]
    public void A_correction_of_nothing_is_refused_with_what_may_have_been_meant()
    {
        var rejection = ShouldRefuse(Correction("fix", "2024-02-01", "mad"), RejectionCode.CorrectionOfNothing, "/corrects", "no development 'mad'");
        rejection.Expected.ShouldBe(["made"]);
        ShouldRefuse(Correction("fix", "2024-02-01", "fix"), RejectionCode.CorrectionOfNothing, "/corrects", "'fix'");
        ShouldRefuse(Happened(DevelopmentKind.Corrected, "fix", "2024-02-01"), RejectionCode.CorrectionOfNothing, "/corrects", "names the development");
    }

    [Fact]
    public void A_correction_recorded_before_what_it_corrects_is_refused()
    {
        ShouldRefuse(
            null, new RegisterInstrument(Instrument, [Correction("fix", "2024-02-01", "made"), Made]),
            RejectionCode.CorrectionOfNothing, "/developments/0/corrects", "'made'");
    }

    [Fact]
    public void What_a_correction_restates_is_held_against_the_same_rules()
    {
        var fix = Correction("fix", "2024-02-01", "made");

        ShouldRefuse(fix.Restating(DevelopmentKind.Corrected), RejectionCode.InvalidValue, "/restated/kind", "restated as a correction");
        ShouldRefuse(fix.Restating(scope: "chapter"), RejectionCode.InvalidValue, "/restated/scope", "'amendment'");
        ShouldRefuse(fix.Restating(date: "0001-01-01"), RejectionCode.DateOutOfRange, "/restated/date", "1900-01-01");
        ShouldRefuse(fix.Restating(publicOn: "9999-12-31"), RejectionCode.DateOutOfRange, "/restated/publicOn", "2200-12-31");
    }

    [Fact]
    public void An_effect_on_an_obligation_of_another_instrument_is_refused_with_the_owner()
    {
        var rejection = ShouldRefuse(
            Happened("new", "2024-02-01", Define(), new EndEffect("foreign", null, [])),
            RejectionCode.ObligationOfAnotherInstrument, "/effects/1/obligationId", "belongs to 'yy-act'");

        rejection.Expected.ShouldBe(["yy-act"]);
        rejection.Detail.ShouldContain("causedBy");
        ShouldAccept(Happened("new", "2024-02-01", new EndEffect("known", null, [])));
    }

    public static TheoryData<string, string> BadDays => new()
    {
        { "enact-from", "/effects/0/from" },
        { "enact-latest", "/effects/0/latestBy" },
        { "enact-on", "/effects/0/on" },
        { "revise-from", "/effects/0/from" },
        { "revise-verify", "/effects/0/verifyAfter" },
        { "revise-deadline", "/effects/0/duty/deadlineDate" },
        { "reschedule-from", "/effects/0/from" },
        { "reschedule-latest", "/effects/0/latestBy" },
        { "renumber-from", "/effects/0/from" },
        { "suspend-from", "/effects/0/from" },
        { "suspend-to", "/effects/0/to" },
        { "lift-on", "/effects/0/on" },
        { "pause-from", "/effects/0/from" },
        { "pause-to", "/effects/0/to" },
        { "resume-on", "/effects/0/on" },
        { "end-to", "/effects/0/to" },
        { "define-verify", "/effects/0/verifyAfter" },
        { "define-deadline", "/effects/0/duty/deadlineDate" },
    };

    [Theory]
    [MemberData(nameof(BadDays))]
    public void A_day_no_record_can_speak_about_is_refused_where_it_stands(string which, string pointer)
    {
        const string bad = "0001-01-01";
        var late = new Duty(DutyKind.OneOff) { DeadlineDate = Day(bad) };
        var effect = which switch
        {
            "enact-from" => Enact(from: bad),
            "enact-latest" => Enact(latestBy: bad),
            "enact-on" => Enact(on: bad),
            "revise-from" => Revise(bad, "a"),
            "revise-verify" => new ReviseEffect(DutyId, Day("2024-01-01"), new ContentChanges { VerifyAfter = Day(bad) }),
            "revise-deadline" => new ReviseEffect(DutyId, Day("2024-01-01"), new ContentChanges { Duty = late }),
            "reschedule-from" => Reschedule(bad),
            "reschedule-latest" => Reschedule(null, bad),
            "renumber-from" => Renumber("Art. 2", bad),
            "suspend-from" => Suspend("x", bad),
            "suspend-to" => Suspend("x", "2024-01-01", bad),
            "lift-on" => Lift("x", bad),
            "pause-from" => Pause("x", bad),
            "pause-to" => Pause("x", "2024-01-01", bad),
            "resume-on" => Resume("x", bad),
            "end-to" => End(bad),
            "define-verify" => new DefineEffect(DutyId, Content() with { VerifyAfter = Day(bad) }),
            "define-deadline" => new DefineEffect(DutyId, Content() with { Duty = late }),
            _ => throw new ArgumentOutOfRangeException(nameof(which)),
        };

        ShouldRefuse(Happened("new", "2024-02-01", effect), RejectionCode.DateOutOfRange, pointer, "2200-12-31");
    }

    [Fact]
    public void A_window_that_ends_before_it_starts_is_refused()
    {
        ShouldRefuse(Happened("new", "2024-02-01", Suspend("x", "2024-03-01", "2024-02-28")), RejectionCode.WindowEndsBeforeStart, "/effects/0/to", "suspension would start on 2024-03-01");
        ShouldRefuse(Happened("new", "2024-02-01", Suspend("x", "2024-03-01", "2024-03-01")), RejectionCode.WindowEndsBeforeStart, "/effects/0/to", "after 'from'");
        ShouldRefuse(Happened("new", "2024-02-01", Pause("x", "2024-03-01", "2024-03-01")), RejectionCode.WindowEndsBeforeStart, "/effects/0/to", "pause of enforcement");
    }

    [Fact]
    public void A_condition_that_does_not_hold_water_is_refused_with_line_and_column()
    {
        var rejection = ShouldRefuse(Happened("new", "2024-02-01", Enact(), Define("a &&\nstaf > 1")), RejectionCode.ConditionInvalid, "/effects/1/condition", "staf");

        rejection.Line.ShouldBe(2);
        rejection.Column.ShouldBe(1);
        rejection.Expected.ShouldContain("staff");
        ShouldRefuse(Happened("new", "2024-02-01", Revise("2025-01-01", "staff")), RejectionCode.ConditionInvalid, "/effects/0/condition", "");
    }

    [Fact]
    public void A_start_relative_to_what_is_no_date_fact_is_refused()
    {
        var unknown = ShouldRefuse(Happened("new", "2024-02-01", DefineRelative("listd_on", "P1M")), RejectionCode.UnknownFact, "/effects/0/relativeStart/fact", "'listd_on'");
        unknown.Expected.ShouldBe(["listed_on"]);
        ShouldRefuse(Happened("new", "2024-02-01", DefineRelative("staff", "P1M")), RejectionCode.FactTypeMismatch, "/effects/0/relativeStart/fact", "is a int");
    }

    [Fact]
    public void An_effect_of_the_wrong_form_is_refused()
    {
        ShouldRefuse(Happened("new", "2024-02-01", new LapseEffect("Not A Slug")), RejectionCode.InvalidValue, "/effects/0/obligationId", "lower-case");
        ShouldRefuse(Happened("new", "2024-02-01", Renumber(" ")), RejectionCode.InvalidValue, "/effects/0/provision", "new provision");
        foreach (var nameless in new[] { Suspend("", "2024-01-01"), Lift("", "2024-01-01"), Pause(" ", "2024-01-01"), Resume("", "2024-01-01") })
        {
            ShouldRefuse(Happened("new", "2024-02-01", nameless), RejectionCode.InvalidValue, "/effects/0/order", "has a name");
        }
    }

    [Fact]
    public void Nothing_that_is_merely_unusual_is_refused()
    {
        ShouldAccept(Happened("enact-before-propose", "2023-01-01", Enact("2023-02-01")), Happened("proposed-after", "2023-06-01", Propose()));
        ShouldAccept(Happened("lift-of-nothing", "2024-02-01", Lift("never-opened", "2024-02-01")));
        ShouldAccept(Happened("resume-of-nothing", "2024-02-01", Resume("never-opened", "2024-02-01")));
        ShouldAccept(Happened("end-before-start", "2024-02-01", End("2020-01-01")));
        ShouldAccept(Happened("end-of-nothing", "2024-02-01", End(null)));
        ShouldAccept(Happened(DevelopmentKind.Amended, "amended-before-promulgation", "2020-01-01"), Happened(DevelopmentKind.Promulgated, "promulgated", "2024-03-01"));
        ShouldAccept(Happened(DevelopmentKind.Suspended, "suspended-before-enactment", "2023-01-01", Suspend("court", "2023-01-01")));
        ShouldAccept(Happened(DevelopmentKind.Reinstated, "reinstated-never-suspended", "2023-01-01"));
        ShouldAccept(Happened("public-before-its-date", "2024-02-01").PublicOn("2023-01-01"));
        ShouldAccept(Happened("public-much-later", "2024-02-01").PublicOn("2050-01-01"));
        ShouldAccept(Happened("in-the-future", "2150-02-01", Enact("2150-01-01")));
        ShouldAccept(Happened("on-what-nobody-defines", "2024-02-01", new EndEffect("stranger", Day("2024-01-01"), [])));
        ShouldAccept(Happened("outer-limit-past", "2024-02-01", Reschedule(null, "2020-01-01")));
        ShouldAccept(Happened("start-after-outer-limit", "2024-02-01", Enact("2025-01-01", "2024-01-01")));
        ShouldAccept(Happened("defined-again", "2024-02-01", Define("b")), Happened("lapse-of-law", "2024-02-02", Lapse()));
        ShouldAccept(Happened("revise-nothing", "2024-02-01", new ReviseEffect(DutyId, Day("2024-01-01"), new ContentChanges())));
        ShouldAccept(Correction("fix", "2020-01-01", "made"), Correction("fix-of-fix", "2019-01-01", "fix"));
    }

    [Fact]
    public void What_is_accepted_folds()
    {
        var decision = InstrumentDecider.Decide(State, new RecordDevelopment(Happened("new", "2024-02-01")), Context);

        decision.Events.Aggregate(State, InstrumentDecider.Evolve).DevelopmentIds.ShouldBe(["made", "new"], ignoreOrder: true);
        Should.Throw<InvalidOperationException>(() => InstrumentDecider.Evolve(null, decision.Events[0]));
    }

    private static InstrumentState Fold(ImmutableArray<InstrumentEvent> events) =>
        events.Aggregate((InstrumentState?)null, InstrumentDecider.Evolve)!;

    private static void ShouldAccept(params Development[] developments)
    {
        var state = State;
        foreach (var development in developments)
        {
            var decision = InstrumentDecider.Decide(state, new RecordDevelopment(development), Context);
            decision.Rejection.ShouldBeNull();
            state = InstrumentDecider.Evolve(state, decision.Events.ShouldHaveSingleItem());
        }
    }

    private static Rejection ShouldRefuse(Development development, RejectionCode code, string pointer, string detail) =>
        ShouldRefuse(State, new RecordDevelopment(development), code, pointer, detail);

    private static Rejection ShouldRefuse(InstrumentState? state, InstrumentCommand command, RejectionCode code, string pointer, string detail)
    {
        var decision = InstrumentDecider.Decide(state, command, Context);
        decision.Events.ShouldBeEmpty();
        var rejection = decision.Rejection.ShouldNotBeNull();
        rejection.Code.ShouldBe(code);
        rejection.Pointer.ShouldBe(pointer);
        rejection.Detail.ShouldContain(detail);
        return rejection;
    }
}
