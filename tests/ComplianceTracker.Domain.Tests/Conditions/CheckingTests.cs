using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Vocabulary;
using static ComplianceTracker.Domain.Tests.Conditions.Sample;

namespace ComplianceTracker.Domain.Tests.Conditions;

public sealed class CheckingTests
{
    [Theory]
    [InlineData("a && procesess.personal_data", 6, "processes.personal_data")]
    [InlineData("personal_data", 1, "processes.personal_data")]
    [InlineData("nothing_like_it_at_all", 1, "a fact of the vocabulary")]
    [InlineData("size.employees", 1, "a bool")]
    [InlineData("a && !persons", 7, "a bool")]
    [InlineData("a || \"x\"", 6, "a bool")]
    [InlineData("persons > \"10\"", 11, "a number")]
    [InlineData("opened_on < \"2021-01-01\"", 13, "a date")]
    [InlineData("tags == tags", 1, "\"value\" in set")]
    [InlineData("word == 1", 9, "a string")]
    [InlineData("\"gmes\" in tags", 1, "\"games\"")]
    [InlineData("\"zzz\" in tags", 1, "a value that tags lists")]
    [InlineData("1 in tags", 1, "a string")]
    [InlineData("word in word", 9, "a string-set")]
    [InlineData("tags in [1]", 1, "a single value")]
    [InlineData("[1] == 1", 8, "a list(int)")]
    [InlineData("persons == null", 1, "a value")]
    [InlineData("tags == null", 1, "\"value\" in set")]
    [InlineData("tier == \"golf\"", 9, "\"gold\"")]
    [InlineData("\"slver\" != tier", 1, "\"silver\"")]
    [InlineData("tier in [\"gold\", \"golf\"]", 18, "\"gold\"")]
    [InlineData("operates_in.covers(\"cn\")", 20, "\"CN\"")]
    [InlineData("operates_in.covers(\"CHINA\")", 20, "a jurisdiction code such as \"CN\" or \"CN-NM\"")]
    [InlineData("\"CN-NMXX\" in operates_in", 1, "a jurisdiction code such as \"CN\" or \"CN-NM\"")]
    [InlineData("operates_in.covers(word)", 20, "a jurisdiction code such as \"CN\" or \"CN-NM\"")]
    [InlineData("tags.covers(\"CN\")", 1, "\"value\" in set")]
    [InlineData("word.covers(\"CN\")", 1, "a string-set")]
    [InlineData("operates_in.cover(\"CN\")", 13, "covers")]
    [InlineData("sise(tags) > 1", 1, "size")]
    [InlineData("size(tags, tags) > 1", 1, "one argument")]
    [InlineData("tags.contains(\"games\")", 1, "a string")]
    [InlineData("word.matches(\"(\")", 14, "a regular expression that needs no backtracking")]
    [InlineData("word.matches(\"(a)\\\\1\")", 14, "a regular expression that needs no backtracking")]
    [InlineData("word.matches(\"(?=a)b\")", 14, "a regular expression that needs no backtracking")]
    [InlineData("word.matches(\"((a{1000}){1000}){1000}\")", 14, "a regular expression that needs no backtracking")]
    [InlineData("a ? 1 : 2", 1, "a bool")]
    [InlineData("(a ? 1 : \"x\") == 1", 10, "an int")]
    [InlineData("(persons ? 1 : 2) == 1", 2, "a bool")]
    [InlineData("\"games\" in (a ? tags : tags)", 17, "a single value")]
    public void A_text_that_is_not_well_typed_is_refused_with_what_would_be_right(string text, int column, string expected)
    {
        var error = Refuse(text);

        (error.Line, error.Column, error.Expected[0]).ShouldBe((1, column, expected), error.Message);
    }

    [Theory]
    [InlineData("share > 1 && persons > 0.5 && 1 < share")]
    [InlineData("opened_on >= date(\"2021-11-01\") && opened_on == opened_on")]
    [InlineData("a == b && a != true")]
    [InlineData("word in tags && word in [\"x\"] && word in []")]
    [InlineData("tags.size() > 1 && size(tags) < 3")]
    [InlineData("(a ? persons : size.employees) > 3")]
    [InlineData("word.startsWith(\"a\") && word.endsWith(tier) && word.contains(\"b\") && word.matches(\"^[a-z]{2,8}$\")")]
    [InlineData("\"CN-NM\" in operates_in && operates_in.covers(\"EU\")")]
    [InlineData("true")]
    [InlineData("a > b && word < \"x\" && size(word) > 1 && word.matches(word)")]
    [InlineData("persons in [1, size.employees] && persons + 1 > 2 * size.employees")]
    public void A_well_typed_text_compiles(string text) => Compile(text).Text.ShouldBe(text);

    [Fact]
    public void A_condition_names_every_fact_it_reads_once_and_in_order() =>
        Compile("word in tags && (persons > 1 || a ? b : persons == 2) && true").FactNames
            .ShouldBe(["a", "b", "persons", "tags", "word"]);

    [Fact]
    public void Facts_that_nobody_defined_can_be_tried_out()
    {
        var vocabulary = Sample.Vocabulary.With([KeyValuePair.Create("fresh.fact", FactType.Int), KeyValuePair.Create("tags", FactType.StringSet)]);

        Condition.Compile("fresh.fact > 3 && \"anything\" in tags && a", vocabulary).IsValid.ShouldBeTrue();
        Refuse("fresh.fact > 3").Column.ShouldBe(1);
    }
}
