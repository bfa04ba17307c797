using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Vocabulary;
using static ComplianceTracker.Domain.Tests.Conditions.Sample;

namespace ComplianceTracker.Domain.Tests.Conditions;

/// <summary>
/// What the CEL specification (doc/langdef.md of cel-spec) says of the parts that conditions have, one table for each of its sections.
/// Every row of a table is true; what fails stands in a table of its own.
/// </summary>
public sealed class SpecificationTests
{
    private static void Holds(string text)
    {
        var evaluation = Compile(text).EvaluateWithMissing(Facts());
        (evaluation.Result, evaluation.Error).ShouldBe((Truth.Yes, null), text);
    }

    [Theory]
    [InlineData("1 + 2 * 3 == 7 && (1 + 2) * 3 == 9 && 10 - 4 - 3 == 3 && 2 * 7 % 4 == 2 && 7 / 2 * 2 == 6")]
    [InlineData("true || false && false")]
    [InlineData("!false == true && -2 + 3 == 1")]
    [InlineData("(false ? 1 : true ? 2 : 3) == 2")]
    [InlineData("1 < 2 == true")]
    [InlineData("--7 == 7 && !!true && 3 - -3 == 6")]
    [InlineData("[[1, 2], [3]][0][1] == 2 && {'a': [{'b': 4}]}.a[0].b == 4")]
    [InlineData("1 // to the end of the line\n == 1")]
    [InlineData("((((((((((((((((((((((((((((((((7)))))))))))))))))))))))))))))))) == 7")]
    [InlineData("[[[[[[[[[[[[0]]]]]]]]]]]][0][0][0][0][0][0][0][0][0][0][0][0] == 0")]
    [InlineData("true?true:true?true:true?true:true?true:true?true:true?true:true?true:true?true:true?true:true?true:true?true:true?true:true?true:true?true:true?true:true?true:true?true:true?true:true?true:true?true:true?true:true?true:true?true:true?true:false")]
    [InlineData("3 - 3 + 3 - 3 + 3 - 3 + 3 - 3 + 3 - 3 + 3 - 3 + 3 - 3 + 3 - 3 + 3 - 3 + 3 - 3 + 3 - 3 + 3 - 3 + 3 == 3")]
    public void Syntax(string text) => Holds(text);

    [Theory]
    [InlineData("[1, 2].exists(persons, persons == 2)")]
    [InlineData("[[1], [2]].all(x, x.exists(y, y > 0) && [3].all(x, x == 3))")]
    public void Name_resolution(string text) => Holds(text);

    [Theory]
    [InlineData("0x1F == 31 && -0x10 == -16 && 0xFFFFFFFFFFFFFFFFu == 18446744073709551615u")]
    [InlineData("-9223372036854775808 < -9223372036854775807 && 9223372036854775807 > 0")]
    [InlineData(".5 == 0.5 && 1e3 == 1000.0 && 7.0 == 7e0 && .700e1 == 7.0 && 5E-1 == 0.5")]
    [InlineData("1u == 1u && 1U != 2u")]
    public void Numeric_values(string text) => Holds(text);

    [Theory]
    [InlineData("'' == \"\" && '\"\"' == \"\\\"\\\"\" && '''x''x''' == \"x''x\"")]
    [InlineData("size('\\\\') == 1 && size(r'\\\\') == 2 && R\"\\n\" == '\\\\n'")]
    [InlineData("'\\a\\b\\f\\n\\r\\t\\v\\\\\\?\\\"\\'\\`' == '\\x07\\x08\\x0c\\x0a\\x0d\\x09\\x0b\\x5c\\x3f\\x22\\x27\\x60'")]
    [InlineData("'\\u00e9' == 'é' && '\\U0001F431' == '🐱' && '\\303\\277' == 'Ã¿' && '\\377' == 'ÿ' && '\\xFF' == 'ÿ'")]
    [InlineData("b'abc' == bytes('abc') && b'ÿ' == b'\\303\\277' && b'\\377' != b'ÿ' && size(b'ÿ') == 2 && br'\\n' == b'\\\\n'")]
    [InlineData("'''a\nb''' == 'a\\nb' && \"\"\"a\"b\"\"\" == 'a\"b'")]
    [InlineData("'Am\\u00E9lie' != 'Ame\\u0301lie'")]
    public void String_and_bytes_values(string text) => Holds(text);

    [Theory]
    [InlineData("size([]) == 0 && size([1, [2, 3]]) == 2 && [1, 'two', true, null][1] == 'two'")]
    [InlineData("{'a': 1, 2: 'b', true: [3], 4u: {}}[2] == 'b' && size({}) == 0")]
    [InlineData("{1: 'a'}[dyn(1.0)] == 'a' && {1u: 'a'}[dyn(1)] == 'a'")]
    public void Aggregate_values(string text) => Holds(text);

    [Theory]
    [InlineData("null == null && [null] == [null] && dyn(1) != null && [1, null] != [1, 2]")]
    public void Booleans_and_null(string text) => Holds(text);

    [Theory]
    [InlineData("type(1) == int && type('a') == string && type(1) != string && type(type(1)) == type(string) && type(int) == type")]
    [InlineData("type(1u) == uint && type(1.5) == double && type(true) == bool && type(b'') == bytes && type(null) == null_type")]
    [InlineData("type([1]) == type(['a']) && type([1]) == list && type({1: 2}) == map")]
    public void Type_values(string text) => Holds(text);

    [Theory]
    [InlineData("dyn(1) == 1.0 && dyn('a') != 1 && [1, 2.0, 'a'].exists(x, x == 2)")]
    [InlineData("dyn([1, 2])[0] + 1 == 2 && dyn({'a': 1}).a == 1")]
    public void Gradual_type_checking(string text) => Holds(text);

    [Theory]
    [InlineData("(true ? 1 : 1 / 0) == 1 && (false ? 1 / 0 : 2) == 2")]
    [InlineData("!(false && 1 / 0 > 3) && !(1 / 0 > 3 && false) && (true || 1 / 0 > 3) && (1 / 0 > 3 || true)")]
    [InlineData("!(dyn(3) && false) && (dyn('x') || true)")]
    public void Logical_operators(string text) => Holds(text);

    [Theory]
    [InlineData("1 / 0 > 3 ? true : true")]
    [InlineData("true && 1 / 0 > 3")]
    [InlineData("1 / 0 > 3 || false")]
    [InlineData("!(1 / 0 > 3)")]
    [InlineData("dyn(1) && true")]
    public void Logical_operators_that_fail(string text) => Fails(text);

    [Theory]
    [InlineData("[1, 2, 3].all(x, x > 0) && ![1, 2, 0].all(x, x > 0) && [].all(x, x > 0) && {'a': 1}.all(k, k == 'a')")]
    [InlineData("[1, 2, 3].exists(i, i % 2 == 0) && ![].exists(i, i > 0) && !{'x': 'foo'}.exists(k, k.startsWith('z'))")]
    [InlineData("![1, 2, 3].all(e, 6 / (2 - e) == 6) && [1, 2, 3].exists(e, 6 / (2 - e) == 6)")]
    [InlineData("[1, 2, 2].exists_one(i, i < 2) && ![1, 2, 2].exists_one(i, i == 2) && ![].exists_one(i, true)")]
    [InlineData("[1, 2, 3].map(n, n * n) == [1, 4, 9] && [1, 2, 3, 4].map(n, n % 2 == 0, n * 2) == [4, 8] && {'one': 1}.map(k, k) == ['one']")]
    [InlineData("[1, 2, 3].filter(i, i % 2 > 0) == [1, 3] && [{'a': 10, 'b': 5}].map(m, m.filter(k, m[k] > 5)) == [['a']]")]
    [InlineData("has({'a': null}.a) && !has({'a': 1}.b) && [{'c': 1}].all(m, has(m.c) && !has(m.d))")]
    public void Macros(string text) => Holds(text);

    [Theory]
    [InlineData("[1, 2, 3].all(e, e / 0 != 17)")]
    [InlineData("[1, 2, 3].exists(e, e / 0 == 17)")]
    [InlineData("[3, 2, 1, 0].exists_one(n, 12 / n > 1)")]
    [InlineData("[2, 1, 0].map(n, 4 / n) == []")]
    [InlineData("[3, 2, 1, 0].filter(n, 12 / n > 4) == []")]
    public void Macros_that_fail(string text) => Fails(text);

    [Theory]
    [InlineData("dyn(1) == 1u && dyn(1) == 1.0 && dyn(1u) == 1.0 && 1 == 1.0 && !(dyn(1) == '1') && 'a' != dyn(1)")]
    [InlineData("9007199254740993 != 9007199254740992.0 && 9007199254740993 > 9007199254740992.0 && 18446744073709551614u < 18446744073709551616.0 && dyn(9223372036854775807) == 9223372036854775808.0")]
    [InlineData("0.0 / 0.0 != 0.0 / 0.0 && !(0.0 / 0.0 == 0.0 / 0.0) && 0.0 == -0.0")]
    [InlineData("[1, 2] == [1.0, 2.0] && [1, 2] != [2, 1] && [1] != [1, 1] && [] == []")]
    [InlineData("{'a': 1, 'b': [2]} == {'b': [2u], 'a': 1.0} && {'a': 1} != {'a': 1, 'b': 2} && {1: 'x'} != {2: 'x'}")]
    public void Equality(string text) => Holds(text);

    [Theory]
    [InlineData("1 < 2 && 2u > 1u && 1.5 <= 1.5 && -1 < dyn(0u) && 1 < 1.5 && dyn(2.5) >= 2 && dyn(9223372036854775808u) > -1")]
    [InlineData("'a' < 'b' && 'aBc' < 'abc' && 'abc' < 'abcd' && '' <= '' && 'a' < 'α' && '\\uFFFD' < '\\U0001F431'")]
    [InlineData("b'\\x00\\x01' < b'\\x01\\x00' && b'' < b'\\x00' && b'\\xff' > b'a'")]
    [InlineData("false < true && true >= true")]
    [InlineData("!(0.0 / 0.0 < 1.0) && !(0.0 / 0.0 >= 1.0) && 1.0 / 0.0 > 9e307")]
    [InlineData("date('2021-11-01') < date('2021-11-02')")]
    public void Ordering(string text) => Holds(text);

    [Theory]
    [InlineData("dyn([1]) < [2]")]
    [InlineData("dyn(null) <= null")]
    [InlineData("dyn('foo') <= 1024")]
    public void Ordering_that_fails(string text) => Fails(text);

    [Theory]
    [InlineData("9223372036854775807 + 1 > 0")]
    [InlineData("-9223372036854775808 - 1 > 0")]
    [InlineData("-(-9223372036854775808) > 0")]
    [InlineData("-9223372036854775808 * -1 > 0")]
    [InlineData("-9223372036854775808 / -1 > 0")]
    [InlineData("5000000000 * 5000000000 > 0")]
    [InlineData("0u - 1u > 0u")]
    [InlineData("18446744073709551615u + 1u > 0u")]
    [InlineData("1 / 0 > 0")]
    [InlineData("1 % 0 > 0")]
    [InlineData("1u / 0u > 0u")]
    public void Overflow_and_division_by_zero_fail(string text) => Fails(text);

    [Theory]
    [InlineData("7 / 2 == 3 && -7 / 2 == -3 && 7 % -5 == 2 && -7 % 5 == -2 && -9223372036854775808 % -1 == 0")]
    [InlineData("1.0 / 0.0 == 1.0 / 0.0 && -1.0 / 0.0 < 0.0 && 0.1 + 0.2 != 0.3 && 2.5 * 2.0 == 5.0")]
    [InlineData("'he' + 'llo' == 'hello' && b'a' + b'b' == b'ab' && [1] + [2] == [1, 2] && [] + [1] == [1] && [1] + ['a'] == [1, 'a']")]
    public void Arithmetic_operators(string text) => Holds(text);

    [Theory]
    [InlineData("'hubba'.matches('ubb') && !'hubba'.matches('^ubb$') && matches('grey', 'gr(a|e)y') && 'ab'.matches('a' + 'b')")]
    public void Regular_expressions(string text) => Holds(text);

    [Theory]
    [InlineData("size('four') == 4 && size('πέντε') == 5 && size('🐱') == 1 && 'abc'.size() == 3 && size(b'abc') == 3 && size([1, 2]) == 2 && size({1: 2}) == 1")]
    [InlineData("'foobar'.startsWith('foo') && 'foobar'.endsWith('bar') && 'foobar'.contains('oba') && ''.contains('') && !'a'.contains('A')")]
    public void String_functions(string text) => Holds(text);

    [Theory]
    [InlineData("1 in [1, 2] && !(3 in [1, 2]) && !(1 in []) && 'a' in {'a': 1} && dyn(1.0) in [1] && 'elem' in [1, 'elem', 2]")]
    [InlineData("[7, 8, 9][0] == 7 && [7, 8, 9][dyn(2.0)] == 9 && [7][dyn(0u)] == 7")]
    public void List_operators(string text) => Holds(text);

    [Theory]
    [InlineData("[1, 2, 3][3] > 0")]
    [InlineData("[1, 2, 3][-1] > 0")]
    [InlineData("[1][dyn(0.1)] > 0")]
    [InlineData("[1][dyn('')] > 0")]
    [InlineData("{'a': 1}['b'] > 0")]
    [InlineData("{'a': 1}.b > 0")]
    [InlineData("{1: 1, 1u: 2}[1] > 0")]
    [InlineData("dyn(1)[0] > 0")]
    [InlineData("1 in dyn(2)")]
    public void Entries_that_there_are_not_fail(string text) => Fails(text);

    [Theory]
    [InlineData("int(42u) == 42 && int(1.9) == 1 && int(-7.9) == -7 && int('987') == 987 && int('-1') == -1")]
    [InlineData("uint(3.9) == 3u && uint('300') == 300u && uint(7) == 7u && double(3) == 3.0 && double('-84.32e7') == -843200000.0 && double(9223372036854775807) == 9223372036854775808.0")]
    [InlineData("string(123) == '123' && string(-4.5e-3) == '-0.0045' && string(123.456) == '123.456' && string(1e21) == '1e+21' && string(1e20) == '100000000000000000000' && string(1.5e-7) == '1.5e-07'")]
    [InlineData("string(true) == 'true' && string(b'\\303\\277') == 'ÿ' && string(9876u) == '9876' && string(1.0) == '1' && string(-0.0) == '-0' && string(date('2021-11-01')) == '2021-11-01'")]
    [InlineData("bytes('\\377') == b'\\303\\277' && bool('True') && !bool('0') && bool('t') && !bool('FALSE')")]
    [InlineData("dyn(5) == 5 && int(int(5)) == 5 && string('a') == 'a'")]
    public void Type_conversions(string text) => Holds(text);

    [Theory]
    [InlineData("int(1e99) > 0")]
    [InlineData("int(9223372036854775808.0) > 0")]
    [InlineData("int(-9223372036854775808.0) < 0")]
    [InlineData("int(18446744073709551615u) > 0")]
    [InlineData("int('x') > 0")]
    [InlineData("int('9223372036854775808') > 0")]
    [InlineData("uint(-1) > 0u")]
    [InlineData("uint(6.022e23) > 0u")]
    [InlineData("uint('-1') > 0u")]
    [InlineData("double('x') > 0.0")]
    [InlineData("double('1e999') > 0.0")]
    [InlineData("bool('TrUe')")]
    [InlineData("string(b'\\xff') == ''")]
    [InlineData("int(dyn([])) > 0")]
    [InlineData("'a'.matches('(' + 'a')")]
    public void Conversions_that_have_no_result_fail(string text) => Fails(text);

    [Theory]
    [InlineData("1 + 1.0 == 2.0", 5, "an int")]
    [InlineData("1 + 'a' == 2", 5, "an int")]
    [InlineData("1.5 % 2.0 == 0.0", 1, "an int or a uint")]
    [InlineData("-'a' == 1", 2, "an int")]
    [InlineData("-1u == 1u", 2, "an int")]
    [InlineData("true + true", 1, "a number")]
    [InlineData("[1] < [2]", 1, "a number")]
    [InlineData("null <= null", 1, "a number")]
    [InlineData("1 in 2", 6, "a string-set")]
    [InlineData("'a' in [1]", 1, "a number")]
    [InlineData("{1.5: 2} == {}", 2, "an int")]
    [InlineData("[1]['a'] == 1", 5, "an int")]
    [InlineData("1[0] == 1", 1, "a list")]
    [InlineData("1 == 2 ? 1 : 'a'", 14, "an int")]
    [InlineData("[1].all(x, x)", 12, "a bool")]
    [InlineData("[1].all(1, true)", 9, "a name such as x")]
    [InlineData("[1].all(for, true)", 9, "a name such as x")]
    [InlineData("[1].all(x, y, true)", 5, "all(x, …)")]
    [InlineData("(1).all(x, true)", 2, "a list")]
    [InlineData("[1].exists(x, nobody_knows_it == 1)", 15, "a fact of the vocabulary")]
    [InlineData("tags.map(t, t) == []", 1, "all")]
    [InlineData("dyn(tags) == 1", 5, "a single value")]
    [InlineData("[tags] == []", 2, "a single value")]
    [InlineData("has(a)", 5, "the fact itself")]
    [InlineData("has(processes.personal_data)", 5, "the fact itself")]
    [InlineData("has([1])", 5, "has(map.field)")]
    [InlineData("timestamp('2021-01-01T00:00:00Z') == 1", 1, "date(\"YYYY-MM-DD\")")]
    [InlineData("int([]) == 1", 5, "an int")]
    [InlineData("{'a': 1}.a.b == 1", 1, "a map with texts for keys")]
    [InlineData("1 + 1", 1, "a bool")]
    [InlineData("'a'.matches('(')", 13, "a regular expression that needs no backtracking")]
    public void What_the_type_checker_refuses(string text, int column, string expected)
    {
        var error = Refuse(text);

        (error.Line, error.Column, error.Expected[0]).ShouldBe((1, column, expected), error.Message);
    }

    private static void Fails(string text)
    {
        var condition = Compile(text);
        var evaluation = condition.EvaluateWithMissing(Facts());

        evaluation.Result.ShouldBe(Truth.Unknown);
        evaluation.Error.ShouldNotBeNull(text).Message.ShouldNotBeNullOrEmpty();
        evaluation.Error.Line.ShouldBe(1);
        evaluation.Error.Column.ShouldBeInRange(1, text.Length);
        Condition.CompileToRecord(text, Sample.Vocabulary).IsValid.ShouldBeFalse();
        Condition.CompileToRecord($"a && {text.Length} > 0 && (b || ({text}))", Sample.Vocabulary).IsValid.ShouldBeTrue();
    }
}
