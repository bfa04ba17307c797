using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Tests.Support;
using static ComplianceTracker.Domain.Tests.Support.Law;

namespace ComplianceTracker.Domain.Tests.Obligations;

/// <summary>Rules without legal effect, or without enforcement, for a time.</summary>
public sealed class SuspensionTests
{
    private static readonly Development Made = Happened("made", "2024-01-10", Define(), Enact("2024-07-01"));

    [Fact]
    public void A_rule_may_be_suspended_before_it_starts()
    {
        var book = new LawBook(Made, Happened("suspended", "2024-05-01", Suspend("court", "2024-05-01")), Happened("lifted", "2024-09-01", Lift("court", "2024-09-01")));

        book.StageOn("2024-04-30").ShouldBe(Stage.Upcoming);
        book.StageOn("2024-05-01").ShouldBe(Stage.Suspended);
        book.StageOn("2024-08-31").ShouldBe(Stage.Suspended);
        book.StageOn("2024-09-01").ShouldBe(Stage.InForce);
        book.Ask("2024-08-31")!.From.ShouldBeDay("2024-07-01");
    }

    [Fact]
    public void A_rule_may_be_suspended_before_it_was_made()
    {
        new LawBook(Made, Happened("suspended", "2024-05-01", Suspend("court", "2024-01-01"))).StageOn("2024-01-05").ShouldBe(Stage.Suspended);
    }

    [Fact]
    public void It_is_suspended_while_any_order_is_open()
    {
        var book = new LawBook(
            Made,
            Happened("first", "2024-08-01", Suspend("texas", "2024-08-01")),
            Happened("second", "2024-09-01", Suspend("smith", "2024-09-01")),
            Happened("first-lifted", "2024-10-01", Lift("texas", "2024-10-01")),
            Happened("second-lifted", "2024-11-01", Lift("smith", "2024-11-01")));

        book.StageOn("2024-10-15").ShouldBe(Stage.Suspended);
        book.StageOn("2024-11-01").ShouldBe(Stage.InForce);
        book.Ask("2024-08-15", knownOn: "2024-10-01")!.SuspendedUntil.ShouldBeNull();
        book.Ask("2024-08-15", knownOn: "2024-11-01")!.SuspendedUntil.ShouldBeDay("2024-11-01");
    }

    [Fact]
    public void Suspended_until_follows_orders_that_overlap_or_touch()
    {
        var book = new LawBook(
            Made,
            Happened("orders", "2024-08-01", Suspend("x", "2024-08-01", "2024-09-01"), Suspend("y", "2024-08-15", "2024-10-01"), Suspend("z", "2024-10-01", "2024-11-01")),
            Happened("later", "2024-08-02", Suspend("w", "2024-11-02", "2024-12-01")));

        book.Ask("2024-08-01")!.SuspendedUntil.ShouldBeDay("2024-11-01");
        book.StageOn("2024-11-01").ShouldBe(Stage.InForce);
        book.Ask("2024-11-01")!.SuspendedUntil.ShouldBeNull();
    }

    [Fact]
    public void Suspended_until_is_open_where_a_later_order_is_open()
    {
        var book = new LawBook(Made, Happened("orders", "2024-08-01", Suspend("x", "2024-08-01", "2024-09-01"), Suspend("y", "2024-08-20")));

        book.Ask("2024-08-01")!.SuspendedUntil.ShouldBeNull();
    }

    [Fact]
    public void A_lift_that_is_not_public_yet_leaves_the_window_open()
    {
        var book = new LawBook(
            Made,
            Happened("suspended", "2024-08-01", Suspend("court", "2024-08-01")),
            Happened("lifted", "2024-09-01", Lift("court", "2024-09-01")).PublicOn("2024-09-10"));

        book.StageOn("2024-09-05", knownOn: "2024-09-09").ShouldBe(Stage.Suspended);
        book.StageOn("2024-09-05", knownOn: "2024-09-10").ShouldBe(Stage.InForce);
    }

    [Fact]
    public void An_order_may_be_opened_again_after_it_was_lifted()
    {
        var book = new LawBook(
            Made,
            Happened("suspended", "2024-08-01", Suspend("court", "2024-08-01")),
            Happened("lifted", "2024-09-01", Lift("court", "2024-09-01")),
            Happened("restored", "2024-09-05", Suspend("court", "2024-09-05")));

        book.StageOn("2024-08-15").ShouldBe(Stage.Suspended);
        book.StageOn("2024-09-04").ShouldBe(Stage.InForce);
        book.StageOn("2024-09-05").ShouldBe(Stage.Suspended);
    }

    [Fact]
    public void A_lift_ends_a_window_early_and_never_extends_it()
    {
        var book = new LawBook(
            Made,
            Happened("suspended", "2024-08-01", Suspend("x", "2024-08-01", "2025-08-01"), Suspend("y", "2024-08-01", "2024-08-10")),
            Happened("lifted", "2024-09-01", Lift("x", "2024-09-01"), Lift("y", "2024-12-01")));

        book.StageOn("2024-09-01").ShouldBe(Stage.InForce);
    }

    [Fact]
    public void An_order_lifted_before_it_took_hold_suspends_nothing()
    {
        var book = new LawBook(
            Made,
            Happened("suspended", "2024-08-01", Suspend("court", "2024-10-01")),
            Happened("lifted", "2024-09-01", Lift("court", "2024-09-01")));

        book.StageOn("2024-10-15").ShouldBe(Stage.InForce);
        book.History()!.Suspensions.ShouldBeEmpty();
    }

    [Fact]
    public void A_lift_of_an_order_never_opened_changes_nothing()
    {
        new LawBook(Made, Happened("lifted", "2024-09-01", Lift("court", "2024-09-01"))).StageOn("2024-09-01").ShouldBe(Stage.InForce);
    }

    [Fact]
    public void A_pause_of_enforcement_leaves_the_rule_in_force_and_is_told_only_then()
    {
        var book = new LawBook(
            Made,
            Happened("paused", "2024-05-01", Pause("agency", "2024-05-01", "2025-01-01")),
            Happened("suspended", "2024-08-01", Suspend("court", "2024-08-01", "2024-09-01")));

        book.Ask("2024-06-01")!.EnforcementPaused.ShouldBeFalse();
        var paused = book.Ask("2024-07-01")!;
        paused.Stage.ShouldBe(Stage.InForce);
        paused.Status.ShouldBe(Status.Applicable);
        paused.EnforcementPaused.ShouldBeTrue();
        book.Ask("2024-08-15")!.EnforcementPaused.ShouldBeFalse();
        book.Ask("2024-12-31")!.EnforcementPaused.ShouldBeTrue();
        book.Ask("2025-01-01")!.EnforcementPaused.ShouldBeFalse();
    }

    [Fact]
    public void Enforcement_goes_on_when_the_pause_is_resumed()
    {
        var book = new LawBook(
            Made,
            Happened("paused", "2024-08-01", Pause("agency", "2024-08-01")),
            Happened("resumed", "2024-10-01", Resume("agency", "2024-10-15")));

        book.Ask("2024-10-14")!.EnforcementPaused.ShouldBeTrue();
        book.Ask("2024-10-15")!.EnforcementPaused.ShouldBeFalse();
        book.Ask("2024-10-15", knownOn: "2024-09-30")!.EnforcementPaused.ShouldBeTrue();
    }
}
