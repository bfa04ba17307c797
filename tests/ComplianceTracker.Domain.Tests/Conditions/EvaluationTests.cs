using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Vocabulary;
using static ComplianceTracker.Domain.Tests.Conditions.Sample;

namespace ComplianceTracker.Domain.Tests.Conditions;

public sealed class EvaluationTests
{
    [Theory]
    [InlineData("a && b", false, null, Truth.No)]
    [InlineData("b && a", false, null, Truth.No)]
    [InlineData("a && b", true, null, Truth.Unknown)]
    [InlineData("a && b", true, true, Truth.Yes)]
    [InlineData("a || b", true, null, Truth.Yes)]
    [InlineData("a || b", false, null, Truth.Unknown)]
    [InlineData("a || b", false, false, Truth.No)]
    [InlineData("!b", null, null, Truth.Unknown)]
    [InlineData("!a", false, null, Truth.Yes)]
    [InlineData("b || !b", null, null, Truth.Unknown)]
    [InlineData("a == b", true, null, Truth.Unknown)]
    [InlineData("a != b", true, false, Truth.Yes)]
    [InlineData("b ? a : a", true, null, Truth.Yes)]
    [InlineData("b ? a : !a", true, null, Truth.Unknown)]
    [InlineData("a ? true : b", true, null, Truth.Yes)]
    [InlineData("(b ? 3 : 3) == 3", null, null, Truth.Yes)]
    [InlineData("(b ? 3 : 4) > 2", null, null, Truth.Unknown)]
    public void Logic_is_three_valued(string text, bool? a, bool? b, Truth expected) =>
        Evaluate(text, ("a", a is { } x ? Bool(x) : null), ("b", b is { } y ? Bool(y) : null)).ShouldBe(expected);

    [Theory]
    [InlineData("a && b", "a b")]
    [InlineData("a && !a && persons > 3", "a persons")]
    [InlineData("processes.personal_data && a", "")]
    [InlineData("!processes.personal_data && a", "a")]
    [InlineData("(processes.personal_data || a) && b", "a b")]
    [InlineData("(!processes.personal_data || a) && b", "b")]
    [InlineData("(processes.personal_data && a) || b", "b")]
    [InlineData("a ? b : processes.personal_data", "a b")]
    [InlineData("a ? true : processes.personal_data", "a")]
    [InlineData("processes.personal_data ? a : b", "b")]
    [InlineData("persons == size.employees", "persons size.employees")]
    [InlineData("(a ? persons : 3) > 2", "a persons")]
    [InlineData("word.startsWith(tier) && word.matches(\"x\")", "tier word")]
    public void Missing_are_the_unknown_facts_that_no_other_operand_decides(string text, string missing) =>
        Missing(text, ("processes.personal_data", Bool(false))).ShouldBe(missing);

    [Fact]
    public void Ints_and_doubles_are_compared_exactly()
    {
        const long odd = 9007199254740993; // 2^53 + 1, which no double can hold
        Evaluate("persons > 9007199254740992.0", ("persons", Int(odd))).ShouldBe(Truth.Yes);
        Evaluate("persons == 9007199254740992.0", ("persons", Int(odd))).ShouldBe(Truth.No);
        Evaluate("9007199254740992.0 < persons", ("persons", Int(odd))).ShouldBe(Truth.Yes);
        Evaluate("persons < 9.3e18", ("persons", Int(long.MaxValue))).ShouldBe(Truth.Yes);
        Evaluate("persons < 9223372036854775808.0", ("persons", Int(long.MaxValue - 1))).ShouldBe(Truth.Yes);
        Evaluate("persons == 9223372036854775808.0", ("persons", Int(long.MaxValue))).ShouldBe(Truth.Yes);
        Evaluate("persons == -9223372036854775808.0", ("persons", Int(long.MinValue))).ShouldBe(Truth.Yes);
        Evaluate("persons > -3.5", ("persons", Int(-3))).ShouldBe(Truth.Yes);
        Evaluate("persons <= -3.5", ("persons", Int(-4))).ShouldBe(Truth.Yes);
        Evaluate("share in [1, 2]", ("share", Double(2.0))).ShouldBe(Truth.Yes);
    }

    [Theory]
    [InlineData("persons >= 10", 10, Truth.Yes)]
    [InlineData("persons > 10", 10, Truth.No)]
    [InlineData("persons < 10", 9, Truth.Yes)]
    [InlineData("persons <= 10", 11, Truth.No)]
    [InlineData("persons == 10", 10, Truth.Yes)]
    [InlineData("persons != 10", 10, Truth.No)]
    [InlineData("10 <= persons", 10, Truth.Yes)]
    public void Thresholds_include_what_their_sign_says(string text, long persons, Truth expected) =>
        Evaluate(text, ("persons", Int(persons))).ShouldBe(expected);

    [Fact]
    public void Dates_and_texts_compare()
    {
        Evaluate("opened_on < date(\"2021-11-01\")", ("opened_on", Day(2021, 10, 31))).ShouldBe(Truth.Yes);
        Evaluate("opened_on in [date(\"2021-11-01\")]", ("opened_on", Day(2021, 11, 1))).ShouldBe(Truth.Yes);
        Evaluate("word == \"Ä\"", ("word", Text("ä"))).ShouldBe(Truth.No);
        Evaluate("word.matches(\"^a+b\") && word.contains(\"ab\") && word.endsWith(\"b\")", ("word", Text("aab"))).ShouldBe(Truth.Yes);
        Evaluate("word.matches(\"(a*)*c\")", ("word", Text(new string('a', 50_000)))).ShouldBe(Truth.No);
    }

    [Fact]
    public void False_zero_and_the_empty_set_are_known()
    {
        Evaluate("a", ("a", Bool(false))).ShouldBe(Truth.No);
        Evaluate("persons == 0", ("persons", Int(0))).ShouldBe(Truth.Yes);
        Evaluate("\"games\" in tags", ("tags", Set())).ShouldBe(Truth.No);
        Evaluate("operates_in.covers(\"EU\")", ("operates_in", Set())).ShouldBe(Truth.No);
    }

    [Fact]
    public void A_frame_of_another_vocabulary_is_read_by_name()
    {
        var grown = FactIndex.Of(Sample.Vocabulary.With([KeyValuePair.Create("aa.first", FactType.Bool)]));
        var frame = FactFrame.Of(grown, [KeyValuePair.Create<string, FactValue?>("b", Bool(true))]);

        Compile("b").Evaluate(frame).ShouldBe(Truth.Yes);
        Compile("a || b").EvaluateWithMissing(frame).Result.ShouldBe(Truth.Yes);
        Compile("b").Trace(frame).Truth.ShouldBe(Truth.Yes);
    }

    [Fact]
    public void A_frame_takes_whole_numbers_for_doubles_and_refuses_other_types()
    {
        Evaluate("share >= 2", ("share", Int(2))).ShouldBe(Truth.Yes);
        Facts().With("share", Int(2)).Find("share").ShouldBe(Double(2));
        Facts(("a", Bool(true))).With("a", null).Find("a").ShouldBeNull();
        Should.Throw<ArgumentException>(() => Facts(("a", Int(1))));
    }

    [Fact]
    public void Evaluating_allocates_nothing()
    {
        var condition = Compile("operates_in.covers(\"EU\") && (a || size(tags) > 2) && \"games\" in tags && share > 1 && (b ? a : !a)");
        var facts = Facts(("operates_in", Set("DE-BY")), ("tags", Set("games")), ("share", Double(3)));
        condition.Evaluate(facts);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = condition.Evaluate(facts);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        (result, allocated).ShouldBe((Truth.Unknown, 0L));
    }
}
