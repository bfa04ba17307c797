using System.Collections.Immutable;
using ComplianceTracker.Domain.Changes;
using ComplianceTracker.Domain.Companies;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Tests.Support;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Tests.Changes;

public sealed class CompanyChangesTests
{
    private static readonly LawBook Book = new(
        Law.Happened("passed", "2024-01-10", Law.Define("a"), Law.Enact("2024-03-01")),
        Law.Happened(DevelopmentKind.EffectiveDateSet, "postponed", "2024-02-01", Law.Reschedule("2024-07-01")),
        Law.Happened(DevelopmentKind.Amended, "amended", "2024-04-01", Law.Renumber("Art. 2", "2024-08-01"), Law.Revise("2024-09-01", "a && b")),
        Law.Happened(DevelopmentKind.Suspended, "suspended", "2024-05-01", Law.Suspend("order", "2024-10-01", "2024-11-01")),
        Law.Happened(DevelopmentKind.Repealed, "repealed", "2024-06-01", Law.End("2024-12-01")));

    private static readonly CompanyProfile Company = Facts.Company(Facts.Is("a", true), Facts.Is("b", true));

    [Theory]
    [InlineData("2024-01-01", "2024-01-10", "Upcoming", "passed")]
    [InlineData("2024-06-30", "2024-07-01", "Began", "postponed")]
    [InlineData("2024-07-31", "2024-08-01", "Renumbered", "amended")]
    [InlineData("2024-08-31", "2024-09-01", "ConditionChanged", "amended")]
    [InlineData("2024-09-30", "2024-10-01", "Suspended", "suspended")]
    [InlineData("2024-10-31", "2024-11-01", "Resumed", "suspended")]
    [InlineData("2024-11-30", "2024-12-01", "Ended", "repealed")]
    public void A_day_that_comes_goes_back_to_what_decided_it(string from, string to, string kind, string cause)
    {
        var change = CompanyChanges.Between(Point(from), Point(to)).Single();

        change.Kind.ToString().ShouldBe(kind);
        change.Causes.Single().ShouldBeOfType<ChangeCause.Development>().By.Development.Id.ShouldBe(cause);
    }

    [Fact]
    public void News_that_moves_a_day_tells_the_day_and_the_news()
    {
        var change = CompanyChanges.Between(Point("2024-01-15", "2024-01-15"), Point("2024-01-15", "2024-02-15")).Single();

        change.Kind.ShouldBe(ChangeKind.Moved);
        change.Members.ShouldBe(["from", "appliesSince"]);
        (change.Before!.From, change.After!.From).ShouldBe((Law.Day("2024-03-01"), Law.Day("2024-07-01")));
        change.Causes.Single().ShouldBeOfType<ChangeCause.Development>().By.Development.Id.ShouldBe("postponed");
    }

    [Fact]
    public void A_fact_that_is_told_otherwise_is_named_with_both_values()
    {
        var change = CompanyChanges.Between(Point("2024-07-15"), Point("2024-07-15", company: Facts.Company(Facts.Is("a", false), Facts.Is("b", false)))).Single();

        change.Kind.ShouldBe(ChangeKind.Ended);
        change.Causes.ShouldBe([new ChangeCause.Fact("a", new BoolValue(true), new BoolValue(false))]);
    }

    [Fact]
    public void A_fact_that_is_forgotten_leaves_the_answer_open()
    {
        var change = CompanyChanges.Between(Point("2024-07-15"), Point("2024-07-15", company: Facts.Company())).Single();

        change.Kind.ShouldBe(ChangeKind.Undetermined);
        change.Causes.ShouldBe([new ChangeCause.Fact("a", new BoolValue(true), null)]);
    }

    [Fact]
    public void A_fact_that_holds_from_a_day_on_is_the_cause_when_that_day_comes()
    {
        var company = Facts.Company(Facts.Is("a", false, to: "2024-08-10"), Facts.Is("a", true, "2024-08-10"), Facts.Is("b", true));
        var change = CompanyChanges.Between(Point("2024-08-05", company: company), Point("2024-08-15", company: company)).Single();

        change.Kind.ShouldBe(ChangeKind.Began);
        change.Causes.ShouldBe([new ChangeCause.Fact("a", new BoolValue(false), new BoolValue(true))]);
    }

    [Fact]
    public void A_company_that_was_not_registered_begins_with_its_registration()
    {
        var change = CompanyChanges.Between(Unregistered("2024-07-15"), Point("2024-07-15")).Single();

        change.Kind.ShouldBe(ChangeKind.Began);
        change.Before.ShouldBeNull();
        change.Causes.ShouldBe([new ChangeCause.Registration()]);
    }

    [Fact]
    public void A_start_relative_to_a_day_of_the_company_goes_back_to_that_fact()
    {
        var book = new LawBook(Law.Happened("passed", "2024-01-10", Law.DefineRelative("listed_on", "P10D"), Law.Enact("2024-03-01")));
        var company = Facts.Company(Facts.IsDay("listed_on", "2024-05-01"));
        var change = CompanyChanges.Between(Point("2024-05-05", company: company, book: book), Point("2024-05-15", company: company, book: book)).Single();

        change.Kind.ShouldBe(ChangeKind.Began);
        change.Causes.Single().ShouldBeOfType<ChangeCause.Fact>().Name.ShouldBe("listed_on");
    }

    [Fact]
    public void A_value_that_the_vocabulary_gained_is_told_as_such()
    {
        var grown = Facts.Standard.Facts["activities"];
        var vocabulary = Facts.Standard with
        {
            Version = Facts.Standard.Version + 1,
            Facts = Facts.Standard.Facts.SetItem("activities", grown with { Values = [..grown.Values.Select(v => v.Value == "shop" ? v with { Since = Facts.Standard.Version + 1 } : v)] }),
        };
        var company = Facts.Company(new FactDeclaration("activities", SmallWorld.Set(), Domain.Common.Days.Always));
        var book = new LawBook(Law.Happened("passed", "2024-01-10", Law.Define("!(\"shop\" in activities)"), Law.Enact("2024-03-01")));
        var change = CompanyChanges.Between(Point("2024-05-05", company: company, book: book), Point("2024-05-05", company: company, book: book, index: FactIndex.Of(vocabulary))).Single();

        change.Kind.ShouldBe(ChangeKind.Undetermined);
        change.Causes.ShouldBe([new ChangeCause.Vocabulary("activities")]);
    }

    private static ChangePoint Unregistered(string asOf) => new(Law.Day(asOf), null, Facts.Slots, Rules(Book, LawBook.Always, Facts.Slots), _ => []);

    private static ChangePoint Point(string asOf, string knownOn = LawBook.Always, CompanyProfile? company = null, LawBook? book = null, FactIndex? index = null) =>
        new(Law.Day(asOf), company ?? Company, index ?? Facts.Slots, Rules(book ?? Book, knownOn, index ?? Facts.Slots), _ => (book ?? Book).Counted(knownOn));

    private static ImmutableDictionary<string, Domain.Obligations.Rule> Rules(LawBook book, string knownOn, FactIndex index) =>
        book.History(knownOn) is { } history
            ? ImmutableDictionary<string, Domain.Obligations.Rule>.Empty.Add(
                Law.DutyId, Domain.Obligations.Rule.Of(history, text => Condition.Compile(text, index).Condition!))
            : ImmutableDictionary<string, Domain.Obligations.Rule>.Empty;
}
