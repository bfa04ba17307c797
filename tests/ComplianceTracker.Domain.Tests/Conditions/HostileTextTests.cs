using System.Text;
using System.Text.RegularExpressions;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace ComplianceTracker.Domain.Tests.Conditions;

/// <summary>Whatever is sent as a condition is answered with a condition or with an error that points into the text.</summary>
public sealed partial class HostileTextTests
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private static readonly string[] Pieces =
    [
        "(", ")", "[", "]", "!", "!=", "&&", "||", "&", "?", ":", ".", ",", "-", "in", "==", "<", ">=", "\"", "'", "\\", "\\u", "\\U0010FFFF",
        "a", "tags", "word", "persons", "operates_in", ".covers(\"CN\")", ".matches(\"", "size(", "date(\"2021-02-29\")", "date(", "true", "null",
        "+", "*", "/", "%", "{", "}", "[1, 2]", ".all(x, ", ".map(x, ", "x", "r\"", "b'", "\"\"\"", "0x1F", "7u", "dyn(", "int(", "has(", "[0]", ".k", "{'k': 1}",
        "0", "1e", "1e400", "99999999999999999999", "\0", "\u0007", "\ud800", "\udc00", "😀", "\u2028", "\r\n", "\n", "//", "é", "{1000}", " ",
    ];

    private static void Answers(string text, FactIndex index)
    {
        var result = Condition.Compile(text, index);
        if (result.IsValid)
        {
            result.Condition.EvaluateWithMissing(FactFrame.Of(index, []));
            result.Condition.Trace(FactFrame.Of(index, []));
            ConditionCheck.Check(text, index.Vocabulary).IsValid.ShouldBeTrue(text);
            return;
        }

        var lines = LineEnds().Split(text);
        result.Error.Line.ShouldBeInRange(1, lines.Length);
        result.Error.Column.ShouldBeInRange(1, lines[result.Error.Line - 1].Length + 1);
        result.Error.Message.ShouldNotBeNullOrWhiteSpace();
        Should.NotThrow(() => StrictUtf8.GetByteCount(result.Error.Message));
    }

    [GeneratedRegex("\r\n|\r|\n")]
    private static partial Regex LineEnds();

    [Fact]
    public void Random_code_units_are_answered() =>
        Properties.Hold(Gen.Choose(0, 0xFFFF).Select(c => (char)c).ArrayOf().Select(c => new string(c)), t => Answers(t, Sample.Index));

    [Fact]
    public void Random_pieces_of_the_language_are_answered() =>
        Properties.Hold(Gen.Elements(Pieces).ArrayOf().Select(string.Concat), t => Answers(t, Sample.Index));

    [Fact]
    public void Real_conditions_with_a_mistake_are_answered()
    {
        var mutations =
            from text in Gen.Elements(RealConditions.Texts)
            from at in Gen.Choose(0, text.Length)
            from cut in Gen.Choose(0, Math.Min(3, text.Length - at))
            from piece in Gen.Elements(Pieces)
            select text[..at] + piece + text[(at + cut)..];

        Properties.Hold(mutations, t => Answers(t, RealConditions.Index));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("!")]
    [InlineData("-")]
    [InlineData("[")]
    [InlineData("a?")]
    [InlineData("a?a:")]
    [InlineData("a&&")]
    [InlineData("a==")]
    [InlineData("a.")]
    [InlineData("a.size().")]
    [InlineData("size(")]
    [InlineData("\"\\")]
    [InlineData("1")]
    [InlineData("x")]
    [InlineData("a\n")]
    [InlineData("1+")]
    [InlineData("-1*")]
    [InlineData("[0]")]
    [InlineData("[[0]")]
    [InlineData("{1:")]
    [InlineData("a==1+")]
    [InlineData("(a==a&&")]
    [InlineData("[1].all(x,")]
    [InlineData("int(")]
    public void Endless_repetition_is_answered(string piece)
    {
        foreach (var length in new[] { ConditionSyntax.MaxLength, 1_000_000 })
        {
            var text = string.Concat(Enumerable.Repeat(piece, length / piece.Length));
            Answers(text, Sample.Index);
            Answers(text[..^1] + "a", Sample.Index);
        }
    }

    [Fact]
    public void The_longest_chain_and_the_deepest_nesting_evaluate_and_explain_themselves()
    {
        Answers(string.Join("&&", Enumerable.Repeat("a", 1365)), Sample.Index);
        Answers(string.Concat(Enumerable.Repeat("(a&&(b||", 32)) + "a" + new string(')', 64), Sample.Index);
    }

    [Fact]
    public void Chains_inside_nesting_may_not_add_up_to_a_tree_that_nobody_can_walk()
    {
        var text = "1";
        for (var links = 40; links > 25; links--)
        {
            text = $"({text})" + string.Concat(Enumerable.Repeat("+1", links));
        }

        ConditionSyntax.Parse($"{text} == 1").Error!.Expected.ShouldBe(["at most 64 levels"]);
    }

    [Theory]
    [InlineData("[0, 1].all(x, ", "1 / 0 > x", ")", 20)]
    [InlineData("tags.all(t, ", "t == \"a\"", ")", 3)]
    public void An_expression_that_would_take_too_many_steps_is_refused_before_it_is_evaluated(string open, string core, string close, int times)
    {
        var error = Sample.Refuse(string.Concat(Enumerable.Repeat(open, times)) + core + string.Concat(Enumerable.Repeat(close, times)));

        error.Message.ShouldContain("steps, where 1,000,000 are allowed");
        error.Column.ShouldBeInRange(1, open.Length * times);
    }

    [Fact]
    public void A_value_that_would_grow_too_large_is_refused_before_it_is_made()
    {
        var text = "['foo', 'bar']" + string.Concat(Enumerable.Repeat(".map(x, [x + x, x + x])", 20)) + " == []";

        Sample.Refuse(text).Message.ShouldContain("are allowed");
    }

    [Fact]
    public void The_most_steps_allowed_take_no_long_time()
    {
        // 900,000 steps by the estimate: a quarter of a second on a slow machine, so that only a wrong estimate fails this.
        var list = $"[{string.Join(',', Enumerable.Range(0, 190))}]";
        var condition = Sample.Compile($"{list}.all(x, {list}.all(y, x * 2 + y >= persons))");
        var before = Environment.TickCount64;

        condition.Evaluate(Sample.Facts(("persons", Sample.Int(0)))).ShouldBe(Truth.Yes);

        (Environment.TickCount64 - before).ShouldBeLessThan(5_000);
    }

    [Fact]
    public void Patterns_are_answered() => Properties.Hold(
        Gen.Elements("(", ")", "*", "+", "?", "{9}", "{1,}", "{2,99}", "[a-z", "]", "|", "a", ".", "^", "$", "(?=", "(?:", "\\\\1", "\\\\p{L}", "\\\\b")
            .ArrayOf()
            .Select(parts => $"word.matches(\"{string.Concat(parts)}\")"),
        t => Answers(t, Sample.Index));
}
