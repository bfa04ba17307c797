using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Consequences;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Tests.Support;

namespace ComplianceTracker.Domain.Tests.Consequences;

public sealed class AnswerChangesTests
{
    private static readonly CompanyProfile Unknown = Facts.Company();
    private static readonly CompanyProfile Yes = Facts.Company(Facts.Is("a", true));
    private static readonly CompanyProfile No = Facts.Company(Facts.Is("a", false));

    [Fact]
    public void A_draft_becomes_law_begins_is_suspended_resumes_and_ends()
    {
        var book = new LawBook(
            Law.Happened("d1", "2024-01-15", Law.Define(), Law.Propose()),
            Law.Happened("d2", "2024-02-01", Law.Enact("2024-03-01")),
            Law.Happened("d3", "2024-04-01", Law.Suspend("court", "2024-04-02", "2024-05-01")),
            Law.Happened("d4", "2024-06-01", Law.End("2024-07-01")));
        string[] days = ["2024-01-14", "2024-01-15", "2024-02-01", "2024-03-01", "2024-04-01", "2024-04-02", "2024-05-01", "2024-06-01", "2024-07-01", "2024-08-01"];

        var told = days.Zip(days.Skip(1)).SelectMany(p => Between(book.Ask(p.First, p.First), book.Ask(p.Second, p.Second))).Select(c => c.Kind);

        told.ShouldBe([
            ConsequenceKind.Proposed, ConsequenceKind.Upcoming, ConsequenceKind.Applicable, ConsequenceKind.Suspended, ConsequenceKind.Resumed,
            ConsequenceKind.Rescheduled, ConsequenceKind.Ended,
        ]);
    }

    [Fact]
    public void A_draft_that_is_dropped_lapses_and_one_that_never_was_says_nothing()
    {
        var book = new LawBook(Law.Happened("d1", "2024-01-15", Law.Define(), Law.Propose()), Law.Happened("d2", "2024-02-01", Law.Lapse()));

        Between(book.Ask("2024-01-20", "2024-01-20"), book.Ask("2024-02-01")).Single().Kind.ShouldBe(ConsequenceKind.Lapsed);
        Between(null, book.Ask("2024-02-01")).ShouldBeEmpty();
    }

    [Fact]
    public void A_fact_that_is_learned_determines_and_one_that_is_taken_back_leaves_undetermined()
    {
        var book = new LawBook(Law.Happened("d1", "2024-01-15", Law.Define("a"), Law.Enact("2024-01-20")));
        ObligationAnswer? Ask(CompanyProfile company) => book.Ask("2024-02-01", company: company);

        Between(Ask(Unknown), Ask(Yes)).Single().Kind.ShouldBe(ConsequenceKind.Determined);
        Between(Ask(Unknown), Ask(No)).Single().Kind.ShouldBe(ConsequenceKind.Determined);
        Between(Ask(Yes), Ask(Unknown)).Single().Kind.ShouldBe(ConsequenceKind.Undetermined);
        Between(Ask(No), Ask(Unknown)).Single().Kind.ShouldBe(ConsequenceKind.Undetermined);
        Between(Ask(Yes), Ask(No)).Single().Kind.ShouldBe(ConsequenceKind.Ended);
        Between(Ask(No), Ask(Yes)).Single().Kind.ShouldBe(ConsequenceKind.Applicable);
        Between(null, Ask(No)).ShouldBeEmpty();
    }

    [Fact]
    public void What_is_undetermined_says_so_again_when_it_would_be_something_else()
    {
        var book = new LawBook(Law.Happened("d1", "2024-01-15", Law.Define("a"), Law.Enact("2024-03-01")));

        var told = Between(book.Ask("2024-02-29"), book.Ask("2024-03-01")).Single();

        told.Kind.ShouldBe(ConsequenceKind.Changed);
        told.Changes.ShouldBe(["stage", "otherwise"]);
    }

    [Fact]
    public void Moved_days_and_another_text_are_told_each_once_by_the_members_that_differ()
    {
        var before = new LawBook(Law.Happened("d1", "2024-01-15", Law.Define(), Law.Enact("2024-03-01")));
        var after = new LawBook(
            Law.Happened("d1", "2024-01-15", Law.Define(), Law.Enact("2024-03-01")),
            Law.Happened("d2", "2024-01-16", Law.Reschedule("2024-04-01"), Law.Renumber("Art. 2")));

        var told = Between(before.Ask("2024-02-01"), after.Ask("2024-02-01"));

        told.Select(c => c.Kind).ShouldBe([ConsequenceKind.Rescheduled, ConsequenceKind.Changed]);
        told[0].Changes.ShouldBe(["from", "appliesSince"]);
        told[1].Changes.ShouldBe(["provision"]);
    }

    [Fact]
    public void One_event_tells_of_a_succession_and_the_successor_says_nothing_of_its_own()
    {
        var old = new LawBook(Law.Happened("d1", "2024-01-15", Law.Define(), Law.Enact("2024-01-15"), Law.End("2024-03-01", "next")));
        var next = new LawBook(Law.Happened("n1", "2024-01-15", Law.Define(), Law.Enact("2024-03-01")));
        ObligationAnswer Renamed(ObligationAnswer answer) => answer with { History = answer.History with { ObligationId = "next" } };
        var changes = new[]
        {
            new AnswerChange(Law.DutyId, old.Ask("2024-02-29"), old.Ask("2024-03-01")),
            new AnswerChange("next", Renamed(next.Ask("2024-02-29")!), Renamed(next.Ask("2024-03-01")!)),
        };

        var told = AnswerChanges.Between(changes, id => changes.Single(c => c.ObligationId == id).After).Single();

        told.Kind.ShouldBe(ConsequenceKind.Replaced);
        told.ObligationId.ShouldBe(Law.DutyId);
        told.ReplacedBy.Single().Status.ShouldBe(Status.Applicable);

        // A successor that does not concern the company takes no place.
        AnswerChanges.Between([changes[0]], _ => null).Single().Kind.ShouldBe(ConsequenceKind.Ended);
    }

    [Fact]
    public void A_day_is_near_from_its_lead_time_on_and_is_told_of_once_for_each_lead_time()
    {
        var book = new LawBook(Law.Happened("d1", "2024-01-15", Law.Define(), Law.Enact("2024-03-31"), Law.End("2024-09-01")));
        CalendarOffset[] leads = [Law.Offset("P1M"), Law.Offset("P10D")];
        IEnumerable<string> On(string day) => ApproachingDays
            .Between(
                new AnswerChange(Law.DutyId, book.Ask(Law.Day(day).AddDays(-1).ToString("yyyy-MM-dd")), book.Ask(day)),
                Law.Day(day).AddDays(-1), Law.Day(day), leads)
            .Select(c => $"{c.Approaching!.What} {c.Approaching.On:yyyy-MM-dd} {c.Approaching.LeadTime}");

        Enumerable.Range(0, 300).Select(i => Law.Day("2024-01-17").AddDays(i).ToString("yyyy-MM-dd")).SelectMany(day => On(day).Select(told => $"{day}: {told}"))
            .ShouldBe(["2024-02-29: from 2024-03-31 P1M", "2024-03-21: from 2024-03-31 P10D", "2024-08-01: to 2024-09-01 P1M", "2024-08-22: to 2024-09-01 P10D"]);

        // Law that comes late is told of at once, and not again when the same day is moved by nobody.
        var late = new AnswerChange(Law.DutyId, null, book.Ask("2024-03-25"));
        ApproachingDays.Between(late, Law.Day("2024-03-25"), Law.Day("2024-03-25"), leads).Count().ShouldBe(2);
        ApproachingDays.Between(late with { Before = late.After }, Law.Day("2024-03-25"), Law.Day("2024-03-25"), leads).ShouldBeEmpty();
    }

    [Fact]
    public void The_development_that_decided_a_day_is_found_for_it()
    {
        var history = new LawBook(
            Law.Happened("d1", "2024-01-15", Law.Define(), Law.Enact("2024-03-01")),
            Law.Happened("d2", "2024-02-01", Law.Reschedule("2024-04-01"))).History()!;

        LawChanges.DecidedBy(history, Law.Day("2024-03-31"), Law.Day("2024-04-01"))!.Development.Id.ShouldBe("d2");
        LawChanges.DecidedBy(history, Law.Day("2024-04-01"), Law.Day("2024-05-01")).ShouldBeNull();
    }

    private static ImmutableArray<Consequence> Between(ObligationAnswer? before, ObligationAnswer? after) =>
        AnswerChanges.Between([new AnswerChange(Law.DutyId, before, after)], _ => null);
}
