using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Errors;

public sealed class Other_texts(SeededService seeded) : IClassFixture<SeededService>
{
    [Theory]
    [InlineData("chinese", "中华人民共和国个人信息保护法")]
    [InlineData("emoji", "👩‍👩‍👧‍👦 𝕏 🇨🇳")]
    [InlineData("rtl", "شركة \u202E ישראל")]
    [InlineData("quotes", "\"O'Brien\" \\ / \\u0041 </script><!-- & ' ` ${x} %s {0}")]
    [InlineData("controls", "tab\tline\nreturn\rbell\u0007 del\u007f nel\u0085 ls\u2028 bom\uFEFF end")]
    [InlineData("combining", "e\u0301 é ﬁ İ ẞ \uFFFD \uFFFE")]
    public async Task Come_back_as_they_went_in(string id, string text)
    {
        var path = $"/companies/{id}";
        (await seeded.Service.SendAsync(HttpMethod.Put, path, new JsonObject { ["name"] = text, ["facts"] = new JsonObject() }.ToJsonString())).Status.ShouldBe(201);

        ((string)(await seeded.Service.GetAsync(path))["name"]!).ShouldBe(text);
        var listed = (await seeded.Service.SendAsync(HttpMethod.Get, "/companies?limit=1000", null, ("Prefer", "wait=10"))).Body!["items"]!.AsArray();
        ((string)listed.Single(c => (string)c!["id"]! == id)!["name"]!).ShouldBe(text);
    }

    [Fact]
    public async Task Come_back_in_problems_too()
    {
        var problem = await Problem.OfAsync(seeded.Service, "GET", "/companies/" + Uri.EscapeDataString("公司\"'\\😀"));

        problem.Detail.ShouldContain("公司\"'\\😀");
    }
}
