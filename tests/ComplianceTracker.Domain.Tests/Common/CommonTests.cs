using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Instruments;
using ComplianceTracker.Domain.Obligations;
using ComplianceTracker.Domain.Tests.Support;
using ComplianceTracker.Domain.Vocabulary;
using FsCheck.Fluent;
using static ComplianceTracker.Domain.Tests.Support.Law;

namespace ComplianceTracker.Domain.Tests.Common;

/// <summary>The small things that everything else is made of.</summary>
public sealed class CommonTests
{
    [Fact]
    public void A_run_of_days_includes_its_first_day_and_not_its_end()
    {
        var days = Facts.Window("2024-01-01", "2024-01-03");

        days.Contains(Day("2023-12-31")).ShouldBeFalse();
        days.Contains(Day("2024-01-01")).ShouldBeTrue();
        days.Contains(Day("2024-01-02")).ShouldBeTrue();
        days.Contains(Day("2024-01-03")).ShouldBeFalse();
        Days.Always.Contains(DateOnly.MinValue).ShouldBeTrue();
        Days.Always.Contains(DateOnly.MaxValue).ShouldBeTrue();
    }

    [Fact]
    public void A_day_is_in_an_intersection_when_it_is_in_both_and_in_no_empty_run()
    {
        var end = Gen.Choose(0, 9).Select(i => i == 9 ? null : (DateOnly?)new DateOnly(2024, 1, 1).AddDays(i));
        var cases = from a in end from b in end from c in end from d in end select (One: new Days(a, b), Other: new Days(c, d));

        Properties.ForAll(cases, c =>
        {
            var both = c.One.Intersect(c.Other);
            foreach (var day in Enumerable.Range(-2, 14).Select(new DateOnly(2024, 1, 1).AddDays))
            {
                both.Contains(day).ShouldBe(c.One.Contains(day) && c.Other.Contains(day));
                (both.IsEmpty && both.Contains(day)).ShouldBeFalse();
            }
        });
    }

    [Theory]
    [InlineData("CN", true)]
    [InlineData("CN-NM", true)]
    [InlineData("US-CA", true)]
    [InlineData("EU", true)]
    [InlineData("GB", true)]
    [InlineData("UK", false)]
    [InlineData("cn", false)]
    [InlineData("CHN", false)]
    [InlineData("CN-", false)]
    [InlineData("CN-ABCD", false)]
    [InlineData("CN\n", false)]
    [InlineData(null, false)]
    public void A_jurisdiction_is_an_assigned_code(string? code, bool valid)
    {
        Jurisdiction.IsValid(code).ShouldBe(valid);
    }

    [Fact]
    public void A_subdivision_lies_within_its_country()
    {
        Jurisdiction.IsWithin("CN-NM", "CN").ShouldBeTrue();
        Jurisdiction.IsWithin("CN", "CN").ShouldBeTrue();
        Jurisdiction.IsWithin("CN", "CN-NM").ShouldBeFalse();
        Jurisdiction.IsWithin("US-CA", "CA").ShouldBeFalse();
    }

    [Theory]
    [InlineData("cn-pipl", true)]
    [InlineData("a", true)]
    [InlineData("a.b_c-d", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("A", false)]
    [InlineData("a b", false)]
    [InlineData("a\n", false)]
    [InlineData("é", false)]
    public void A_slug_is_lower_case_ascii(string text, bool valid)
    {
        Slug.IsValid(text).ShouldBe(valid);
        Slug.IsValid(new string('a', Slug.MaxLength)).ShouldBeTrue();
        Slug.IsValid(new string('a', Slug.MaxLength + 1)).ShouldBeFalse();
    }

    [Fact]
    public void Words_are_kebab_case_and_read_back()
    {
        Words.Of(DevelopmentKind.DraftPublished).ShouldBe("draft-published");
        Words.Of(Status.NotApplicable).ShouldBe("not-applicable");
        Words.Of(Stage.InForce).ShouldBe("in-force");
        Words.Of(DutyKind.OneOff).ShouldBe("one-off");
        Words.Of(FactType.StringSet).ShouldBe("string-set");
        foreach (var kind in Enum.GetValues<DevelopmentKind>())
        {
            Words.TryParse<DevelopmentKind>(Words.Of(kind), out var read).ShouldBeTrue();
            read.ShouldBe(kind);
        }

        Words.TryParse<Stage>("In-Force", out _).ShouldBeFalse();
        Words.TryParse<Stage>(null, out _).ShouldBeFalse();
    }

    [Fact]
    public void A_text_falls_back_to_english_and_then_to_what_there_is()
    {
        LangText.Of("law", "法律").In("zh").ShouldBe("法律");
        LangText.English("law").In("zh").ShouldBe("law");
        new LangText(LangText.Of("law", "法律").ByLanguage.Remove("en")).In("de").ShouldBe("法律");
        LangText.Of("law", "法律").ShouldBe(LangText.Of("law", "法律"));
        LangText.Of("law", "法律").ShouldNotBe(LangText.English("law"));
    }

    [Fact]
    public void The_nearest_names_come_first_and_far_ones_not_at_all()
    {
        Nearest.To("stafff", ["staff", "stuff", "turnover"]).ShouldBe(["staff", "stuff"]);
        Nearest.To("personal_data", ["processes.personal_data", "personal_date"]).ShouldBe(["personal_date", "processes.personal_data"]);
        Nearest.To("", ["a", "bb"]).ShouldBe(["a"]);
        Nearest.To(new string('x', 100_000), ["a"]).ShouldBeEmpty();
    }

    [Fact]
    public void The_record_speaks_of_three_centuries()
    {
        LegalDate.IsInRange(LegalDate.First).ShouldBeTrue();
        LegalDate.IsInRange(LegalDate.Last).ShouldBeTrue();
        LegalDate.IsInRange(LegalDate.First.AddDays(-1)).ShouldBeFalse();
        LegalDate.IsInRange(LegalDate.Last.AddDays(1)).ShouldBeFalse();
    }
}
