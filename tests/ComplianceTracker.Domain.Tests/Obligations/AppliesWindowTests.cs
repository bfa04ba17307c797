using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Tests.Support;
using static ComplianceTracker.Domain.Tests.Support.Facts;
using static ComplianceTracker.Domain.Tests.Support.Law;

namespace ComplianceTracker.Domain.Tests.Obligations;

/// <summary>The days on which a company is inside the legal window.</summary>
public sealed class AppliesWindowTests
{
    private static readonly LawBook Book = new(Happened("made", "2024-01-10", Define("a"), Enact("2024-07-01"), End("2026-01-01")));

    [Theory]
    [InlineData("2024-02-01")]
    [InlineData("2024-07-01")]
    [InlineData("2025-12-31")]
    [InlineData("2026-06-01")]
    public void Facts_that_never_change_give_the_legal_window_before_during_and_after_it(string asOf)
    {
        ShouldApply(asOf, "2024-07-01", "2026-01-01", Is("a", true));
    }

    [Fact]
    public void Facts_that_change_inside_the_window_cut_it()
    {
        FactDeclaration[] facts = [Is("a", true, "2024-10-01", "2025-01-01"), Is("a", true, "2025-06-01"), Is("a", false, "2025-01-01", "2025-06-01")];

        ShouldApply("2024-10-01", "2024-10-01", "2025-01-01", facts);
        ShouldApply("2024-12-31", "2024-10-01", "2025-01-01", facts);
        ShouldApply("2025-01-01", null, null, facts);
        ShouldApply("2025-06-01", "2025-06-01", "2026-01-01", facts);
    }

    [Fact]
    public void Before_the_window_the_next_run_is_told_and_after_it_the_last()
    {
        FactDeclaration[] facts = [Is("a", true, to: "2024-09-01"), Is("a", false, "2024-09-01", "2025-01-01"), Is("a", true, "2025-01-01")];

        ShouldApply("2024-03-01", "2024-07-01", "2024-09-01", facts);
        ShouldApply("2026-03-01", "2025-01-01", "2026-01-01", facts);
    }

    [Fact]
    public void Sure_days_do_not_reach_into_days_that_only_may_apply()
    {
        FactDeclaration[] facts = [Is("a", true, to: "2025-01-01")];

        ShouldApply("2024-12-31", "2024-07-01", "2025-01-01", facts);
        ShouldApply("2025-01-01", "2024-07-01", "2026-01-01", facts);
    }

    [Fact]
    public void A_change_of_facts_that_leaves_the_answer_alone_does_not_cut_the_run()
    {
        var book = new LawBook(Happened("made", "2024-01-10", Define("a || staff > 5"), Enact("2024-07-01")));
        var company = Company(Is("a", true, to: "2025-01-01"), Is("a", false, "2025-01-01"), Is("staff", 9));

        var answer = book.Ask("2025-06-01", company: company)!;

        answer.AppliesSince.ShouldBeDay("2024-07-01");
        answer.AppliesUntil.ShouldBeNull();
    }

    [Fact]
    public void A_suspension_does_not_cut_the_run()
    {
        var book = new LawBook(Happened("made", "2024-01-10", Define("a"), Enact("2024-07-01"), Suspend("court", "2024-09-01", "2024-10-01")));

        book.Ask("2024-11-01", company: Company(Is("a", true)))!.AppliesSince.ShouldBeDay("2024-07-01");
    }

    [Fact]
    public void A_draft_has_no_days()
    {
        var answer = new LawBook(Happened("draft", "2024-01-10", Define(), Propose())).Ask("2024-02-01")!;

        answer.AppliesSince.ShouldBeNull();
        answer.AppliesUntil.ShouldBeNull();
    }

    private static void ShouldApply(string asOf, string? since, string? until, params FactDeclaration[] facts)
    {
        var answer = Book.Ask(asOf, company: Company(facts))!;
        answer.AppliesSince.ShouldBeDay(since);
        answer.AppliesUntil.ShouldBeDay(until);
    }
}
