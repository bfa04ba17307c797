using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Tests.Conditions;

public sealed class LookingOverTests
{
    private static readonly FactVocabulary Vocabulary = Sample.Vocabulary with
    {
        Facts = Sample.Vocabulary.Facts
            .SetItem("persons", Sample.Vocabulary.Facts["persons"] with { Unit = "persons" })
            .SetItem("share", Sample.Vocabulary.Facts["share"] with { Unit = "fraction" }),
    };

    private static ConditionReport Report(string text) => ConditionCheck.Check(text, Vocabulary).Report.ShouldNotBeNull(text);

    [Theory]
    [InlineData("!!a", "a")]
    [InlineData("a && true && b", "a && b")]
    [InlineData("a || false", "a")]
    [InlineData("a && false", "false")]
    [InlineData("a && b && a", "a && b")]
    [InlineData("a == true", "a")]
    [InlineData("false == a", "!a")]
    [InlineData("a != true && b != false", "!a && b")]
    [InlineData("a || a && b", "a")]
    [InlineData("a && (a || b)", "a")]
    [InlineData("a ? true : b", "a || b")]
    [InlineData("a ? b : false", "a && b")]
    [InlineData("a ? false : b", "!a && b")]
    [InlineData("a ? b : true", "!a || b")]
    [InlineData("!a ? b : a", "a ? a : b")]
    [InlineData("a ? b : b", "b")]
    [InlineData("persons > 1 && persons > 5", "persons > 5")]
    [InlineData("persons > 1 || persons >= 5", "persons > 1")]
    [InlineData("persons == 7 || persons > 5", "persons > 5")]
    [InlineData("persons == 7 && persons != 5", "persons == 7")]
    [InlineData("!(persons < 5)", "persons >= 5")]
    [InlineData("!(word == \"x\")", "word != \"x\"")]
    [InlineData("tier == \"gold\" || a || tier == \"silver\"", "tier in [\"gold\", \"silver\"] || a")]
    [InlineData("persons in [3]", "persons == 3")]
    [InlineData("persons > 2 * 3", "persons > 6")]
    [InlineData("operates_in.covers(\"DE-BY\") || operates_in.covers(\"EU\")", "operates_in.covers(\"EU\")")]
    [InlineData("operates_in.covers(\"DE\") && \"DE-BY\" in operates_in", "\"DE-BY\" in operates_in")]
    [InlineData("[1, 2].all(x, x > 0)", "true")]
    public void What_can_be_said_in_fewer_words_is_said_so(string text, string simplified) => Report(text).Simplified.ShouldBe(simplified);

    [Theory]
    [InlineData("a || 1 / persons > 0 && 1 / persons > 0 && a")]
    [InlineData("persons > 1 && size.employees > 5")]
    [InlineData("persons > 1 && persons < 5")]
    [InlineData("b || !b")]
    [InlineData("!(0.0 / 0.0 < share)")]
    [InlineData("persons in []")]
    [InlineData("1 / 0 > 1")]
    [InlineData("\"games\" in tags && \"payment\" in tags")]
    public void What_would_come_to_something_else_stays(string text)
    {
        var simplified = Report(text).Simplified;

        (simplified is null || simplified == "a || 1 / persons > 0 && a").ShouldBeTrue(simplified);
    }

    [Theory]
    [InlineData("persons < 0", "1:1 persons < 0 OutOfRange")]
    [InlineData("a && persons >= 0", "1:6 persons >= 0 OutOfRange")]
    [InlineData("share > 1 || a", "1:1 share > 1 OutOfRange")]
    [InlineData("opened_on < date(\"1900-01-01\")", "1:1 opened_on < date(\"1900-01-01\") OutOfRange")]
    [InlineData("size.employees < 0", "")]
    [InlineData("persons > 1000 && persons < 100", "1:1 persons > 1000 && persons < 100 AlwaysFalse")]
    [InlineData("persons > 1 && persons < 2", "1:1 persons > 1 && persons < 2 AlwaysFalse")]
    [InlineData("share > 0.1 && share < 0.2", "")]
    [InlineData("a || !a", "1:1 a || !a AlwaysTrue")]
    [InlineData("tier == \"gold\" || tier == \"silver\"", "1:1 tier == \"gold\" || tier == \"silver\" AlwaysTrue")]
    [InlineData("word == \"x\" || word != \"x\"", "1:1 word == \"x\" || word != \"x\" AlwaysTrue")]
    [InlineData("word == \"x\" && word == \"y\"", "1:1 word == \"x\" && word == \"y\" AlwaysFalse")]
    [InlineData("operates_in.covers(\"EU\") && !operates_in.covers(\"EU\")", "1:1 operates_in.covers(\"EU\") && !operates_in.covers(\"EU\") AlwaysFalse")]
    [InlineData("operates_in.covers(\"EU\") && !(\"EU\" in operates_in)", "")]
    [InlineData("a &&\n (b || true)", "2:3 b || true AlwaysTrue|2:8 true AlwaysTrue")]
    [InlineData("1 / 0 > 1", "1:1 1 / 0 > 1 AlwaysFails")]
    [InlineData("\"gmes\" in tags", "1:1 \"gmes\" UndeclaredValue")]
    [InlineData("tier == \"golf\"", "1:9 \"golf\" UndeclaredValue")]
    [InlineData("tags.exists(t, t == \"gmes\" || t in [\"games\", \"pay\"])", "1:21 \"gmes\" UndeclaredValue|1:46 \"pay\" UndeclaredValue")]
    [InlineData("persons + 1", "1:1 persons + 1 NoCondition")]
    [InlineData("true", "1:1 true AlwaysTrue")]
    [InlineData("a && (persons > 5 || b)", "")]
    [InlineData("word < \"x\" || word == \"x\"", "")]
    [InlineData("a >= false", "1:1 a >= false OutOfRange")]
    public void What_is_probably_a_mistake_is_told_with_its_place(string text, string warnings) =>
        string.Join('|', Report(text).Warnings.Select(w => $"{w.At.Line}:{w.At.Column} {w.At.Text} {w.Kind}")).ShouldBe(warnings);

    [Fact]
    public void What_is_too_much_to_try_as_a_whole_is_looked_at_in_pairs()
    {
        var many = string.Concat(Enumerable.Range(0, 20).Select(i => $" && (size.employees > {i} || share > 0.{i}1 || persons != {i})"));

        Report($"persons > 1000 && persons < 100{many}").Warnings.ShouldContain(w => w.Kind == ConditionWarningKind.AlwaysFalse);
    }

    [Fact]
    public void A_report_names_type_and_facts_with_their_definitions()
    {
        var report = Report("persons > 1 && (word in tags)");

        report.Type.ShouldBe("bool");
        report.Facts.Select(f => f.Name).ShouldBe(["persons", "tags", "word"]);
        report.PlainLanguage.In("en").ShouldContain("is more than 1 persons");
        ConditionCheck.Check("persons >", Vocabulary).Error.ShouldNotBeNull().Column.ShouldBe(10);
        ConditionCheck.Check("persons > \"x\"", Vocabulary).Error.ShouldNotBeNull().Column.ShouldBe(11);
    }
}
