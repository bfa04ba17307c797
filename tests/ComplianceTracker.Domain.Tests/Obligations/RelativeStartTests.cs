using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Tests.Support;
using static ComplianceTracker.Domain.Tests.Support.Facts;
using static ComplianceTracker.Domain.Tests.Support.Law;

namespace ComplianceTracker.Domain.Tests.Obligations;

/// <summary>A start no earlier than a date fact of the company plus an offset.</summary>
public sealed class RelativeStartTests
{
    private static readonly LawBook Book = new(Happened("made", "2024-01-10", DefineRelative("listed_on", "P1M", "a"), Enact("2024-07-01")));

    [Fact]
    public void The_start_is_the_later_of_the_general_start_and_the_fact_plus_the_offset()
    {
        Book.Ask("2024-08-01", company: Company(Is("a", true), IsDay("listed_on", "2020-01-01")))!.From.ShouldBeDay("2024-07-01");

        var later = Company(Is("a", true), IsDay("listed_on", "2024-08-10"));
        Book.Ask("2024-09-09", company: later)!.Stage.ShouldBe(Stage.Upcoming);
        var begun = Book.Ask("2024-09-10", company: later)!;
        begun.Status.ShouldBe(Status.Applicable);
        begun.From.ShouldBeDay("2024-09-10");
        begun.AppliesSince.ShouldBeDay("2024-09-10");
    }

    [Fact]
    public void Months_are_clamped_to_the_last_day()
    {
        Book.Ask("2025-02-28", company: Company(Is("a", true), IsDay("listed_on", "2025-01-31")))!.From.ShouldBeDay("2025-02-28");
    }

    [Fact]
    public void While_the_fact_is_unknown_it_is_missing_and_the_general_start_is_used()
    {
        var answer = Book.Ask("2024-07-01", company: Company(Is("a", true)))!;

        answer.Applies.ShouldBe(Truth.Unknown);
        answer.Status.ShouldBe(Status.Undetermined);
        answer.Otherwise.ShouldBe(Status.Applicable);
        answer.MissingFacts.ShouldBe(["listed_on"]);
        answer.From.ShouldBeDay("2024-07-01");
    }

    [Fact]
    public void The_fact_is_missing_beside_those_of_the_condition()
    {
        Book.Ask("2024-07-01")!.MissingFacts.ShouldBe(["a", "listed_on"]);
        Book.Ask("2024-07-01", company: Company(IsDay("listed_on", "2020-01-01")))!.MissingFacts.ShouldBe(["a"]);
    }

    [Fact]
    public void A_condition_that_says_no_needs_no_date()
    {
        var answer = Book.Ask("2024-07-01", company: Company(Is("a", false)))!;

        answer.Status.ShouldBe(Status.NotApplicable);
        answer.MissingFacts.ShouldBeEmpty();
    }

    [Fact]
    public void Without_a_general_start_nothing_starts_however_old_the_fact_is()
    {
        var book = new LawBook(Happened("made", "2024-01-10", DefineRelative("listed_on", "P1M", "a"), Enact(latestBy: "2026-01-01")));

        var answer = book.Ask("2030-01-01", company: Company(Is("a", true), IsDay("listed_on", "2020-01-01")))!;

        answer.From.ShouldBeNull();
        answer.Status.ShouldBe(Status.Upcoming);
        answer.FromLatest.ShouldBeDay("2026-01-01");
        answer.AppliesSince.ShouldBeNull();
        book.Ask("2030-01-01", company: Company(Is("a", true)))!.MissingFacts.ShouldBe(["listed_on"]);
    }

    [Fact]
    public void A_rule_over_before_the_companys_own_start_never_began_for_it()
    {
        var book = new LawBook(Happened("made", "2024-01-10", DefineRelative("listed_on", "P1M", "a"), Enact("2024-07-01"), End("2025-01-01")));
        var company = Company(Is("a", true), IsDay("listed_on", "2024-12-15"));

        var answer = book.Ask("2024-12-31", company: company)!;

        answer.Stage.ShouldBe(Stage.Upcoming);
        answer.From.ShouldBeNull();
        answer.To.ShouldBeDay("2025-01-01");
        answer.AppliesSince.ShouldBeNull();
        book.Ask("2025-01-01", company: company)!.Status.ShouldBe(Status.Ended);
    }

    [Fact]
    public void The_fact_is_read_as_it_holds_on_the_legal_day()
    {
        var company = Company(Is("a", true), IsDay("listed_on", "2024-09-01", to: "2025-01-01"), IsDay("listed_on", "2025-03-01", from: "2025-01-01"));

        Book.Ask("2024-12-31", company: company)!.From.ShouldBeDay("2024-10-01");
        Book.Ask("2024-12-31", company: company)!.Status.ShouldBe(Status.Applicable);
        Book.Ask("2025-01-01", company: company)!.From.ShouldBeDay("2025-04-01");
        Book.Ask("2025-01-01", company: company)!.Status.ShouldBe(Status.Upcoming);
    }
}
