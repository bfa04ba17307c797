using ComplianceTracker.Domain.Conditions;

namespace ComplianceTracker.Domain.Tests.Conditions;

public sealed class SyntaxTests
{
    [Theory]
    [InlineData("a&&b||!c", "a && b || !c")]
    [InlineData("a && (b || c)", "a && (b || c)")]
    [InlineData("((a && b)) && (c && d)", "a && b && c && d")]
    [InlineData("!(a) && !(a && b)", "!a && !(a && b)")]
    [InlineData("a || (b && c)", "a || b && c")]
    [InlineData("(n > 1) == (m <= 2)", "n > 1 == (m <= 2)")]
    [InlineData("a ? b : (c ? d : e)", "a ? b : c ? d : e")]
    [InlineData("(a ? b : c) ? d : e", "(a ? b : c) ? d : e")]
    [InlineData("a ? (b ? c : d) : e", "a ? (b ? c : d) : e")]
    [InlineData("'x' in tags", "\"x\" in tags")]
    [InlineData("n in [ 1,-2 , 3.5 ]", "n in [1, -2, 3.5]")]
    [InlineData("processes . personal_data", "processes.personal_data")]
    [InlineData("size( tags )>2", "size(tags) > 2")]
    [InlineData("tags.size() > 2 // few", "tags.size() > 2")]
    [InlineData("in_eu.covers(\"EU\")", "in_eu.covers(\"EU\")")]
    [InlineData("x > 1E26 && y < .5 && z == 2.0", "x > 1e+26 && y < 0.5 && z == 2.0")]
    [InlineData("x == -9223372036854775808", "x == -9223372036854775808")]
    [InlineData("d >= date('2021-11-01')", "d >= date(\"2021-11-01\")")]
    [InlineData(@"w == 'it\'s \x41\u00e9\101\U0001F600'", "w == \"it's AéA😀\"")]
    [InlineData(@"w == ""\n\\\u0001""", @"w == ""\n\\\u0001""")]
    [InlineData("(w).startsWith('a')", "w.startsWith(\"a\")")]
    [InlineData("(a ? w : v).startsWith('a')", "(a ? w : v).startsWith(\"a\")")]
    [InlineData("1+2*3-(4-5)-6", "1 + 2 * 3 - (4 - 5) - 6")]
    [InlineData("(1+2)*3%4", "(1 + 2) * 3 % 4")]
    [InlineData("-(1) - -1 - -n - -(n+1)", "-(1) - -1 - -n - -(n + 1)")]
    [InlineData("--n == - - 2", "--n == --2")]
    [InlineData("0xFFu + 0X10 + 5U", "255u + 16 + 5u")]
    [InlineData("[1,[2,],][0]", "[1, [2]][0]")]
    [InlineData("{'a':1,true:{}}['a'].b", "{\"a\": 1, true: {}}[\"a\"].b")]
    [InlineData("(a).b.c(d)[e].f", "(a).b.c(d)[e].f")]
    [InlineData("n in [1,2] in m", "n in [1, 2] in m")]
    [InlineData("l.all(x, x>0&&y)", "l.all(x, x > 0 && y)")]
    [InlineData("r'\\d' + R\"a'b\" + '''x'y''' + \"\"\"a\nb\"\"\"", "\"\\\\d\" + \"a'b\" + \"x'y\" + \"a\\nb\"")]
    [InlineData("b'\\xff\\303a\"' + br'\\x' + b\"é\"", "b\"\\xff\\xc3a\\x22\" + b\"\\x5cx\" + b\"\\xc3\\xa9\"")]
    [InlineData("w == null", "w == null")]
    [InlineData("m.`a-b/c d`.e && . x.y", "(m).`a-b/c d`.e && .x.y")]
    [InlineData("(m).`plain`", "(m).plain")]
    public void A_text_is_printed_canonically_and_reads_back_as_the_same_tree(string text, string canonical)
    {
        var parsed = ConditionSyntax.Parse(text);

        parsed.Error.ShouldBeNull();
        ConditionSyntax.Print(parsed.Root!).ShouldBe(canonical);
        ConditionSyntax.Parse(canonical).Root.ShouldBe(parsed.Root);
    }

    [Theory]
    [InlineData("", 1, 1, "an expression")]
    [InlineData("   ", 1, 4, "an expression")]
    [InlineData("a &&", 1, 5, "a value")]
    [InlineData("a & b", 1, 3, "'&&'")]
    [InlineData("a = b", 1, 3, "'=='")]
    [InlineData("a b", 1, 3, "an operator")]
    [InlineData("(a || b", 1, 8, "')'")]
    [InlineData("a ||\n  (b && )", 2, 9, "a value")]
    [InlineData("a ||\r\n&& b", 2, 1, "a value")]
    [InlineData("a ||\r&& b", 2, 1, "a value")]
    [InlineData("a ? b", 1, 6, "':'")]
    [InlineData("x in [1, 2", 1, 11, "']'")]
    [InlineData("w == \"abc", 1, 6, "\"")]
    [InlineData("w == \"a\\q\"", 1, 8, "\\\\")]
    [InlineData("w == '\\ud800'", 1, 7, "\\\\")]
    [InlineData("n > 12ab", 1, 5, "a number")]
    [InlineData("n > 1e", 1, 5, "a number")]
    [InlineData("n > 1e999", 1, 5, "a number up to 1.7e+308")]
    [InlineData("n > 9223372036854775808", 1, 5, "a whole number of 64 bits")]
    [InlineData("n > - ", 1, 7, "a value")]
    [InlineData("d > date(\"2021-02-30\")", 1, 10, "a day as \"YYYY-MM-DD\"")]
    [InlineData("d > date(2021)", 1, 10, "date(\"YYYY-MM-DD\")")]
    [InlineData("{1: 2", 1, 6, "'}'")]
    [InlineData("{1, 2}", 1, 3, "':'")]
    [InlineData("a[1", 1, 4, "']'")]
    [InlineData("a.`b", 1, 3, "`field`")]
    [InlineData("a.``", 1, 3, "`field`")]
    [InlineData(".(a)", 1, 1, "a value")]
    [InlineData("x == 0x", 1, 6, "0x and hexadecimal digits")]
    [InlineData("x == 0x10000000000000000", 1, 6, "a whole number of 64 bits")]
    [InlineData("w == \"\"\"a", 1, 6, "\"\"\"")]
    [InlineData("w == b'\\u00e9'", 1, 8, "\\\\")]
    [InlineData("a.(b)", 1, 3, "a method")]
    public void A_mistake_is_shown_where_it_stands_with_what_would_be_right(string text, int line, int column, string expected)
    {
        var error = ConditionSyntax.Parse(text).Error.ShouldNotBeNull();

        (error.Line, error.Column, error.Expected[0]).ShouldBe((line, column, expected));
    }

    [Fact]
    public void Columns_count_utf16_code_units() =>
        ConditionSyntax.Parse("w == '😀' && &").Error!.Column.ShouldBe(14);

    [Fact]
    public void Spans_point_into_the_text_and_do_not_count_for_equality()
    {
        const string text = "  a && operates_in.covers('CN')";
        var root = (Junction)ConditionSyntax.Parse(text).Root!;

        var call = (Call)root.Operands[1];
        text[call.Span.Start..call.Span.End].ShouldBe("operates_in.covers('CN')");
        text[call.NameSpan.Start..call.NameSpan.End].ShouldBe("covers");
        ConditionSyntax.Parse(text.Trim()).Root.ShouldBe(root);
    }

    [Fact]
    public void A_text_of_4096_code_units_is_read_and_a_longer_one_is_not()
    {
        var longest = "a".PadRight(ConditionSyntax.MaxLength);

        ConditionSyntax.Parse(longest).IsValid.ShouldBeTrue();
        ConditionSyntax.Parse(longest + " ").Error!.Expected.ShouldBe(["at most 4096 UTF-16 code units"]);
    }

    [Theory]
    [InlineData("(", "a", ")")]
    [InlineData("!", "a", "")]
    [InlineData("size(", "a", ")")]
    [InlineData("[", "a", "]")]
    [InlineData("a ? b : ", "a", "")]
    [InlineData("", "a", " == a")]
    [InlineData("", "a", ".size()")]
    public void Expressions_nest_64_deep_and_no_deeper(string before, string core, string after)
    {
        string Nest(int depth) => string.Concat(Enumerable.Repeat(before, depth)) + core + string.Concat(Enumerable.Repeat(after, depth));

        ConditionSyntax.Parse(Nest(ConditionSyntax.MaxDepth)).Error.ShouldBeNull();
        ConditionSyntax.Parse(Nest(ConditionSyntax.MaxDepth + 1)).Error!.Expected.ShouldBe(["at most 64 levels"]);
    }

    [Fact]
    public void A_chain_of_and_may_be_as_long_as_the_text() =>
        ConditionSyntax.Parse(string.Join("&&", Enumerable.Repeat("a", 1365))).IsValid.ShouldBeTrue();
}
