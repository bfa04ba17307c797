using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Tests.Support;
using static ComplianceTracker.Domain.Tests.Support.Facts;
using static ComplianceTracker.Domain.Tests.Support.Law;

namespace ComplianceTracker.Domain.Tests.Obligations;

/// <summary>What a rule says, by legal day.</summary>
public sealed class ContentTests
{
    private static readonly Development Made = Happened("made", "2024-01-10", Define("staff > 10"), Enact("2024-07-01"));

    [Fact]
    public void A_threshold_moves_on_its_legal_day_and_only_once_that_is_public()
    {
        var book = new LawBook(Made, Happened(DevelopmentKind.Amended, "amended", "2024-12-01", Revise("2025-01-01", "staff > 5")));
        var company = Company(Is("staff", 8));

        book.Ask("2024-12-31", company: company)!.Status.ShouldBe(Status.NotApplicable);
        book.Ask("2025-01-01", company: company)!.Status.ShouldBe(Status.Applicable);
        book.Ask("2025-01-01", knownOn: "2024-11-30", company: company)!.Status.ShouldBe(Status.NotApplicable);
        book.Ask("2025-01-01", company: company)!.AppliesSince.ShouldBeDay("2025-01-01");
    }

    [Fact]
    public void Of_two_revisions_of_one_day_the_one_made_later_prevails()
    {
        var book = new LawBook(
            Made,
            Happened("far", "2024-08-01", Revise("2026-01-01", "staff > 3")),
            Happened("near", "2024-09-01", Revise("2025-01-01", "staff > 5")));

        book.Ask("2026-06-01", knownOn: "2024-08-31")!.Content.Condition.ShouldBe("staff > 3");
        book.Ask("2026-06-01")!.Content.Condition.ShouldBe("staff > 5");
    }

    [Fact]
    public void A_revision_leaves_what_it_does_not_name()
    {
        var book = new LawBook(Made, Happened("renumbered", "2024-08-01", Renumber("Art. 2")), Happened("amended", "2024-09-01", Revise("2024-09-01", "staff > 5")));

        var content = book.Ask("2024-09-01")!.Content;
        content.Provision.ShouldBe("Art. 2");
        content.Condition.ShouldBe("staff > 5");
    }

    [Fact]
    public void A_revision_dated_before_the_definition_takes_hold_from_its_legal_day()
    {
        var book = new LawBook(
            Happened("amended", "2023-12-01", Revise("2025-01-01", "staff > 5")),
            Made);

        book.Ask("2024-12-31")!.Content.Condition.ShouldBe("staff > 10");
        book.Ask("2025-01-01")!.Content.Condition.ShouldBe("staff > 5");
    }

    [Fact]
    public void A_later_definition_restates_the_rule_for_all_days()
    {
        var book = new LawBook(
            Happened("draft", "2023-01-01", Define("a"), Propose()),
            Happened("amended", "2023-06-01", Revise("2023-06-01", "b")),
            Made);

        book.Ask("2023-07-01", knownOn: "2023-12-31")!.Content.Condition.ShouldBe("b");
        book.Ask("2023-07-01")!.Content.Condition.ShouldBe("staff > 10");
    }

    [Fact]
    public void A_renumbered_rule_keeps_its_id_and_has_its_number_by_legal_day()
    {
        var book = new LawBook(
            Made,
            Happened("renumbered", "2024-10-01", Renumber("Art. 7", "2025-01-01")),
            Happened("renumbered-again", "2025-06-01", Renumber("Art. 9")));

        book.Ask("2024-12-31")!.Content.Provision.ShouldBe("Art. 1");
        book.Ask("2025-01-01")!.Content.Provision.ShouldBe("Art. 7");
        book.Ask("2025-06-01")!.Content.Provision.ShouldBe("Art. 9");
        book.Ask("2025-06-01")!.History.ObligationId.ShouldBe(DutyId);
    }

    [Fact]
    public void Effects_on_a_rule_that_nothing_defines_are_kept_and_take_hold_when_the_definition_arrives()
    {
        var book = new LawBook(
            Happened("made", "2024-01-10", Enact("2024-07-01")),
            Happened("suspended", "2024-08-01", Suspend("court", "2024-08-01")),
            Happened("defined", "2024-09-01", Define()).PublicOn("2024-09-15"));

        Texts.Of(book.Unresolved(knownOn: "2024-09-14")).ShouldBe("made: EnactEffect of duty\nsuspended: SuspendEffect of duty");
        book.Ask("2024-08-15", knownOn: "2024-09-14").ShouldBeNull();
        book.Unresolved(knownOn: "2024-09-15").ShouldBeEmpty();
        book.StageOn("2024-07-15", knownOn: "2024-09-15").ShouldBe(Stage.InForce);
        book.StageOn("2024-08-15", knownOn: "2024-09-15").ShouldBe(Stage.Suspended);
    }

    [Fact]
    public void Effects_become_unresolved_again_when_a_correction_takes_the_definition_away()
    {
        var book = new LawBook(Made, Happened("suspended", "2024-08-01", Suspend("court", "2024-08-01")), Correction("wrong", "2024-09-01", "made"));

        book.History().ShouldBeNull();
        Texts.Of(book.Unresolved()).ShouldBe("suspended: SuspendEffect of duty");
    }

    [Fact]
    public void It_is_unverified_past_the_day_to_which_the_record_was_checked()
    {
        var content = Content() with { VerifyAfter = Day("2025-03-01") };
        var book = new LawBook(
            Happened("made", "2024-01-10", new DefineEffect(DutyId, content), Enact("2024-07-01")),
            Happened("checked", "2025-06-01", new ReviseEffect(DutyId, Day("2025-06-01"), new ContentChanges { VerifyAfter = Day("2025-12-31") })));

        book.Ask("2025-03-01")!.Unverified.ShouldBeFalse();
        book.Ask("2025-03-02")!.Unverified.ShouldBeTrue();
        book.Ask("2025-06-01")!.Unverified.ShouldBeFalse();
        book.Ask("2026-01-01")!.Unverified.ShouldBeTrue();
        new LawBook(Made).Ask("2199-01-01")!.Unverified.ShouldBeFalse();
    }

    [Fact]
    public void A_rule_reads_the_facts_of_all_its_days()
    {
        var history = new LawBook(
            Happened("made", "2024-01-10", DefineRelative("listed_on", "P1Y", "b || staff > 1"), Enact("2024-07-01")),
            Happened("amended", "2024-12-01", Revise("2025-01-01", "a"))).History()!;

        var rule = LawBook.RuleOf(history);

        rule.FactNames.ShouldBe(["a", "b", "listed_on", "staff"]);
        rule.Conditions.Select(c => c.Text).ShouldBe(["b || staff > 1", "a"]);
    }

    [Fact]
    public void A_rule_that_never_applies_is_not_in_the_register()
    {
        var history = new LawBook(Made).History()!;

        CompanyRegister.Of(new CompanyFrames(Company(Is("staff", 3)), Slots), [LawBook.RuleOf(history)]).ShouldBeEmpty();
        CompanyRegister.Of(new CompanyFrames(Company(Is("staff", 3, to: "2024-01-01")), Slots), [LawBook.RuleOf(history)])
            .ShouldHaveSingleItem().Intervals.ShouldHaveSingleItem().Applies.ShouldBe(Truth.Unknown);
    }
}
