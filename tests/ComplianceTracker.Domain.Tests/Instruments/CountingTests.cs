using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Tests.Support;
using static ComplianceTracker.Domain.Tests.Support.Law;

namespace ComplianceTracker.Domain.Tests.Instruments;

/// <summary>Which developments count, and in which order.</summary>
public sealed class CountingTests
{
    [Fact]
    public void Developments_count_by_date_then_order_then_id()
    {
        var book = new LawBook(
            Happened("late", "2024-03-01"),
            Happened("b", "2024-02-01"),
            Happened("a", "2024-02-01"),
            Happened("first", "2024-02-01") with { Order = -1 },
            Happened("aa-last", "2024-02-01") with { Order = 1 },
            Happened("B", "2024-02-01"));

        book.Counted().Select(c => c.Development.Id).ShouldBe(["first", "B", "a", "b", "aa-last", "late"]);
    }

    [Fact]
    public void A_development_counts_from_its_public_day_on_and_from_its_position_on()
    {
        var book = new LawBook(Happened("one", "2024-01-01"), Happened("two", "2024-01-01").PublicOn("2024-02-01"), Happened("three", "2024-01-01").PublicOn("2023-12-01"));

        book.Counted("2023-12-01").Select(c => c.Development.Id).ShouldBe(["three"]);
        book.Counted("2024-01-31").Select(c => c.Development.Id).ShouldBe(["one", "three"]);
        book.Counted("2024-02-01").Select(c => c.Development.Id).ShouldBe(["one", "three", "two"]);
        book.Counted("2024-02-01", position: 2).Select(c => c.Development.Id).ShouldBe(["one", "two"]);
        book.Counted("2024-02-01", position: 0).ShouldBeEmpty();
    }

    [Fact]
    public void The_legal_day_asked_about_selects_no_developments()
    {
        var book = new LawBook(
            Happened("made", "2024-01-10", Define(), Enact("2024-07-01")),
            Happened("delayed", "2024-06-20", Reschedule("2025-01-01")));

        // Asked in 2025 about the past: what was learned later counts.
        book.StageOn("2024-05-01", knownOn: "2025-01-01").ShouldBe(Stage.Upcoming);
        book.Ask("2024-05-01", knownOn: "2025-01-01")!.From.ShouldBeDay("2025-01-01");
        // Asked in May 2024 about the future: what was learned later does not count.
        book.StageOn("2024-08-01", knownOn: "2024-05-01").ShouldBe(Stage.InForce);
    }

    [Fact]
    public void A_correction_takes_the_place_of_what_it_corrects_with_the_originals_dates()
    {
        var book = new LawBook(
            Happened("made", "2024-01-10", Define(), Enact("2024-07-01")),
            Happened("delayed", "2024-03-01", Reschedule("2024-09-01")),
            Correction("wrong-start", "2026-01-01", "made", Define(), Enact("2024-08-01")));

        // Known in February 2024 already: what was wrong in the record was never news.
        book.Ask("2024-02-01", knownOn: "2024-02-01")!.From.ShouldBeDay("2024-08-01");
        // And read at the original's place: the delay of March still comes after it.
        book.Ask("2024-02-01", knownOn: "2024-03-01")!.From.ShouldBeDay("2024-09-01");
        var counted = book.Counted()[0];
        counted.Development.Id.ShouldBe("made");
        counted.Development.Kind.ShouldBe(DevelopmentKind.Passed);
        counted.CorrectedBy.ShouldBe("wrong-start");
        counted.Position.ShouldBe(3);
        book.Counted().Length.ShouldBe(2);
    }

    [Fact]
    public void Only_the_position_hides_a_correction()
    {
        var book = new LawBook(
            Happened("made", "2024-01-10", Define(), Enact("2024-07-01")),
            Correction("wrong-start", "2026-01-01", "made", Define(), Enact("2024-08-01")).PublicOn("2030-01-01"));

        book.Ask("2024-02-01", knownOn: "2024-02-01", position: 1)!.From.ShouldBeDay("2024-07-01");
        book.Ask("2024-02-01", knownOn: "2024-02-01", position: 2)!.From.ShouldBeDay("2024-08-01");
    }

    [Fact]
    public void A_restated_date_moves_the_development()
    {
        var book = new LawBook(
            Happened("made", "2024-01-10", Define(), Enact("2024-07-01")),
            Correction("wrong-day", "2026-01-01", "made", Define(), Enact("2024-07-01")).Restating(date: "2024-02-20"));

        book.Ask("2024-02-01", knownOn: "2024-02-19").ShouldBeNull();
        book.Ask("2024-02-20", knownOn: "2024-02-20")!.Stage.ShouldBe(Stage.Upcoming);
        book.Counted().ShouldHaveSingleItem().Development.Date.ShouldBe(Day("2024-02-20"));
    }

    [Fact]
    public void Kind_public_day_order_and_scope_can_be_restated_too()
    {
        var book = new LawBook(
            Happened("made", "2024-01-10"),
            Correction("wrong", "2026-01-01", "made").Restating(DevelopmentKind.Amended, publicOn: "2024-01-20", order: 3, scope: Development.AmendmentScope));

        book.Counted("2024-01-19").ShouldBeEmpty();
        var development = book.Counted("2024-01-20").ShouldHaveSingleItem().Development;
        development.Kind.ShouldBe(DevelopmentKind.Amended);
        development.Date.ShouldBe(Day("2024-01-10"));
        development.Order.ShouldBe(3);
        development.Scope.ShouldBe(Development.AmendmentScope);
    }

    [Fact]
    public void The_later_correction_wins_whichever_was_recorded_first()
    {
        var made = Happened("made", "2024-01-10", Define(), Enact("2024-07-01"));
        var early = Correction("z-early", "2025-01-01", "made", Define(), Enact("2024-08-01"));
        var late = Correction("a-late", "2025-06-01", "made", Define(), Enact("2024-09-01"));

        new LawBook(made, early, late).Ask("2024-02-01")!.From.ShouldBeDay("2024-09-01");
        new LawBook(made, late, early).Ask("2024-02-01")!.From.ShouldBeDay("2024-09-01");
        new LawBook(made, late, early).Ask("2024-02-01", position: 2)!.From.ShouldBeDay("2024-09-01");
    }

    [Fact]
    public void What_one_correction_restated_stays_until_another_restates_it()
    {
        var book = new LawBook(
            Happened("made", "2024-01-10", Define(), Enact("2024-07-01")),
            Correction("first", "2025-01-01", "made", Define(), Enact("2024-07-01")).Restating(date: "2024-02-20"),
            Correction("second", "2025-06-01", "made", Define(), Enact("2024-08-01")));

        var counted = book.Counted().ShouldHaveSingleItem();
        counted.Development.Date.ShouldBe(Day("2024-02-20"));
        counted.CorrectedBy.ShouldBe("second");
    }

    [Theory]
    [InlineData("2025-06-01", "z")] // dated later
    [InlineData("2025-01-01", "z")] // the same day, a later id
    [InlineData("2025-01-01", "a")] // the same day, an earlier id
    [InlineData("2024-12-01", "a")] // dated before what it corrects
    public void A_correction_of_a_correction_takes_its_place_however_its_day_and_id_stand(string date, string id)
    {
        var book = new LawBook(
            Happened("made", "2024-01-10", Define(), Enact("2024-07-01")),
            Correction("m", "2025-01-01", "made", Define(), Enact("2024-08-01")),
            Correction(id, date, "m", Define(), Enact("2024-09-01")));

        book.Ask("2024-02-01", position: 1)!.From.ShouldBeDay("2024-07-01");
        book.Ask("2024-02-01", position: 2)!.From.ShouldBeDay("2024-08-01");
        book.Ask("2024-02-01", position: 3)!.From.ShouldBeDay("2024-09-01");
        book.Counted().ShouldHaveSingleItem().CorrectedBy.ShouldBe(id);
    }

    [Fact]
    public void A_correction_may_take_every_effect_away()
    {
        var book = new LawBook(
            Happened("made", "2024-01-10", Define(), Enact("2024-07-01")),
            Happened("repealed", "2024-09-01", End("2024-10-01")),
            Correction("never-repealed", "2024-12-01", "repealed"));

        book.StageOn("2024-11-01").ShouldBe(Stage.InForce);
        book.StageOn("2024-11-01", position: 2).ShouldBe(Stage.Ended);
    }

    [Fact]
    public void A_correction_whose_original_is_not_among_the_developments_counts_nothing()
    {
        new LawBook(Correction("wrong", "2025-01-01", "made", Define())).Counted().ShouldBeEmpty();
    }
}
