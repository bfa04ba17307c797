using ComplianceTracker.Api.Clocks;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Errors;

public sealed class Bad_parameters(SeededService seeded) : IClassFixture<SeededService>
{
    private const string Obligations = "/companies/sc01-foreign-carmaker/obligations";

    [Theory]
    [InlineData(Obligations + "?asOf=2021-02-30", "asOf", "YYYY-MM-DD")]
    [InlineData(Obligations + "?asOf=", "asOf", "YYYY-MM-DD")]
    [InlineData(Obligations + "?asOf=2021-1-1", "asOf", "YYYY-MM-DD")]
    [InlineData(Obligations + "?asOf=1899-12-31", "asOf", "1900-01-01 to 2200-12-31")]
    [InlineData(Obligations + "?knownOn=2201-01-01", "knownOn", "1900-01-01 to 2200-12-31")]
    [InlineData(Obligations + "?asOf=2021-01-01&asOf=2021-01-02", "asOf", "more than once")]
    [InlineData(Obligations + "?recordedAt=yesterday", "recordedAt", "RFC 3339")]
    [InlineData(Obligations + "?recordedAt=2026-11-21", "recordedAt", "RFC 3339")]
    [InlineData(Obligations + "?recordedAt=2026-11-21T08:00:00", "recordedAt", "RFC 3339")]
    [InlineData(Obligations + "?recordedAt=2026-13-21T08:00:00Z", "recordedAt", "RFC 3339")]
    [InlineData(Obligations + "?recordedAt=2026-11-21T08:00:00+01:00", "recordedAt", "%2B")]
    [InlineData(Obligations + "?position=99999999", "position", "reaches from 0 to")]
    [InlineData(Obligations + "?position=-1", "position", "reaches from 0 to")]
    [InlineData(Obligations + "?position=99999999999999999999", "position", "reaches from 0 to")]
    [InlineData(Obligations + "?timeZone=Mars/Base", "timeZone", "IANA")]
    [InlineData(Obligations + "?timeZone=", "timeZone", "IANA")]
    [InlineData(Obligations + "?limit=0", "limit", "1 to 1000")]
    [InlineData(Obligations + "?limit=1001", "limit", "1 to 1000")]
    [InlineData(Obligations + "?limit=ten", "limit", "1 to 1000")]
    [InlineData(Obligations + "?limit=1&limit=2", "limit", "1 to 1000")]
    [InlineData(Obligations + "?cursor=abc", "cursor", "begin again")]
    [InlineData(Obligations + "?cursor=", "cursor", "begin again")]
    [InlineData(Obligations + "?cursor=a&cursor=b", "cursor", "begin again")]
    [InlineData(Obligations + "?status=binding", "status", "not-applicable")]
    [InlineData(Obligations + "?jurisdiction=UK", "jurisdiction", "ISO 3166")]
    [InlineData(Obligations + "?instrument=cn-pip", "instrument", "Did you mean cn-pipl")]
    [InlineData(Obligations + "?category=cross-border-transfe", "category", "Did you mean cross-border-transfer?")]
    [InlineData(Obligations + "?minPosition=soon", "minPosition", "position of the log")]
    [InlineData(Obligations + "?asOf=%00", "asOf", "U+0000")]
    [InlineData(Obligations + "?jurisdiction=%ED%A0%80", "jurisdiction", "no UTF-8")]
    [InlineData("/instruments?q=%00", "q", "U+0000")]
    [InlineData("/instruments?q=a&q=b", "q", "more than once")]
    [InlineData("/instruments?stage=draft", "stage", "proposed")]
    [InlineData("/instruments?jurisdiction=UK", "jurisdiction", "ISO 3166")]
    [InlineData("/events?after=x", "after", "position of the log")]
    [InlineData("/events?after=1&after=2", "after", "position of the log")]
    [InlineData("/facts?cursor=x", "cursor", "begin again")]
    [InlineData("/companies?limit=-1", "limit", "1 to 1000")]
    [InlineData(Obligations + "?knowOn=2021-06-10", "knowOn", "Did you mean knownOn")]
    [InlineData("/instruments?jurisdictions=CN", "jurisdictions", "Did you mean jurisdiction")]
    public async Task Are_named_with_what_would_be_right(string path, string parameter, string right)
    {
        var problem = await Problem.OfAsync(seeded.Service, "GET", path);

        (problem.Status, problem.Slug, problem.Parameter).ShouldBe((400, "invalid-parameter", parameter));
        problem.Detail.ShouldContain(right);
    }

    [Fact]
    public async Task A_text_too_long_is_refused() =>
        (await Problem.OfAsync(seeded.Service, "GET", "/instruments?q=" + new string('x', 201))).Parameter.ShouldBe("q");

    [Fact]
    public async Task Both_clocks_of_recording_are_one_too_many()
    {
        var problem = await Problem.OfAsync(seeded.Service, "GET", Obligations + "?recordedAt=2026-11-21T08:00:00Z&position=3");

        (problem.Status, problem.Slug, problem.Parameter).ShouldBe((400, "both-recording-clocks", "position"));
    }

    [Fact]
    public async Task A_cursor_that_was_tampered_with_is_refused()
    {
        var next = (string)(await seeded.Service.GetAsync(Obligations + "?limit=1"))["next"]!;
        var tampered = next[..^1] + (next[^1] == 'A' ? 'B' : 'A');

        (await Problem.OfAsync(seeded.Service, "GET", $"{Obligations}?cursor={tampered}")).Parameter.ShouldBe("cursor");
        (await Problem.OfAsync(seeded.Service, "GET", $"/companies?cursor={next}")).Parameter.ShouldBe("cursor");
    }

    [Theory]
    [InlineData("/companies/sc02-livestream-platform/obligations", "status=applicable,upcoming&jurisdiction=CN")]
    [InlineData(Obligations, "status=applicable,upcoming")]
    [InlineData(Obligations, "status=applicable&jurisdiction=CN")]
    [InlineData(Obligations, "status=applicable,upcoming&jurisdiction=CN&category=cross-border-transfer")]
    public async Task A_cursor_goes_on_with_no_other_question_than_its_own(string path, string filters)
    {
        var next = (string)(await seeded.Service.GetAsync(Obligations + "?limit=1&status=applicable,upcoming&jurisdiction=CN"))["next"]!;

        var problem = await Problem.OfAsync(seeded.Service, "GET", $"{path}?{filters}&cursor={next}");

        (problem.Status, problem.Slug, problem.Parameter).ShouldBe((400, "invalid-parameter", "cursor"));
        problem.Detail.ShouldContain("with these filters");
        (await seeded.Service.GetAsync($"{Obligations}?jurisdiction=CN&status=upcoming&status=applicable&cursor={next}"))["items"]!.AsArray().ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("limit", "10")]
    [InlineData("cursor", "abc")]
    public async Task A_stream_has_no_pages(string parameter, string value)
    {
        var problem = await Problem.OfAsync(seeded.Service, "GET", $"/events?{parameter}={value}", headers: ("Accept", "text/event-stream"));

        (problem.Status, problem.Slug, problem.Parameter).ShouldBe((400, "invalid-parameter", parameter));
        problem.Detail.ShouldContain("Last-Event-ID");
    }

    [Fact]
    public async Task A_cursor_of_one_what_if_goes_on_with_no_other()
    {
        const string Asked = """ "companyId":"sc01-foreign-carmaker","facts":{"is_ciio":true} """;
        var first = await seeded.Service.DoAsync(HttpMethod.Post, "/applicability", System.Text.Json.Nodes.JsonNode.Parse($$"""{"limit":1,{{Asked}}}"""), 200);
        var next = (string)first["next"]!;

        (await Problem.OfAsync(seeded.Service, "POST", "/applicability", $$"""{"facts":{"is_ciio":false},"companyId":"sc01-foreign-carmaker","cursor":"{{next}}" }""")).Pointer.ShouldBe("/cursor");
        (await Problem.OfAsync(seeded.Service, "GET", $"{Obligations}?cursor={next}")).Parameter.ShouldBe("cursor");
        await seeded.Service.DoAsync(HttpMethod.Post, "/applicability", System.Text.Json.Nodes.JsonNode.Parse($$"""{"cursor":"{{next}}",{{Asked}}}"""), 200);
    }

    [Theory]
    [InlineData("/events", "x")]
    [InlineData("/operations/parked", "x")]
    [InlineData("/operations/parked/log", "9223372036854775808")]
    [InlineData("/companies", "\0")]
    public async Task A_cursor_made_by_hand_is_refused_like_any_other(string path, string key)
    {
        var made = new Paging($"/api/v1{path}", 1, null, null).Cursor(key, "");

        (await Problem.OfAsync(seeded.Service, "GET", $"{path}?cursor={made}")).Parameter.ShouldBe("cursor");
    }

    [Theory]
    [InlineData("/companies/Bad%20Id")]
    [InlineData("/companies/a%2Fb")]
    [InlineData("/companies/%E4%B8%AD")]
    [InlineData("/companies/-a")]
    public async Task An_id_to_be_given_must_be_a_slug(string path)
    {
        var problem = await Problem.OfAsync(seeded.Service, "PUT", path, """{"name":"x","facts":{}}""");

        (problem.Status, problem.Parameter).ShouldBe((400, "id"));
        problem.Detail.ShouldContain("lower-case letters");
    }

    [Fact]
    public async Task A_facts_name_to_be_given_must_be_one()
    {
        var problem = await Problem.OfAsync(seeded.Service, "PUT", "/facts/Bad%20Name", """{"type":"bool","description":"x"}""");

        (problem.Status, problem.Parameter).ShouldBe((400, "name"));
    }

    [Theory]
    [InlineData("/nope", "not-found", "")]
    [InlineData("/companies/nobody", "company-not-found", "nobody")]
    [InlineData("/companies/nobody/facts", "company-not-found", "nobody")]
    [InlineData("/companies/nobody/obligations", "company-not-found", "nobody")]
    [InlineData("/companies/a%2Fb", "company-not-found", "")]
    [InlineData("/companies/%ED%A0%80", "company-not-found", "")]
    [InlineData("/companies/%F0%9F%98%80", "company-not-found", "😀")]
    [InlineData("/instruments/cn-pip", "instrument-not-found", "cn-pipl")]
    [InlineData("/instruments/cn-pip/developments", "instrument-not-found", "cn-pipl")]
    [InlineData("/facts/is_cio", "fact-not-found", "is_ciio")]
    [InlineData(Obligations + "/cn-pipl-art3", "obligation-not-known", "cn-pipl-art38")]
    [InlineData(Obligations + "/cn-pipl-art38?asOf=1950-01-01&knownOn=1950-01-01", "obligation-not-known", "1950-01-01")]
    [InlineData("/companies/sc01-foreign-carmaker?position=0", "company-not-found", "not yet registered")]
    [InlineData(Obligations + "?recordedAt=2000-01-01T00:00:00Z", "company-not-found", "not yet registered")]
    public async Task What_is_not_there_is_404(string path, string slug, string said)
    {
        var problem = await Problem.OfAsync(seeded.Service, "GET", path);

        (problem.Status, problem.Slug).ShouldBe((404, slug));
        problem.Detail.ShouldContain(said);
    }

    [Theory]
    [InlineData("DELETE", "/instruments/cn-pipl", "GET, HEAD")]
    [InlineData("POST", "/companies", "GET, HEAD")]
    [InlineData("PATCH", "/companies/acme", "DELETE, GET, PUT, HEAD")]
    [InlineData("PUT", "/applicability", "POST")]
    public async Task A_method_that_is_not_taken_is_405_with_Allow(string method, string path, string allowed)
    {
        var problem = await Problem.OfAsync(seeded.Service, method, path);

        (problem.Status, problem.Slug).ShouldBe((405, "method-not-allowed"));
        string.Join(", ", problem.Response.Content.Headers.Allow).ShouldBe(allowed);
        problem.Detail.ShouldContain(allowed);
    }

    [Fact]
    public async Task A_position_not_reached_in_time_is_503_with_Retry_After()
    {
        var problem = await Problem.OfAsync(seeded.Service, "GET", Obligations + "?minPosition=99999999", headers: ("Prefer", "wait=1"));

        (problem.Status, problem.Slug).ShouldBe((503, "not-yet-there"));
        problem.Response.Headers.RetryAfter.ShouldNotBeNull();
    }
}
