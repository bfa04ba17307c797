using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>The words of one language for saying conditions.</summary>
internal abstract partial class PlainWords
{
    private static readonly PlainWords English = new EnglishWords();
    private static readonly PlainWords Chinese = new ChineseWords();

    protected abstract string Language { get; }

    /// <summary>Before the last of two clauses, or of many.</summary>
    protected abstract string Last(JunctionKind kind, bool ofMany);

    /// <summary>Before the last noun of a list.</summary>
    protected abstract string LastNoun(JunctionKind kind);

    /// <summary>No value at all, or a list of none.</summary>
    public abstract string Nothing { get; }

    protected abstract string Comma { get; }

    protected abstract string Semicolon { get; }

    /// <summary>The words of that language, else the English ones.</summary>
    public static PlainWords In(string language) => language == "zh" ? Chinese : English;

    /// <summary>A bool fact that is so, or is not so.</summary>
    public abstract string Statement(FactDefinition fact, bool denied);

    /// <summary>A fact as a noun.</summary>
    public abstract string Noun(FactDefinition fact);

    /// <summary>True when the noun says already what its number counts.</summary>
    public abstract bool NamesUnit(FactDefinition fact);

    /// <summary>The sign between two nouns; days are before and after, numbers below and above.</summary>
    public abstract string Relation(ComparisonOperator relation, bool days);

    /// <summary>A set that holds a value, or does not.</summary>
    public abstract string Includes(string set, string value, bool denied);

    /// <summary>A set of places that holds a place or a part of it, or neither.</summary>
    public abstract string Covers(string set, string place, bool denied);

    /// <summary>A value that is one of a list, or none of them.</summary>
    public abstract string OneOf(string value, string list, bool denied);

    /// <summary>True or false by itself.</summary>
    public abstract string Constant(bool holds);

    /// <summary>A choice between two.</summary>
    public abstract string If(string condition, string then, string otherwise);

    /// <summary>Two clauses that are equal, or differ.</summary>
    public abstract string BothOrNeither(string left, string right, bool denied);

    /// <summary>The opposite of a clause that has no opposite word.</summary>
    public abstract string Not(string clause);

    /// <summary>How many a set, list or text holds.</summary>
    public abstract string Size(string of);

    /// <summary>A call of a function on nouns; the name decides the words.</summary>
    public abstract string Call(string function, IReadOnlyList<string> nouns, bool denied);

    /// <summary><c>all</c>, <c>exists</c> and their like over a list.</summary>
    public abstract string Macro(string macro, string list, string item, IReadOnlyList<string> clauses);

    /// <summary>A sum, difference, product, quotient or remainder.</summary>
    public abstract string Arithmetic(char sign, string left, string right);

    /// <summary>An entry of a list or map.</summary>
    public abstract string Element(string list, string index);

    /// <summary>A day of the calendar.</summary>
    public abstract string Day(DateOnly day);

    /// <summary>A text in quotation marks.</summary>
    public abstract string Quoted(string text);

    /// <summary>The unit as it follows a number, with the blank before it; empty where the language has no word for it.</summary>
    protected abstract string Unit(string unit);

    /// <summary>Joins clauses; more than two are kept apart by semicolons, since descriptions hold commas.</summary>
    public string Join(JunctionKind kind, IReadOnlyList<string> clauses) => clauses.Count == 1
        ? clauses[0]
        : string.Join(Semicolon, clauses.Take(clauses.Count - 1)) + Last(kind, clauses.Count > 2) + clauses[^1];

    /// <summary>Lists nouns.</summary>
    public string List(JunctionKind kind, IReadOnlyList<string> nouns) => nouns.Count == 1
        ? nouns[0]
        : string.Join(Comma, nouns.Take(nouns.Count - 1)) + LastNoun(kind) + nouns[^1];

    /// <summary>A value as it reads beside its fact.</summary>
    public string Value(FactDefinition? fact, FactValue value) => value switch
    {
        BoolValue truth => Constant(truth.Value),
        IntValue whole => Number(whole.Value) + UnitOf(fact),
        DoubleValue number => Number(number.Value) + UnitOf(fact),
        DateValue day => Day(day.Value),
        StringValue text => Text(fact, text.Value),
        SetValue { Values.IsEmpty: true } => Nothing,
        SetValue set => List(JunctionKind.And, [.. set.Values.Select(v => Text(fact, v))]),
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    /// <summary>A text of a fact: a place by its name, a listed value by its label, any other in quotation marks.</summary>
    public string Text(FactDefinition? fact, string text) => fact switch
    {
        { TakesJurisdictions: true } => Place(text),
        not null when fact.Find(text) is { } listed => Quoted(listed.Label.In(Language)),
        _ => Quoted(text),
    };

    /// <summary>A place by its name.</summary>
    public string Place(string code) => PlaceNames.Of(code, Language);

    /// <summary>A whole number with its thousands apart.</summary>
    public static string Number(long whole) => whole.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number with its thousands apart; the very large and the very small with an exponent.</summary>
    public static string Number(double number) => Math.Abs(number) is >= 1e15 or (> 0 and < 1e-6)
        ? number.ToString("R", CultureInfo.InvariantCulture)
        : number.ToString("#,##0.######", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\s*[(（][^()（）]*[)）]")]
    protected static partial Regex Brackets();

    private string UnitOf(FactDefinition? fact) => fact?.Unit is { } unit and not "fraction" ? Unit(unit) : "";

    /// <summary>The first sentence of a description, without its full stop.</summary>
    protected string FirstSentence(LangText description)
    {
        var text = description.In(Language).Trim();
        return SentenceEnd().Match(text) is { Success: true } end ? text[..end.Index] : text;
    }

    // A full stop ends a sentence where an upper-case letter or nothing follows: "Art. 28" goes on.
    [GeneratedRegex(@"。|\.(?=\s+[A-Z“""]|\s*$)")]
    private static partial Regex SentenceEnd();

    private sealed class EnglishWords : PlainWords
    {
        private const string TrueWhen = "True when ";
        private const string NumberOf = "Number of ";

        protected override string Language => "en";

        public override string Nothing => "nothing";

        protected override string Comma => ", ";

        protected override string Semicolon => "; ";

        protected override string Last(JunctionKind kind, bool ofMany) => (ofMany ? ";" : "") + LastNoun(kind);

        protected override string LastNoun(JunctionKind kind) => kind == JunctionKind.And ? " and " : " or ";

        public override string Statement(FactDefinition fact, bool denied)
        {
            var sentence = FirstSentence(fact.Description);
            return sentence.StartsWith(TrueWhen, StringComparison.Ordinal)
                ? denied ? Not(sentence[TrueWhen.Length..]) : sentence[TrueWhen.Length..]
                : $"{Quoted(sentence)} is {(denied ? "not true" : "true")}";
        }

        public override string Noun(FactDefinition fact)
        {
            var sentence = FirstSentence(fact.Description);
            return sentence.StartsWith(NumberOf, StringComparison.Ordinal)
                ? $"the number of {sentence[NumberOf.Length..]}"
                : Quoted(fact.Type == FactType.StringSet ? Brackets().Replace(sentence, "") : sentence);
        }

        public override bool NamesUnit(FactDefinition fact) => fact.Description.In(Language).StartsWith(NumberOf, StringComparison.Ordinal);

        public override string Relation(ComparisonOperator relation, bool days) => (relation, days) switch
        {
            (ComparisonOperator.Equal, _) => " is ",
            (ComparisonOperator.NotEqual, _) => " is not ",
            (ComparisonOperator.Less, true) => " is before ",
            (ComparisonOperator.LessOrEqual, true) => " is on or before ",
            (ComparisonOperator.Greater, true) => " is after ",
            (ComparisonOperator.GreaterOrEqual, true) => " is on or after ",
            (ComparisonOperator.Less, _) => " is less than ",
            (ComparisonOperator.LessOrEqual, _) => " is at most ",
            (ComparisonOperator.Greater, _) => " is more than ",
            (ComparisonOperator.GreaterOrEqual, _) => " is at least ",
            _ => throw new ArgumentOutOfRangeException(nameof(relation)),
        };

        public override string Includes(string set, string value, bool denied) => $"{set} {(denied ? "does not include" : "includes")} {value}";

        public override string Covers(string set, string place, bool denied) =>
            $"{set} {(denied ? "includes neither" : "includes")} {place} {(denied ? "nor" : "or")} a part of it";

        public override string OneOf(string value, string list, bool denied) => $"{value} is {(denied ? "none" : "one")} of {list}";

        public override string Constant(bool holds) => holds ? "yes" : "no";

        public override string If(string condition, string then, string otherwise) => $"if {condition}, then {then}, otherwise {otherwise}";

        public override string BothOrNeither(string left, string right, bool denied) => denied
            ? $"exactly one of the two holds: {left}; {right}"
            : $"both or neither of the two hold: {left}; {right}";

        public override string Not(string clause) => $"it is not the case that {clause}";

        public override string Size(string of) => $"the number of entries of {of}";

        public override string Call(string function, IReadOnlyList<string> nouns, bool denied) => function switch
        {
            "startsWith" => $"{nouns[0]} {(denied ? "does not begin" : "begins")} with {nouns[1]}",
            "endsWith" => $"{nouns[0]} {(denied ? "does not end" : "ends")} with {nouns[1]}",
            "contains" => $"{nouns[0]} {(denied ? "does not contain" : "contains")} {nouns[1]}",
            "matches" => $"{nouns[0]} {(denied ? "does not match" : "matches")} the pattern {nouns[1]}",
            "int" => $"{nouns[0]} as a whole number",
            "uint" => $"{nouns[0]} as a whole number that is not negative",
            "double" => $"{nouns[0]} as a number",
            "string" => $"{nouns[0]} as a text",
            "bytes" => $"{nouns[0]} as bytes",
            "bool" => $"{nouns[0]} as a yes or no",
            "type" => $"the type of {nouns[0]}",
            _ => string.Join(", ", nouns),
        };

        public override string Macro(string macro, string list, string item, IReadOnlyList<string> clauses) => macro switch
        {
            "all" => $"for every entry “{item}” of {list}: {clauses[0]}",
            "exists" => $"for some entry “{item}” of {list}: {clauses[0]}",
            "exists_one" => $"for exactly one entry “{item}” of {list}: {clauses[0]}",
            "filter" => $"the entries “{item}” of {list} for which {clauses[0]}",
            _ when clauses.Count == 2 => $"{clauses[1]} for each entry “{item}” of {list} for which {clauses[0]}",
            _ => $"{clauses[0]} for each entry “{item}” of {list}",
        };

        public override string Arithmetic(char sign, string left, string right) => sign switch
        {
            '+' => $"{left} plus {right}",
            '-' => $"{left} minus {right}",
            '*' => $"{left} times {right}",
            '/' => $"{left} divided by {right}",
            _ => $"the remainder of {left} divided by {right}",
        };

        public override string Element(string list, string index) => $"entry {index} of {list}";

        public override string Day(DateOnly day) => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

        public override string Quoted(string text) => $"“{text}”";

        protected override string Unit(string unit) => $" {unit}";
    }

    private sealed class ChineseWords : PlainWords
    {
        private const string IsTrue = "为真";
        private const string ThatIsTrue = "的为真";

        protected override string Language => "zh";

        public override string Nothing => "无";

        protected override string Comma => "、";

        protected override string Semicolon => "；";

        protected override string LastNoun(JunctionKind kind) => kind == JunctionKind.And ? "和" : "或者";

        protected override string Last(JunctionKind kind, bool ofMany) => (kind, ofMany) switch
        {
            (JunctionKind.And, true) => "；并且",
            (JunctionKind.And, _) => "，并且",
            (_, true) => "；或者",
            _ => "，或者",
        };

        public override string Statement(FactDefinition fact, bool denied)
        {
            // Descriptions of bools end in 的为真 ("is true when …"), sometimes with a source in brackets or with a remark after it.
            var sentence = FirstSentence(fact.Description);
            var ends = sentence.IndexOf(IsTrue, StringComparison.Ordinal);
            if (ends >= 0 && sentence.IndexOf('；', ends) is >= 0 and var remark)
            {
                sentence = sentence[..remark];
            }

            sentence = sentence.Replace(ThatIsTrue, "", StringComparison.Ordinal).Replace(IsTrue, "", StringComparison.Ordinal);
            return $"{(denied ? "不符合" : "符合")}{Quoted(sentence)}";
        }

        public override string Noun(FactDefinition fact)
        {
            // What follows a semicolon is a remark on how to answer.
            var sentence = FirstSentence(fact.Description).Split('；')[0];
            return Quoted(fact.Type == FactType.StringSet ? Brackets().Replace(sentence, "") : sentence);
        }

        public override bool NamesUnit(FactDefinition fact) => false;

        public override string Relation(ComparisonOperator relation, bool days) => (relation, days) switch
        {
            (ComparisonOperator.Equal, _) => "等于",
            (ComparisonOperator.NotEqual, _) => "不等于",
            (ComparisonOperator.Less, true) => "早于",
            (ComparisonOperator.LessOrEqual, true) => "不晚于",
            (ComparisonOperator.Greater, true) => "晚于",
            (ComparisonOperator.GreaterOrEqual, true) => "不早于",
            (ComparisonOperator.Less, _) => "低于",
            (ComparisonOperator.LessOrEqual, _) => "不超过",
            (ComparisonOperator.Greater, _) => "超过",
            (ComparisonOperator.GreaterOrEqual, _) => "达到或者超过",
            _ => throw new ArgumentOutOfRangeException(nameof(relation)),
        };

        public override string Includes(string set, string value, bool denied) => $"{set}{(denied ? "不包括" : "包括")}{value}";

        public override string Covers(string set, string place, bool denied) => $"{set}{(denied ? "既不包括" : "包括")}{place}{(denied ? "也不包括其任何部分" : "或者其一部分")}";

        public override string OneOf(string value, string list, bool denied) => $"{value}{(denied ? "不属于" : "属于")}{list}之一";

        public override string Constant(bool holds) => holds ? "是" : "否";

        public override string If(string condition, string then, string otherwise) => $"如果{condition}，则{then}，否则{otherwise}";

        public override string BothOrNeither(string left, string right, bool denied) =>
            denied ? $"以下两项恰有一项成立：{left}；{right}" : $"以下两项同时成立或者同时不成立：{left}；{right}";

        public override string Not(string clause) => $"并非{clause}";

        public override string Size(string of) => $"{of}的项数";

        public override string Call(string function, IReadOnlyList<string> nouns, bool denied) => function switch
        {
            "startsWith" => $"{nouns[0]}{(denied ? "不" : "")}以{nouns[1]}开头",
            "endsWith" => $"{nouns[0]}{(denied ? "不" : "")}以{nouns[1]}结尾",
            "contains" => $"{nouns[0]}{(denied ? "不含" : "含有")}{nouns[1]}",
            "matches" => $"{nouns[0]}{(denied ? "不" : "")}符合模式{nouns[1]}",
            "int" => $"{nouns[0]}的整数值",
            "uint" => $"{nouns[0]}的非负整数值",
            "double" => $"{nouns[0]}的数值",
            "string" => $"{nouns[0]}的文本",
            "bytes" => $"{nouns[0]}的字节",
            "bool" => $"{nouns[0]}的是否值",
            "type" => $"{nouns[0]}的类型",
            _ => string.Join("、", nouns),
        };

        public override string Macro(string macro, string list, string item, IReadOnlyList<string> clauses) => macro switch
        {
            "all" => $"{list}的每一项“{item}”均满足：{clauses[0]}",
            "exists" => $"{list}中有一项“{item}”满足：{clauses[0]}",
            "exists_one" => $"{list}中恰有一项“{item}”满足：{clauses[0]}",
            "filter" => $"{list}中满足“{clauses[0]}”的各项“{item}”",
            _ when clauses.Count == 2 => $"{list}中满足“{clauses[0]}”的每一项“{item}”的{clauses[1]}",
            _ => $"{list}中每一项“{item}”的{clauses[0]}",
        };

        public override string Arithmetic(char sign, string left, string right) => sign switch
        {
            '+' => $"{left}加{right}",
            '-' => $"{left}减{right}",
            '*' => $"{left}乘以{right}",
            '/' => $"{left}除以{right}",
            _ => $"{left}除以{right}的余数",
        };

        public override string Element(string list, string index) => $"{list}的{index}项";

        public override string Day(DateOnly day) => day.ToString("yyyy年M月d日", CultureInfo.InvariantCulture);

        public override string Quoted(string text) => $"“{text}”";

        protected override string Unit(string unit) => unit switch
        {
            "persons" => "人",
            "users" => "个用户",
            "accounts" => "个账户",
            "businesses" => "家企业",
            "states" => "个国家",
            _ when unit.All(char.IsAsciiLetterUpper) => $" {unit}",
            _ => "",
        };
    }
}
