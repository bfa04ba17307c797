using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Tests.Support;
using static ComplianceTracker.Domain.Tests.Support.Law;

namespace ComplianceTracker.Domain.Tests.Instruments;

/// <summary>An instrument's own stage.</summary>
public sealed class InstrumentStageTests
{
    private static readonly LawBook Life = new(
        Happened(DevelopmentKind.Announced, "announced", "2023-01-01"),
        Happened(DevelopmentKind.DraftPublished, "draft", "2023-02-01"),
        Happened(DevelopmentKind.Passed, "passed", "2023-06-01"),
        Happened(DevelopmentKind.EffectiveDateSet, "date-set", "2023-07-01"),
        Happened(DevelopmentKind.InForce, "in-force", "2024-01-01"),
        Happened(DevelopmentKind.Amended, "amended", "2024-02-01"),
        Happened(DevelopmentKind.Suspended, "suspended", "2024-03-01"),
        Happened(DevelopmentKind.Reinstated, "reinstated", "2024-04-01"),
        Happened(DevelopmentKind.Repealed, "repealed", "2025-01-01"));

    [Theory]
    [InlineData("2022-12-31", null)]
    [InlineData("2023-01-01", Stage.Proposed)]
    [InlineData("2023-02-01", Stage.Proposed)]
    [InlineData("2023-06-01", Stage.Upcoming)]
    [InlineData("2023-12-31", Stage.Upcoming)]
    [InlineData("2024-01-01", Stage.InForce)]
    [InlineData("2024-02-01", Stage.InForce)]
    [InlineData("2024-03-01", Stage.Suspended)]
    [InlineData("2024-04-01", Stage.InForce)]
    [InlineData("2025-01-01", Stage.Ended)]
    public void It_follows_the_developments_on_their_days(string asOf, Stage? stage)
    {
        Life.InstrumentStageOn(asOf).ShouldBe(stage);
    }

    [Fact]
    public void Developments_not_public_yet_do_not_count()
    {
        Life.InstrumentStageOn("2025-06-01", knownOn: "2023-03-01").ShouldBe(Stage.Proposed);
    }

    [Fact]
    public void The_making_of_a_later_amendment_leaves_it_alone()
    {
        var book = new LawBook(
            Happened(DevelopmentKind.InForce, "in-force", "2024-01-01"),
            Happened(DevelopmentKind.DraftPublished, "draft", "2024-02-01") with { Scope = Development.AmendmentScope },
            Happened(DevelopmentKind.Withdrawn, "dropped", "2024-03-01") with { Scope = Development.AmendmentScope });

        book.InstrumentStageOn("2024-06-01").ShouldBe(Stage.InForce);
    }

    [Fact]
    public void A_draft_withdrawn_is_lapsed_and_proposed_again_with_the_next_draft()
    {
        var book = new LawBook(
            Happened(DevelopmentKind.DraftPublished, "draft", "2023-01-01"),
            Happened(DevelopmentKind.Withdrawn, "dropped", "2023-06-01"),
            Happened(DevelopmentKind.DraftPublished, "second", "2024-01-01"));

        book.InstrumentStageOn("2023-06-01").ShouldBe(Stage.Lapsed);
        book.InstrumentStageOn("2024-01-01").ShouldBe(Stage.Proposed);
    }

    [Fact]
    public void What_was_made_is_in_force_from_the_start_of_its_first_obligation_before_the_confirmation_is_public()
    {
        var book = new LawBook(Happened("passed", "2024-01-10", Define(), Enact("2024-07-01")), Happened(DevelopmentKind.InForce, "in-force", "2024-07-01"));

        book.InstrumentStageOn("2024-07-01", knownOn: "2024-01-10").ShouldBe(Stage.InForce);
        book.InstrumentStageOn("2024-06-30", knownOn: "2024-01-10").ShouldBe(Stage.Upcoming);
    }

    [Fact]
    public void An_obligation_that_never_began_does_not_bring_it_into_force()
    {
        var book = new LawBook(
            Happened("passed", "2024-01-10", Define(), Enact("2024-07-01")),
            Happened(DevelopmentKind.Amended, "removed", "2024-03-01", End("2024-03-01")));

        book.InstrumentStageOn("2024-08-01", knownOn: "2024-02-01").ShouldBe(Stage.InForce);
        book.InstrumentStageOn("2024-08-01", knownOn: "2024-03-01").ShouldBe(Stage.Upcoming);
    }

    [Theory]
    [InlineData(DevelopmentKind.Repealed)]
    [InlineData(DevelopmentKind.Superseded)]
    [InlineData(DevelopmentKind.Expired)]
    [InlineData(DevelopmentKind.Withdrawn)]
    public void What_was_in_force_ends(DevelopmentKind kind)
    {
        new LawBook(Happened(DevelopmentKind.InForce, "in-force", "2024-01-01"), Happened(kind, "over", "2025-01-01"))
            .InstrumentStageOn("2025-01-01").ShouldBe(Stage.Ended);
    }

    [Fact]
    public void Every_kind_has_its_place()
    {
        foreach (var kind in Enum.GetValues<DevelopmentKind>().Where(k => k != DevelopmentKind.Corrected))
        {
            Should.NotThrow(() => new LawBook(Happened(kind, "x", "2024-01-01")).InstrumentStageOn("2024-01-01"));
        }
    }
}
