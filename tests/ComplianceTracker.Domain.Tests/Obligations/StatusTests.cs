using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Tests.Support;
using static ComplianceTracker.Domain.Tests.Support.Facts;
using static ComplianceTracker.Domain.Tests.Support.Law;

namespace ComplianceTracker.Domain.Tests.Obligations;

/// <summary>The one word of an answer: the first that holds.</summary>
public sealed class StatusTests
{
    private static readonly LawBook Whole = new(
        Happened(DevelopmentKind.DraftPublished, "draft", "2023-06-01", Define("a"), Propose()),
        Happened("made", "2024-01-10", Enact("2024-07-01")),
        Happened("suspended", "2024-08-01", Suspend("court", "2024-08-01", "2024-09-01")),
        Happened("repealed", "2024-12-01", End("2025-01-01")));

    private static readonly LawBook Dropped = new(
        Happened(DevelopmentKind.DraftPublished, "draft", "2023-06-01", Define("a"), Propose()),
        Happened(DevelopmentKind.Withdrawn, "dropped", "2024-01-01", Lapse()));

    [Theory]
    [InlineData("2023-06-01", Status.Proposed)]
    [InlineData("2024-01-10", Status.Upcoming)]
    [InlineData("2024-07-01", Status.Applicable)]
    [InlineData("2024-08-01", Status.Suspended)]
    [InlineData("2024-09-01", Status.Applicable)]
    [InlineData("2025-01-01", Status.Ended)]
    public void What_applies_has_the_word_of_its_stage(string asOf, Status status)
    {
        var answer = Whole.Ask(asOf, company: Company(Is("a", true)))!;

        answer.Status.ShouldBe(status);
        answer.Applies.ShouldBe(Truth.Yes);
        answer.Otherwise.ShouldBeNull();
        answer.MissingFacts.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("2023-06-01", Status.Proposed)]
    [InlineData("2024-01-10", Status.Upcoming)]
    [InlineData("2024-07-01", Status.Applicable)]
    [InlineData("2024-08-01", Status.Suspended)]
    public void What_may_apply_is_undetermined_with_what_it_would_be_otherwise(string asOf, Status otherwise)
    {
        var answer = Whole.Ask(asOf)!;

        answer.Status.ShouldBe(Status.Undetermined);
        answer.Applies.ShouldBe(Truth.Unknown);
        answer.Otherwise.ShouldBe(otherwise);
        answer.MissingFacts.ShouldBe(["a"]);
    }

    [Fact]
    public void What_is_over_is_ended_or_lapsed_before_it_is_undetermined()
    {
        Whole.Ask("2025-01-01")!.Status.ShouldBe(Status.Ended);
        Whole.Ask("2025-01-01")!.Otherwise.ShouldBeNull();
        Dropped.Ask("2024-01-01")!.Status.ShouldBe(Status.Lapsed);
    }

    [Theory]
    [InlineData("2023-06-01")]
    [InlineData("2024-01-10")]
    [InlineData("2024-07-01")]
    [InlineData("2024-08-01")]
    [InlineData("2025-01-01")]
    public void What_does_not_apply_is_not_applicable_at_every_stage(string asOf)
    {
        var answer = Whole.Ask(asOf, company: Company(Is("a", false)))!;

        answer.Status.ShouldBe(Status.NotApplicable);
        answer.Otherwise.ShouldBeNull();
        answer.MissingFacts.ShouldBeEmpty();
        answer.AppliesSince.ShouldBeNull();
    }

    [Fact]
    public void What_nothing_public_carries_is_not_listed_whether_it_applies_or_not()
    {
        Whole.Ask("2023-05-31", company: Company(Is("a", false))).ShouldBeNull();
        Whole.Ask("2023-05-31", company: Company(Is("a", true))).ShouldBeNull();
        Whole.Ask("2024-07-01", knownOn: "2023-05-31").ShouldBeNull();
    }

    [Fact]
    public void A_lapsed_draft_that_does_not_apply_is_not_applicable()
    {
        Dropped.Ask("2024-01-01", company: Company(Is("a", false)))!.Status.ShouldBe(Status.NotApplicable);
    }
}
