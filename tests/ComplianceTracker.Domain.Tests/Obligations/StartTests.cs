using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Tests.Support;
using static ComplianceTracker.Domain.Tests.Support.Law;

namespace ComplianceTracker.Domain.Tests.Obligations;

/// <summary>How rules come to be and when they begin.</summary>
public sealed class StartTests
{
    [Fact]
    public void A_rule_public_after_its_date_is_not_known_before_that_day_and_then_holds_from_its_official_day()
    {
        var book = new LawBook(Happened("made", "2024-08-30", Define(), Enact("2025-01-01")).PublicOn("2024-09-24"));

        book.Ask("2024-09-01", knownOn: "2024-09-23").ShouldBeNull();
        book.StageOn("2024-09-01", knownOn: "2024-09-24").ShouldBe(Stage.Upcoming);
        book.Ask("2024-08-29", knownOn: "2024-09-24").ShouldBeNull();
        book.StageOn("2025-01-01", knownOn: "2024-09-24").ShouldBe(Stage.InForce);
    }

    [Fact]
    public void An_enactment_counts_from_its_official_day_where_the_development_is_dated_later()
    {
        var book = new LawBook(Happened("published", "2024-09-24", Define(), Enact("2025-01-01", on: "2024-08-30")));

        book.StageOn("2024-08-30").ShouldBe(Stage.Upcoming);
        book.Ask("2024-08-29").ShouldBeNull();
    }

    [Fact]
    public void A_rule_in_force_before_it_is_published_was_in_force_all_along_once_one_knows()
    {
        var book = new LawBook(Happened("made", "2024-03-01", Define(), Enact("2024-03-10")).PublicOn("2024-04-01"));

        book.Ask("2024-03-15", knownOn: "2024-03-31").ShouldBeNull();
        book.StageOn("2024-03-15", knownOn: "2024-04-01").ShouldBe(Stage.InForce);
        book.StageOn("2024-03-09", knownOn: "2024-04-01").ShouldBe(Stage.Upcoming);
    }

    [Fact]
    public void Retroactive_law_is_in_force_before_its_enactment()
    {
        var book = new LawBook(Happened("made", "2024-06-01", Define(), Enact("2024-01-01")));

        book.StageOn("2024-03-01").ShouldBe(Stage.InForce);
        book.Ask("2023-12-31").ShouldBeNull();
        book.Ask("2024-03-01", knownOn: "2024-05-31").ShouldBeNull();
    }

    [Fact]
    public void A_rule_passed_without_a_start_is_upcoming_until_a_start_is_set_and_again_when_it_is_unset()
    {
        var book = new LawBook(
            Happened("passed", "2024-01-10", Define(), Enact()),
            Happened(DevelopmentKind.EffectiveDateSet, "set", "2024-05-01", Reschedule("2025-01-01")),
            Happened(DevelopmentKind.EffectiveDateSet, "unset", "2024-09-01", Reschedule(null)));

        book.Ask("2030-01-01", knownOn: "2024-04-30")!.From.ShouldBeNull();
        book.StageOn("2030-01-01", knownOn: "2024-04-30").ShouldBe(Stage.Upcoming);
        book.Ask("2024-06-01", knownOn: "2024-08-31")!.From.ShouldBeDay("2025-01-01");
        book.StageOn("2025-01-01", knownOn: "2024-08-31").ShouldBe(Stage.InForce);
        book.Ask("2030-01-01", knownOn: "2024-09-01")!.From.ShouldBeNull();
        book.StageOn("2030-01-01", knownOn: "2024-09-01").ShouldBe(Stage.Upcoming);
    }

    [Fact]
    public void A_reschedule_moves_the_start_for_all_days()
    {
        var book = new LawBook(
            Happened("passed", "2024-01-10", Define(), Enact("2024-07-01")),
            Happened("delayed", "2024-08-01", Reschedule("2025-01-01")));

        book.StageOn("2024-07-15", knownOn: "2024-07-31").ShouldBe(Stage.InForce);
        book.StageOn("2024-07-15", knownOn: "2024-08-01").ShouldBe(Stage.Upcoming);
    }

    [Fact]
    public void An_outer_limit_is_told_while_the_start_is_open_and_starts_nothing()
    {
        var book = new LawBook(
            Happened("passed", "2024-01-10", Define(), Enact(latestBy: "2026-07-01")),
            Happened("limit-moved", "2024-06-01", Reschedule(null, latestBy: "2027-07-01")),
            Happened("set", "2025-01-01", Reschedule("2025-06-01")));

        book.Ask("2024-02-01", knownOn: "2024-02-01")!.FromLatest.ShouldBeDay("2026-07-01");
        book.StageOn("2026-07-01", knownOn: "2024-02-01").ShouldBe(Stage.Upcoming);
        book.Ask("2024-02-01", knownOn: "2024-06-01")!.FromLatest.ShouldBeDay("2027-07-01");
        var fixedStart = book.Ask("2024-02-01", knownOn: "2025-01-01")!;
        fixedStart.FromLatest.ShouldBeNull();
        fixedStart.From.ShouldBeDay("2025-06-01");
    }

    [Fact]
    public void A_second_act_of_making_keeps_the_first_official_day_and_takes_the_start_it_names()
    {
        var book = new LawBook(
            Happened("passed", "2024-01-10", Define(), Enact("2024-07-01")),
            Happened(DevelopmentKind.Promulgated, "promulgated", "2024-02-01", Enact()),
            Happened(DevelopmentKind.Promulgated, "promulgated-again", "2024-03-01", Enact("2024-08-01")));

        book.Ask("2024-01-10", knownOn: "2024-02-01")!.From.ShouldBeDay("2024-07-01");
        book.Ask("2024-01-10")!.From.ShouldBeDay("2024-08-01");
        book.StageOn("2024-01-10").ShouldBe(Stage.Upcoming);
    }

    [Fact]
    public void One_act_starts_its_obligations_on_several_days()
    {
        string[] starts = ["2024-08-01", "2025-02-02", "2025-08-02", "2026-02-02", "2026-08-02", "2027-08-02", "2030-12-31"];
        var effects = starts.SelectMany((start, i) => new Effect[]
        {
            new DefineEffect($"duty-{i}", Content()), new EnactEffect($"duty-{i}", Day(start), null, null),
        });
        var counted = new LawBook(Happened("made", "2024-06-13", [..effects])).Counted();

        var histories = LegalHistoryFold.Fold(Instrument, counted).Histories;

        histories.Select(h => h.ObligationId).ShouldBe(starts.Select((_, i) => $"duty-{i}"));
        histories.Select(h => h.Start).ShouldBe(starts.Select(s => (DateOnly?)Day(s)));
    }

    [Fact]
    public void A_definition_alone_lists_nothing()
    {
        new LawBook(Happened("defined", "2024-01-01", Define())).Ask("2024-02-01").ShouldBeNull();
    }

    [Fact]
    public void A_draft_is_proposed_from_its_day_and_lapsed_from_the_day_it_was_dropped()
    {
        var book = new LawBook(
            Happened(DevelopmentKind.DraftPublished, "draft", "2024-01-10", Define(), Propose()),
            Happened(DevelopmentKind.Withdrawn, "dropped", "2024-06-01", Lapse()));

        book.Ask("2024-01-09").ShouldBeNull();
        book.StageOn("2024-01-10").ShouldBe(Stage.Proposed);
        book.StageOn("2024-05-31").ShouldBe(Stage.Proposed);
        book.StageOn("2024-06-01").ShouldBe(Stage.Lapsed);
        book.StageOn("2024-06-01", knownOn: "2024-05-31").ShouldBe(Stage.Proposed);
    }

    [Fact]
    public void A_lapsed_draft_proposed_anew_is_proposed_again()
    {
        var book = new LawBook(
            Happened(DevelopmentKind.DraftPublished, "draft", "2024-01-10", Define(), Propose()),
            Happened(DevelopmentKind.Withdrawn, "dropped", "2024-06-01", Lapse()),
            Happened(DevelopmentKind.DraftPublished, "second-draft", "2025-01-10", Propose()));

        book.StageOn("2024-12-31").ShouldBe(Stage.Lapsed);
        book.StageOn("2025-01-10").ShouldBe(Stage.Proposed);
    }

    [Fact]
    public void What_was_made_is_upcoming_whatever_became_of_the_draft()
    {
        var book = new LawBook(
            Happened(DevelopmentKind.DraftPublished, "draft", "2024-01-10", Define(), Propose()),
            Happened("made", "2024-05-01", Enact("2025-01-01")),
            Happened(DevelopmentKind.Withdrawn, "draft-overtaken", "2024-06-01", Lapse()));

        book.StageOn("2024-07-01").ShouldBe(Stage.Upcoming);
    }

    [Fact]
    public void What_is_made_before_any_draft_of_it_is_on_record_stays_made()
    {
        var book = new LawBook(
            Happened("made", "2024-01-10", Define(), Enact("2024-02-01")),
            Happened(DevelopmentKind.DraftPublished, "draft", "2024-03-01", Propose()));

        book.StageOn("2024-01-15").ShouldBe(Stage.Upcoming);
        book.StageOn("2024-04-01").ShouldBe(Stage.InForce);
    }
}
