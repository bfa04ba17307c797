using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Tests.Support;
using static ComplianceTracker.Domain.Tests.Support.Law;

namespace ComplianceTracker.Domain.Tests.Obligations;

/// <summary>How rules end.</summary>
public sealed class EndTests
{
    private static readonly Development Made = Happened("made", "2024-01-10", Define(), Enact("2024-07-01"));

    [Fact]
    public void The_end_is_the_first_day_on_which_the_rule_no_longer_applies()
    {
        var book = new LawBook(Made, Happened(DevelopmentKind.Repealed, "repealed", "2025-01-01", End("2025-06-01", "successor")));

        book.StageOn("2025-05-31").ShouldBe(Stage.InForce);
        var ended = book.Ask("2025-06-01")!;
        ended.Stage.ShouldBe(Stage.Ended);
        ended.Status.ShouldBe(Status.Ended);
        ended.From.ShouldBeDay("2024-07-01");
        ended.To.ShouldBeDay("2025-06-01");
        ended.History.ReplacedBy.ShouldBe(["successor"]);
    }

    [Fact]
    public void An_end_that_is_not_public_yet_leaves_the_window_open()
    {
        var book = new LawBook(Made, Happened(DevelopmentKind.Repealed, "repealed", "2025-01-01", End("2025-01-01")).PublicOn("2025-03-01"));

        var open = book.Ask("2025-02-01", knownOn: "2025-02-28")!;
        open.Stage.ShouldBe(Stage.InForce);
        open.To.ShouldBeNull();
        book.StageOn("2025-02-01", knownOn: "2025-03-01").ShouldBe(Stage.Ended);
    }

    [Fact]
    public void Of_several_ends_the_one_decided_last_counts()
    {
        var book = new LawBook(
            Made,
            Happened("end-set", "2024-08-01", End("2026-01-01")),
            Happened("end-moved", "2024-09-01", End("2027-01-01")),
            Happened("end-moved-forward", "2024-10-01", End("2025-01-01")));

        book.Ask("2024-08-15", knownOn: "2024-08-01")!.To.ShouldBeDay("2026-01-01");
        book.Ask("2024-08-15", knownOn: "2024-09-01")!.To.ShouldBeDay("2027-01-01");
        book.Ask("2024-08-15", knownOn: "2024-10-01")!.To.ShouldBeDay("2025-01-01");
    }

    [Fact]
    public void An_end_taken_back_leaves_no_end()
    {
        var book = new LawBook(Made, Happened("end-set", "2024-08-01", End("2025-01-01", "successor")), Happened("taken-back", "2024-12-01", End(null)));

        book.StageOn("2025-06-01", knownOn: "2024-11-30").ShouldBe(Stage.Ended);
        var kept = book.Ask("2025-06-01", knownOn: "2024-12-01")!;
        kept.Stage.ShouldBe(Stage.InForce);
        kept.To.ShouldBeNull();
        kept.History.ReplacedBy.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("2024-05-01")]
    [InlineData("2024-07-01")]
    public void An_end_not_after_the_start_means_that_the_rule_never_began(string end)
    {
        var book = new LawBook(Made, Happened(DevelopmentKind.Repealed, "removed", "2024-04-01", End(end)));

        var before = book.Ask("2024-04-15")!;
        before.Stage.ShouldBe(Stage.Upcoming);
        before.From.ShouldBeNull();
        before.To.ShouldBeDay(end);
        before.AppliesSince.ShouldBeNull();
        before.AppliesUntil.ShouldBeNull();
        var after = book.Ask(end)!;
        after.Stage.ShouldBe(Stage.Ended);
        after.From.ShouldBeNull();
        after.To.ShouldBeDay(end);
        after.AppliesSince.ShouldBeNull();
    }

    [Fact]
    public void A_rule_removed_before_it_began_was_to_begin_as_long_as_the_removal_was_not_public()
    {
        var book = new LawBook(Made, Happened(DevelopmentKind.Repealed, "removed", "2024-04-01", End("2024-05-01")));

        book.Ask("2024-05-15", knownOn: "2024-03-31")!.From.ShouldBeDay("2024-07-01");
        book.StageOn("2024-05-15", knownOn: "2024-03-31").ShouldBe(Stage.Upcoming);
    }

    [Fact]
    public void A_rule_without_a_start_ends_all_the_same()
    {
        var book = new LawBook(
            Happened("made", "2024-01-10", Define(), Enact()),
            Happened(DevelopmentKind.Repealed, "removed", "2024-04-01", End("2024-05-01")));

        var ended = book.Ask("2024-05-01")!;
        ended.Stage.ShouldBe(Stage.Ended);
        ended.From.ShouldBeNull();
        ended.To.ShouldBeDay("2024-05-01");
    }

    [Fact]
    public void An_ended_rule_is_ended_although_an_order_still_suspends_it()
    {
        var book = new LawBook(Made, Happened("suspended", "2024-08-01", Suspend("court", "2024-08-01")), Happened("repealed", "2024-09-01", End("2024-10-01")));

        book.StageOn("2024-09-30").ShouldBe(Stage.Suspended);
        book.StageOn("2024-10-01").ShouldBe(Stage.Ended);
    }
}
