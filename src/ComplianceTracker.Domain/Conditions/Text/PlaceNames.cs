using System.Collections.Frozen;

namespace ComplianceTracker.Domain.Conditions;

/// <summary>
/// Short names of the places that conditions ask for and profiles name most, as ISO 3166 lists them. A place without a name here is
/// told by its code, a subdivision by its country and its code.
/// </summary>
internal static class PlaceNames
{
    private static readonly FrozenDictionary<string, (string English, string Chinese)> Names =
        """
        EU|the European Union|欧盟
        AE|the United Arab Emirates|阿联酋
        AT|Austria|奥地利
        AU|Australia|澳大利亚
        BE|Belgium|比利时
        BG|Bulgaria|保加利亚
        BR|Brazil|巴西
        CA|Canada|加拿大
        CH|Switzerland|瑞士
        CN|mainland China|中国大陆
        CY|Cyprus|塞浦路斯
        CZ|Czechia|捷克
        DE|Germany|德国
        DK|Denmark|丹麦
        EE|Estonia|爱沙尼亚
        ES|Spain|西班牙
        FI|Finland|芬兰
        FR|France|法国
        GB|the United Kingdom|英国
        GR|Greece|希腊
        HK|Hong Kong|香港
        HR|Croatia|克罗地亚
        HU|Hungary|匈牙利
        ID|Indonesia|印度尼西亚
        IE|Ireland|爱尔兰
        IN|India|印度
        IT|Italy|意大利
        JP|Japan|日本
        KR|South Korea|韩国
        LT|Lithuania|立陶宛
        LU|Luxembourg|卢森堡
        LV|Latvia|拉脱维亚
        MO|Macao|澳门
        MT|Malta|马耳他
        MX|Mexico|墨西哥
        MY|Malaysia|马来西亚
        NL|the Netherlands|荷兰
        NO|Norway|挪威
        NZ|New Zealand|新西兰
        PH|the Philippines|菲律宾
        PL|Poland|波兰
        PT|Portugal|葡萄牙
        RO|Romania|罗马尼亚
        SE|Sweden|瑞典
        SG|Singapore|新加坡
        SI|Slovenia|斯洛文尼亚
        SK|Slovakia|斯洛伐克
        TH|Thailand|泰国
        US|the United States|美国
        VN|Vietnam|越南
        CN-BJ|Beijing|北京
        CN-GD|Guangdong|广东
        CN-NM|Inner Mongolia|内蒙古
        CN-SC|Sichuan|四川
        CN-SH|Shanghai|上海
        CN-ZJ|Zhejiang|浙江
        US-CA|California|加利福尼亚州
        US-CO|Colorado|科罗拉多州
        US-IL|Illinois|伊利诺伊州
        US-NY|New York|纽约州
        US-TX|Texas|得克萨斯州
        US-VA|Virginia|弗吉尼亚州
        """
        .ReplaceLineEndings("\n").Split('\n').Select(line => line.Split('|'))
        .ToFrozenDictionary(parts => parts[0], parts => (parts[1], parts[2]), StringComparer.Ordinal);

    /// <summary>The codes of the places that have a name here.</summary>
    public static IEnumerable<string> Codes => Names.Keys;

    /// <summary>The name in Chinese for <c>zh</c>, else in English.</summary>
    public static string Of(string code, string language)
    {
        if (Names.TryGetValue(code, out var name))
        {
            return language == "zh" ? name.Chinese : name.English;
        }

        var dash = code.IndexOf('-', StringComparison.Ordinal);
        return dash < 0 ? code : language == "zh" ? $"{Of(code[..dash], language)}（{code}）" : $"{Of(code[..dash], language)} ({code})";
    }
}
