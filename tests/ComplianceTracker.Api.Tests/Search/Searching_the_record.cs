using System.Text.Json.Nodes;
using ComplianceTracker.Api.Catalogue;
using ComplianceTracker.Api.Tests.Errors;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Domain.Search;

namespace ComplianceTracker.Api.Tests.Search;

/// <summary>What a search over the real record finds and how it answers.</summary>
public sealed class Searching_the_record(SeededService seeded) : IClassFixture<SeededService>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("PIPL", "cn-pipl", "short-title", "en")]
    [InlineData("个人信息保护法", "cn-pipl", "short-title", "zh")]
    [InlineData("数据安全法", "cn-dsl", "short-title", "zh")]
    [InlineData("data security law", "cn-dsl", "short-title", "en")]
    [InlineData("网络安全法", "cn-csl", "short-title", "zh")]
    [InlineData("DSL", "cn-dsl", "id", null)]
    [InlineData("protection of natural persons", "eu-gdpr", "title", "en")]
    [InlineData("gdpr", "eu-gdpr", "short-title", "en")]
    [InlineData("2016/679", "eu-gdpr", "number", null)]
    [InlineData("32016R0679", "eu-gdpr", "identifier", null)]
    [InlineData("征信", "cn-credit-industry-regs", "short-title", "zh")]
    [InlineData("GB 45438-2025", "cn-gb-45438-2025", "short-title", "zh")]
    [InlineData("CAC Order No. 4", "cn-children-pi-2019", "number", null)]
    [InlineData("第19号", "cn-facial-recognition", "number", null)]
    [InlineData("facial recog", "cn-facial-recognition", "short-title", "en")]
    [InlineData("necessary PI for apps", "cn-necessary-pi-apps", "short-title", "en")]
    [InlineData("Proteção de dados pessoais", "br-lgpd", "title", "en")]
    [InlineData("ＬＧＰＤ", "br-lgpd", "short-title", "en")]
    public async Task Puts_first_what_is_called_so(string q, string first, string field, string? language)
    {
        var item = (await ItemsAsync(q))[0]!;

        item["id"]!.ToString().ShouldBe(first);
        (item["matches"]![0]!["field"]!.ToString(), item["matches"]![0]!["language"]?.ToString()).ShouldBe((field, language));
    }

    [Theory]
    [InlineData("keep faces on the device", "cn-facial-recognition", "obligation-title", "cn-face-art8", "Art. 8")]
    [InlineData("人脸信息存储", "cn-facial-recognition", "obligation-title", "cn-face-art8", "Art. 8")]
    [InlineData("\"three years; repeat after change\"", "cn-facial-recognition", "summary", "cn-face-art9", "Art. 9")]
    [InlineData("省级以上网信部门备案", "cn-facial-recognition", "summary", "cn-face-art15", "Art. 15")]
    [InlineData("Article 38", "cn-pipl", "provision", "cn-pipl-art38", "Art. 38")]
    [InlineData("第三十八条", "cn-pipl", "provision", "cn-pipl-art38", "Art. 38")]
    [InlineData("个人信息保护法第三十八条", "cn-pipl", "provision", "cn-pipl-art38", "Art. 38")]
    [InlineData("cn-pipl-art38", "cn-pipl", "obligation-id", "cn-pipl-art38", "Art. 38")]
    [InlineData("biometrics", "cn-facial-recognition", "topic", null, null)]
    [InlineData("CAC 合成", "cn-ai-labelling", "authority", null, null)]
    public async Task Finds_what_an_instrument_says_and_tells_where(string q, string id, string field, string? obligation, string? provision)
    {
        var item = (await ItemsAsync(q)).Single(i => i!["id"]!.ToString() == id)!;

        var match = item["matches"]!.AsArray().First(m => m!["field"]!.ToString() == field)!;
        (match["obligationId"]?.ToString(), match["provision"]?.ToString()).ShouldBe((obligation, provision));
    }

    [Theory]
    [InlineData("个保法")]
    [InlineData("数安法")]
    [InlineData("perosnal information")]
    [InlineData("\"information personal\"")]
    [InlineData("\"facial recog\"")]
    [InlineData("Article 3800")]
    [InlineData("PIPL GDPR MiCA")]
    public async Task Invents_nothing(string q) => (await ItemsAsync(q)).ShouldBeEmpty();

    [Theory]
    [InlineData("gdpr", "ＧＤＰＲ")]
    [InlineData("data measures", "DATA measure")]
    [InlineData("数据 安全", "数据、安全")]
    [InlineData("第38条", "Article 38")]
    [InlineData("数据", " 数据 ")]
    [InlineData("personal information", "personal personal information")]
    public async Task Finds_the_same_however_it_is_written(string one, string other) => Ids(await ItemsAsync(other)).ShouldBe(Ids(await ItemsAsync(one)), ignoreOrder: true);

    [Theory]
    [InlineData("")]
    [InlineData("%20%09")]
    public async Task Takes_an_empty_box_for_the_whole_list(string q)
    {
        var whole = await seeded.Service.AskAsync("/instruments?limit=1000");

        var page = await seeded.Service.AskAsync($"/instruments?limit=1000&q={q}");

        page["items"]!.ToJsonString().ShouldBe(whole["items"]!.ToJsonString());
        page["items"]!.AsArray().ShouldAllBe(i => i!.AsObject().ContainsKey("matches") && i["matches"] == null);
    }

    [Theory]
    [InlineData("%21%3F%2E")]
    [InlineData("《》")]
    [InlineData("%22%22")]
    [InlineData("%E2%80%8B%E2%80%AE")]
    public async Task Says_that_signs_alone_find_nothing(string q)
    {
        var problem = await Problem.OfAsync(seeded.Service, "GET", $"/instruments?q={q}");

        (problem.Status, problem.Slug, problem.Parameter).ShouldBe((400, "invalid-parameter", "q"));
        problem.Detail.ShouldContain("no letter or digit");
    }

    [Fact]
    public async Task Takes_whatever_fits_into_two_hundred_characters()
    {
        string[] hostile =
        [
            new('数', 200), new('a', 200), string.Concat(Enumerable.Repeat("a ", 100)), string.Concat(Enumerable.Repeat("的 ", 100)),
            new string('"', 199) + "x", "'; drop table mt_events; --", "<script>alert(1)</script>", "a\u0301\u0302\u0303", string.Concat(Enumerable.Repeat("👩‍👩‍👧", 20)) + "x", "\u202Eatad",
            "data\u0007law", "第九九九九九九九九九条", "第零条", "第万条", "%00%", "x AND y OR NOT z*", "((((((a", "a&b", "\\u0000", string.Concat(Enumerable.Repeat("ﷺ", 200)), "a,b", "-data +law ~x",
        ];
        foreach (var q in hostile)
        {
            q.Length.ShouldBeLessThanOrEqualTo(200);
            foreach (var match in (await ItemsAsync(q)).SelectMany(i => i!["matches"]!.AsArray()))
            {
                CheckHighlights(match!);
            }
        }
    }

    [Fact]
    public async Task Shows_plain_text_and_where_in_it_it_was_found()
    {
        foreach (var q in new[] { "personal information", "数据", "important data transfer", "个人信息 出境", "notify", "第三十八条", "a", "法" })
        {
            var items = await ItemsAsync(q);
            items.ShouldNotBeEmpty();
            foreach (var match in items.SelectMany(i => i!["matches"]!.AsArray()))
            {
                CheckHighlights(match!);
            }
        }
    }

    [Fact]
    public async Task Keeps_to_the_other_filters()
    {
        var all = await ItemsAsync("数据");

        Ids(await ItemsAsync("数据", "&jurisdiction=CN")).ShouldBe(Ids(all.Where(i => i!["jurisdiction"]!.ToString() == "CN")));
        Ids(await ItemsAsync("数据", "&stage=in-force")).ShouldBe(Ids(all.Where(i => i!["stage"]?.ToString() == "in-force")));
        Ids(await ItemsAsync("数据", "&topic=data-trading&jurisdiction=CN")).ShouldBe(Ids(all.Where(i => i!["topics"]!.AsArray().Any(t => t!.ToString() == "data-trading") && i["jurisdiction"]!.ToString() == "CN")));
    }

    [Fact]
    public async Task Pages_give_the_whole_list_once_and_in_order()
    {
        var whole = Ids(await ItemsAsync("data"));
        whole.Length.ShouldBeGreaterThan(50);
        whole.ShouldBeUnique();
        Ids(await ItemsAsync("data")).ShouldBe(whole);
        var listed = new List<string>();
        for (var cursor = ""; cursor is not null;)
        {
            var page = await seeded.Service.AskAsync($"/instruments?q=data&limit=7{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}");
            listed.AddRange(Ids(page["items"]!.AsArray()));
            cursor = page["next"]?.ToString();
        }

        listed.ShouldBe(whole);
    }

    [Theory]
    [InlineData("data,personal", "personal,data")]
    [InlineData("data", "data ")]
    [InlineData("data", "Data")]
    [InlineData("data", "law")]
    public async Task A_cursor_goes_on_with_its_own_search_only(string q, string other)
    {
        var next = (await seeded.Service.AskAsync($"/instruments?limit=3&q={Uri.EscapeDataString(q)}"))["next"]!.ToString();

        (await seeded.Service.AskAsync($"/instruments?limit=3&q={Uri.EscapeDataString(q)}&cursor={next}"))["items"]!.AsArray().Count.ShouldBe(3);
        (await Problem.OfAsync(seeded.Service, "GET", $"/instruments?limit=3&q={Uri.EscapeDataString(other)}&cursor={next}")).Parameter.ShouldBe("cursor");
        (await Problem.OfAsync(seeded.Service, "GET", $"/instruments?limit=3&cursor={next}")).Parameter.ShouldBe("cursor");
    }

    [Fact]
    public async Task Every_instrument_is_found_by_each_word_and_each_two_characters_of_its_titles_and_by_its_numbers()
    {
        var (instruments, texts, terms) = await RecordAsync();
        var asked = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var tried = 0;
        foreach (var instrument in instruments)
        {
            var identity = instrument.Identity;
            string[] words =
            [
                ..identity.Title.In("en").Split(' ').Concat(identity.ShortTitle?.In("en").Split(' ') ?? []).Select(w => w.Trim(',', '(', ')', ':', '.', ';')).Where(w => w.Any(char.IsLetterOrDigit)),
                ..Pairs(identity.Title.In("zh")), ..Pairs(identity.ShortTitle?.In("zh") ?? ""),
                identity.Id, ..identity.Topics, identity.Title.In("zh"), ..identity.DocumentNumber is { } number ? [number] : Array.Empty<string>(), ..identity.Identifiers.Values,
            ];
            foreach (var word in words)
            {
                if (!asked.TryGetValue(word, out var found))
                {
                    asked[word] = found = [..new Searching(SearchQuery.Of(word)!, terms).Find(texts).Select(f => instruments[f.At].Identity.Id)];
                }

                found.ShouldContain(identity.Id, $"{identity.Id} by '{word}'");
                tried++;
            }
        }

        tried.ShouldBeGreaterThan(4000);
    }

    [Fact]
    public async Task Whatever_is_found_holds_two_characters_side_by_side_and_whatever_holds_them_is_found()
    {
        var (instruments, texts, terms) = await RecordAsync();
        foreach (var pair in new[] { "数据", "安全", "出境", "直播", "备案", "人脸", "算法", "税务", "评估" })
        {
            var holding = texts.Select((t, i) => (Text: t, Id: instruments[i].Identity.Id)).Where(t => t.Text.Places.Any(p => p.Text.Contains(pair, StringComparison.Ordinal))).Select(t => t.Id).ToList();

            holding.ShouldNotBeEmpty();
            new Searching(SearchQuery.Of(pair)!, terms).Find(texts).Select(f => instruments[f.At].Identity.Id).ShouldBe(holding, ignoreOrder: true);
        }
    }

    private async Task<(List<InstrumentView> Instruments, List<SearchText> Texts, TermTable Terms)> RecordAsync()
    {
        using var catalogue = new InstrumentCatalogue(seeded.Service.Store(), new());
        var log = await catalogue.HeadAsync(Cancelled);
        var instruments = catalogue.View(log, new DateOnly(2026, 11, 21), log.Through).Instruments.ToList();
        return (instruments, [..instruments.Select(i => i.Texts.On(new DateOnly(2026, 11, 21), catalogue.Terms))], catalogue.Terms);
    }

    private static IEnumerable<string> Pairs(string text) =>
        text.Zip(text.Skip(1), (a, b) => $"{a}{b}").Where(pair => pair.All(c => c is >= '一' and <= '鿿'));

    private static void CheckHighlights(JsonNode match)
    {
        var text = match["text"]!.ToString();
        var end = -1;
        match["highlights"]!.AsArray().ShouldNotBeEmpty();
        foreach (var highlight in match["highlights"]!.AsArray())
        {
            var (start, length) = ((int)highlight!["start"]!, (int)highlight["length"]!);
            start.ShouldBeGreaterThan(end);
            length.ShouldBeGreaterThan(0);
            end = start + length;
            end.ShouldBeLessThanOrEqualTo(text.Length);
        }
    }

    private async Task<JsonArray> ItemsAsync(string q, string and = "") =>
        (await seeded.Service.AskAsync($"/instruments?limit=1000&q={Uri.EscapeDataString(q)}{and}"))["items"]!.AsArray();

    private static string[] Ids(IEnumerable<JsonNode?> items) => [..items.Select(i => i!["id"]!.ToString())];
}
