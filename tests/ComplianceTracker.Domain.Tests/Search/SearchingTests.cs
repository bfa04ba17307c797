using System.Collections.Immutable;
using System.Globalization;
using ComplianceTracker.Domain.Common;
using ComplianceTracker.Domain.Search;
using ComplianceTracker.Domain.Tests.Support;
using FsCheck.Fluent;

namespace ComplianceTracker.Domain.Tests.Search;

/// <summary>What is found in a text, and how it is shown.</summary>
public sealed class SearchingTests
{
    [Theory]
    [InlineData("Law No. 13,709/2018", "13,709/2018", "Law No. [13],[709/2018]")]
    [InlineData("Regulation (EU) 2016/679", "2016/679", "Regulation (EU) [2016/679]")]
    [InlineData("GB/T 35273-2020", "gb/t 35273-2020", "[GB/T] [35273-2020]")]
    [InlineData("Art. 38(1)", "Article 38", "[Art. 38](1)")]
    [InlineData("Article 38", "art. 38", "[Article 38]")]
    [InlineData("ss. 26B-26D", "section 26B", "[ss. 26B]-26D")]
    [InlineData("依照第三十八条的规定", "Article 38", "依照[第三十八条]的规定")]
    [InlineData("依照第三十八条的规定", "第38条", "依照[第三十八条]的规定")]
    [InlineData("Art. 1032", "第一千零三十二条", "[Art. 1032]")]
    [InlineData("Order No. 19", "第十九号", "Order [No. 19]")]
    [InlineData("第二〇二一号", "No. 2021", "[第二〇二一号]")]
    [InlineData("第１２条", "第十二条", "[第１２条]")]
    [InlineData("NIS2", "NIS 2", "[NIS2]")]
    [InlineData("NIS 2 Directive", "nis2", "[NIS 2] Directive")]
    [InlineData("Lei Geral de Proteção", "protecao", "Lei Geral de [Proteção]")]
    [InlineData("Lei Geral de Proteção", "PROTEÇÃO", "Lei Geral de [Proteção]")]
    [InlineData("Straße, Cœur, Nghị định", "strasse coeur nghi dinh", "[Straße], [Cœur], [Nghị] [định]")]
    [InlineData("Ｄａｔａ　Ａｃｔ", "data act", "[Ｄａｔａ]　[Ａｃｔ]")]
    [InlineData("Data Act", "ｄａｔａ", "[Data] Act")]
    [InlineData("the People's measures and policies", "people measure policy", "the [People's] [measures] and [policies]")]
    [InlineData("measures", "MEASURE", "[measures]")]
    [InlineData("cryptography", "crypto", "[cryptography]")]
    [InlineData("policy", "polici", "[policy]")]
    [InlineData("个人信息保护法", "信息", "个人[信息]保护法")]
    [InlineData("个人信息保护法", "护法", "个人信息保[护法]")]
    [InlineData("个人信息保护法", "人 法", "个[人]信息保护[法]")]
    [InlineData("个人信息保护法", "个人信息保护法第", null)]
    [InlineData("生成式AI办法", "AI办法", "生成式[AI办法]")]
    [InlineData("生成式AI办法", "生成式ai", "[生成式AI]办法")]
    [InlineData("𠀀𠀁法", "𠀁", "𠀀[𠀁]法")]
    [InlineData("data protection act", "\"protection act\"", "data [protection act]")]
    [InlineData("data protection act", "\"data act\"", null)]
    [InlineData("data protection act", "\"data prot\"", null)]
    [InlineData("data protection act", "data prot", "[data] [protection] act")]
    [InlineData("data protection act", "prot data", null)]
    [InlineData("data protection act", "\"data", "[data] protection act")]
    [InlineData("data-protection", "data-prot", "[data-protection]")]
    [InlineData("Art. 380", "Article 38", null)]
    [InlineData("2021", "202", null)]
    [InlineData("信息安全", "信安", null)]
    [InlineData("pro\u00ADtec\u200Btion", "protection", "[pro\u00ADtec\u200Btion]")]
    [InlineData("cafe\u0301", "café", "[cafe\u0301]")]
    public void A_text_is_found_and_shown(string text, string query, string? shown)
    {
        var (found, matches) = Search(text, query);

        found.ShouldBe(shown is not null);
        if (shown is not null)
        {
            Marked(matches.Single().Snippet).ShouldBe(shown);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t\u3000")]
    [InlineData("!?.-()《》")]
    [InlineData("\"\" “”")]
    [InlineData("\u0007\u200B\u202E\uFE0F")]
    [InlineData("😀🎉")]
    public void Nothing_but_signs_is_no_query(string text)
    {
        SearchQuery.Of(text).ShouldBeNull();
    }

    [Fact]
    public void A_short_title_that_is_the_query_comes_before_a_title_that_holds_it_and_that_before_a_summary()
    {
        var table = new TermTable();
        SearchText[] texts =
        [
            Text(table, "b", "Rules that follow the Data Act", null),
            Text(table, "c", "Regulation on fair access", "Data Act"),
            Text(table, "d", "Act on notices about data", null),
            Text(table, "e", "Fisheries", null),
        ];

        var found = new Searching(SearchQuery.Of("data act")!, table).Find(texts);

        found.Select(f => f.At).ShouldBe([1, 2, 0]);
        found.Select(f => f.Score).ShouldBeInOrder(SortDirection.Descending);
    }

    [Fact]
    public void A_word_that_is_whole_counts_more_than_one_that_begins_so()
    {
        var table = new TermTable();
        SearchText[] texts = [Text(table, "a", "Cryptography", null), Text(table, "b", "Crypto", null)];

        new Searching(SearchQuery.Of("crypto")!, table).Find(texts).Select(f => f.At).ShouldBe([1, 0]);
    }

    [Fact]
    public void Asking_adds_no_terms()
    {
        var table = new TermTable();
        SearchText[] texts = [Text(table, "a", "Data Act", null)];
        var before = table.Count;

        new Searching(SearchQuery.Of("words that nobody ever wrote 而且没有人写过")!, table).Find(texts).ShouldBeEmpty();

        table.Count.ShouldBe(before);
    }

    [Fact]
    public void The_fewest_texts_show_every_word()
    {
        var identity = Law.Instrument with { Title = LangText.Of("Data Protection Act", "数据保护法"), Topics = ["data", "protection", "act"], DocumentNumber = "Act No. 5" };
        var table = new TermTable();
        var text = SearchText.Of(identity, [], Law.Day("2021-01-01"), table);

        new Searching(SearchQuery.Of("act data protection")!, table).Matches(text).Single().Place.Field.ShouldBe(SearchField.Title);
        new Searching(SearchQuery.Of("no. 5 数据")!, table).Matches(text).Select(m => (m.Place.Field, m.Place.Language))
            .ShouldBe([(SearchField.Number, null), (SearchField.Title, "zh")], ignoreOrder: true);
    }

    [Fact]
    public void A_snippet_is_a_part_of_the_text_cut_between_characters_with_its_highlights_where_they_were()
    {
        var character = Gen.Elements("a", "b", " ", "法", "e\u0301", "😀", "👩‍👩‍👧", "🇨🇳", "𠀀", "\r\n", "z\u0300\u0301\u0302", ".", "needle", " needle ", "针");
        var cases =
            from before in Gen.Resize(Gen.ListOf(character), 200)
            from needle in Gen.Elements("needle", "针")
            from after in Gen.Resize(Gen.ListOf(character), 200)
            select (Text: string.Concat(before) + " " + needle + string.Concat(after), Needle: needle);

        Properties.ForAll(cases, c =>
        {
            var found = Places(c.Text, c.Needle);
            var snippet = Snippet.Of(c.Text, found);

            snippet.Highlights.ShouldNotBeEmpty();
            snippet.Highlights.ShouldAllBe(h => snippet.Text.Substring(h.Start, h.Length) == c.Needle);
            snippet.Text.Length.ShouldBeLessThan(280);
            var (lead, tail) = (snippet.Text.StartsWith('…') ? 1 : 0, snippet.Text.EndsWith('…') ? 1 : 0);
            var part = snippet.Text[lead..^tail];
            var cuts = StringInfo.ParseCombiningCharacters(c.Text).Append(c.Text.Length).ToHashSet();
            var first = snippet.Highlights[0].Start - lead;
            found.Select(f => f.Start - first).ShouldContain(start =>
                start >= 0 && start + part.Length <= c.Text.Length && c.Text.Substring(start, part.Length) == part && cuts.Contains(start) && cuts.Contains(start + part.Length)
                && (start == 0) == (lead == 0) && (start + part.Length == c.Text.Length) == (tail == 0));
        });
    }

    [Fact]
    public void Any_text_is_found_by_itself_and_shown_within_its_bounds()
    {
        var character = Gen.Elements(
            "a", "B", "é", "ß", "7", " ", "-", "'", "\"", "第", "三", "十", "条", "号", "数", "据", "。", "（", "\u200B", "\u0301", "\u0000", "😀", "𠀀", "\uD800", "ｋ", "ア", "’s", "ies", "no", "art");
        var texts = Gen.Resize(Gen.ListOf(character), 30).Select(parts => string.Concat(parts));

        Properties.ForAll(texts, text =>
        {
            if (SearchQuery.Of(text) is null)
            {
                return;
            }

            var (found, matches) = Search(text, text);
            found.ShouldBeTrue(text);
            foreach (var highlight in matches.SelectMany(m => m.Snippet.Highlights))
            {
                highlight.Start.ShouldBeGreaterThanOrEqualTo(0);
                highlight.Length.ShouldBeGreaterThan(0);
                (highlight.Start + highlight.Length).ShouldBeLessThanOrEqualTo(text.Length);
            }
        }, 1000);
    }

    private static (bool Found, ImmutableArray<TextMatch> Matches) Search(string title, string query)
    {
        var table = new TermTable();
        var text = Text(table, "x", title, null);
        var asked = SearchQuery.Of(query)!;
        return (!new Searching(asked, table).Find([text]).IsEmpty, new Searching(asked, table).Matches(text));
    }

    private static SearchText Text(TermTable table, string id, string title, string? shortTitle) => SearchText.Of(
        Law.Instrument with { Id = id, Title = LangText.English(title), ShortTitle = shortTitle is null ? null : LangText.English(shortTitle), Authority = [] }, [], Law.Day("2021-01-01"), table);

    private static string Marked(Snippet snippet)
    {
        var text = snippet.Text;
        foreach (var highlight in snippet.Highlights.Reverse())
        {
            text = text.Insert(highlight.Start + highlight.Length, "]").Insert(highlight.Start, "[");
        }

        return text;
    }

    private static List<Highlight> Places(string text, string needle)
    {
        var found = new List<Highlight>();
        for (var at = text.IndexOf(needle, StringComparison.Ordinal); at >= 0; at = text.IndexOf(needle, at + needle.Length, StringComparison.Ordinal))
        {
            found.Add(new(at, needle.Length));
        }

        return found;
    }
}
