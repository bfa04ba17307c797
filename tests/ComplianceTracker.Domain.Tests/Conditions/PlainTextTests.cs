using System.Collections.Immutable;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Tests.Conditions;

public sealed class PlainTextTests
{
    private static readonly FactVocabulary Vocabulary = FactVocabulary.Empty with
    {
        Facts = new[]
        {
            Fact("individuals", FactType.Int, "Number of people in China whose data the company processes.", "目前处理其个人信息的境内自然人人数；按评价日计算。", "persons"),
            Fact("staff", FactType.Int, "Average headcount, group level where the law looks at the group.", "平均员工人数。", "persons"),
            Fact("is_ciio", FactType.Bool, "True when it runs critical infrastructure (CSL Art. 31). Silence is a no.", "运营关键信息基础设施的为真（网络安全法第三十一条）；未通知记为假。"),
            Fact("uses_ai", FactType.Bool, "Uses AI systems.", "使用人工智能系统。"),
            Fact("placed_on", FactType.Date, "Day of the first sale.", "首次销售日。"),
            Fact("places", FactType.StringSet, "Places with operations (premises or staff).", "有经营活动（场所或者人员）的地区。") with { ValueType = "jurisdiction" },
            Fact("sectors", FactType.StringSet, "Business sectors.", "行业。") with
            {
                Values = [Listed("energy", "Energy", "能源"), Listed("food", "Food", "食品"), Listed("rail", "Rail", "铁路")],
            },
        }.ToImmutableSortedDictionary(f => f.Name, f => f, StringComparer.Ordinal),
    };

    [Theory]
    [InlineData(
        "individuals >= 1000000",
        "the number of people in China whose data the company processes is at least 1,000,000",
        "“目前处理其个人信息的境内自然人人数”达到或者超过1,000,000人")]
    [InlineData("250 > staff", "“Average headcount, group level where the law looks at the group” is less than 250 persons", "“平均员工人数”低于250人")]
    [InlineData("!(staff < 250)", "“Average headcount, group level where the law looks at the group” is at least 250 persons", "“平均员工人数”达到或者超过250人")]
    [InlineData("is_ciio", "it runs critical infrastructure (CSL Art. 31)", "符合“运营关键信息基础设施（网络安全法第三十一条）”")]
    [InlineData("is_ciio == false", "it is not the case that it runs critical infrastructure (CSL Art. 31)", "不符合“运营关键信息基础设施（网络安全法第三十一条）”")]
    [InlineData("!uses_ai", "“Uses AI systems” is not true", "不符合“使用人工智能系统”")]
    [InlineData("placed_on >= date(\"2025-08-02\")", "“Day of the first sale” is on or after 2 August 2025", "“首次销售日”不早于2025年8月2日")]
    [InlineData("places.covers(\"EU\")", "“Places with operations” includes the European Union or a part of it", "“有经营活动的地区”包括欧盟或者其一部分")]
    [InlineData("\"CN-XJ\" in places", "“Places with operations” includes mainland China (CN-XJ)", "“有经营活动的地区”包括中国大陆（CN-XJ）")]
    [InlineData(
        "\"energy\" in sectors || \"food\" in sectors || \"rail\" in sectors",
        "“Business sectors” includes “Energy”, “Food” or “Rail”",
        "“行业”包括“能源”、“食品”或者“铁路”")]
    [InlineData(
        "!(\"energy\" in sectors || \"food\" in sectors)", "“Business sectors” does not include “Energy” or “Food”", "“行业”不包括“能源”或者“食品”")]
    [InlineData(
        "!(\"energy\" in sectors && \"food\" in sectors)",
        "“Business sectors” does not include “Energy” or “Business sectors” does not include “Food”",
        "“行业”不包括“能源”，或者“行业”不包括“食品”")]
    [InlineData(
        "uses_ai && (is_ciio || staff in [1, 2]) && size(sectors) > 1",
        "“Uses AI systems” is true; (it runs critical infrastructure (CSL Art. 31) or “Average headcount, group level where the law looks at the group” is one of 1 persons or 2 persons); and the number of entries of “Business sectors” is more than 1",
        "符合“使用人工智能系统”；(符合“运营关键信息基础设施（网络安全法第三十一条）”，或者“平均员工人数”属于1人或者2人之一)；并且“行业”的项数超过1")]
    [InlineData(
        "uses_ai ? is_ciio : staff > 9",
        "if “Uses AI systems” is true, then it runs critical infrastructure (CSL Art. 31), otherwise “Average headcount, group level where the law looks at the group” is more than 9 persons",
        "如果符合“使用人工智能系统”，则符合“运营关键信息基础设施（网络安全法第三十一条）”，否则“平均员工人数”超过9人")]
    [InlineData(
        "staff * 2 > -individuals && [1, 2][0] == 1 && {\"a\": null}.a != 1u",
        "“Average headcount, group level where the law looks at the group” times 2 is more than 0 minus the number of people in China whose data the company processes; entry 0 of 1 and 2 is 1; and entry “a” of “a”: nothing is not 1u",
        "“平均员工人数”乘以2超过0减“目前处理其个人信息的境内自然人人数”；1和2的0项等于1；并且“a”: 无的“a”项不等于1u")]
    [InlineData(
        "sectors.exists(s, s.startsWith(\"en\") || size(s) > 9)",
        "for some entry “s” of “Business sectors”: (“s” begins with “en” or the number of entries of “s” is more than 9)",
        "“行业”中有一项“s”满足：(“s”以“en”开头，或者“s”的项数超过9)")]
    public void A_condition_is_said_in_the_words_of_the_vocabulary(string text, string english, string chinese)
    {
        var said = ConditionText.Of(ConditionSyntax.Parse(text).Root!, Vocabulary);

        (said.In("en"), said.In("zh")).ShouldBe((english, chinese));
    }

    [Fact]
    public void No_name_of_a_fact_is_said_of_any_real_condition()
    {
        var described = RealConditions.Index.Vocabulary;
        described = described with
        {
            Facts = described.Facts.Values.Select(f => f with { Description = LangText.Of("What it is.", "含义。") }).ToImmutableSortedDictionary(f => f.Name, f => f, StringComparer.Ordinal),
        };
        foreach (var text in RealConditions.Texts)
        {
            var condition = Condition.Compile(text, described).Condition!;
            foreach (var language in ConditionText.Languages)
            {
                var said = ConditionText.In(language, condition.Root, described) + ConditionText.In(language, condition.Root, described, denied: true);
                condition.FactNames.ShouldAllBe(name => !said.Contains(name, StringComparison.Ordinal), said);
            }
        }
    }

    [Fact]
    public void Values_are_said_with_label_unit_and_place()
    {
        string Say(string fact, FactValue value) => ConditionText.Value("en", Vocabulary.Facts[fact], value);

        Say("staff", new IntValue(12_500)).ShouldBe("12,500 persons");
        Say("sectors", SetValue.Complete("food", "rail")).ShouldBe("“Food” and “Rail”");
        Say("places", SetValue.Complete("CN-SH", "DE", "FR")).ShouldBe("Shanghai, Germany and France");
        Say("placed_on", new DateValue(new DateOnly(2024, 3, 1))).ShouldBe("1 March 2024");
        Say("sectors", SetValue.Complete()).ShouldBe("nothing");
    }

    private static FactDefinition Fact(string name, FactType type, string english, string chinese, string? unit = null) =>
        new(name, type, unit, LangText.Of(english, chinese), [], null, NotYetRead: false, null, []);

    private static ListedValue Listed(string value, string english, string chinese) => new(value, LangText.Of(english, chinese), NotYetRead: false, 1);
}
