using System.Net;
using System.Net.Sockets;
using System.Text;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.Errors;

public sealed class Bad_bodies(SeededService seeded) : IClassFixture<SeededService>
{
    private const string Company = "/companies/new";
    private const string Developments = "/instruments/cn-pipl/developments";
    private const string CarmakersFacts = "/companies/sc01-foreign-carmaker/facts";
    private const string InstrumentStart = """{"id":"new","jurisdiction":"CN","kind":"law","title":"x",""";

    [Theory]
    [InlineData("""{"facts":{}}""", "", "Missing: name.", "name")]
    [InlineData("{}", "", "Missing: name, facts.", "name|facts")]
    [InlineData("""{"name":"x","facts":{},"nam":1}""", "/nam", "Did you mean name?", "name")]
    [InlineData("""{"name":"x","facts":{},"na'm":1}""", "/na'm", "'na'm' is not a member", "")]
    [InlineData("""{"name":"x","facts":{},"a/b~c":1}""", "/a~1b~0c", "is not a member", "")]
    [InlineData("""{"name":null,"facts":{}}""", "/name", "must not be null", "")]
    [InlineData("""{"name":"x","facts":null}""", "/facts", "must not be null", "")]
    [InlineData("""{"name":5,"facts":{}}""", "/name", "not a text", "")]
    [InlineData("""{"name":"x","facts":[]}""", "/facts", "not an object", "")]
    [InlineData("""{"name":"x","facts":{"operates_in":["CN",null]}}""", "/facts/operates_in/1", "must not be null", "")]
    [InlineData("""{"name":"","facts":{}}""", "/name", "300 characters", "")]
    [InlineData("""{"name":"x","facts":{},"timeZone":"Mars/Base"}""", "/timeZone", "IANA", "")]
    [InlineData("[]", "", "not an object", "")]
    [InlineData("\"x\"", "", "not an object", "")]
    [InlineData("null", "", "must not be null", "")]
    public Task A_company_says_what_it_must(string json, string pointer, string said, string expected) =>
        IsInvalidAsync("PUT", Company, json, pointer, said, expected);

    [Theory]
    [InlineData("\"developments\":[{\"id\":\"a\",\"kind\":\"passed\",\"date\":\"2020-01-01\",\"source\":\"s\",\"confidence\":\"text\",\"sourc\":\"s\"}]", "/developments/0/sourc", "Did you mean source?", "source")]
    [InlineData("\"developments\":[null]", "/developments/0", "must not be null", "")]
    [InlineData("\"developments\":{}", "/developments", "not a list", "")]
    [InlineData("\"authority\":[null]", "/authority/0", "must not be null", "")]
    [InlineData("\"authority\":[1]", "/authority/0", "not a text", "")]
    [InlineData("\"authority\":\"x\"", "/authority", "not a list", "")]
    [InlineData("\"identifiers\":{\"celex\":null}", "/identifiers/celex", "must not be null", "")]
    [InlineData("\"identifiers\":{\"celex\":5}", "/identifiers/celex", "not a text", "")]
    [InlineData("\"identifiers\":[]", "/identifiers", "not an object", "")]
    [InlineData("\"relations\":[{\"type\":\"amends\"}]", "/relations/0", "Missing: target.", "target")]
    [InlineData("\"relations\":[{\"type\":\"amends\",\"target\":null}]", "/relations/0/target", "must not be null", "")]
    [InlineData("\"relations\":[{\"type\":\"amends\",\"target\":\"a\",\"x\":1}]", "/relations/0/x", "is not a member", "")]
    [InlineData("\"binding\":\"yes\"", "/binding", "not true or false", "")]
    [InlineData("\"shortTitle\":{}", "/shortTitle", "at least one language", "")]
    [InlineData("\"shortTitle\":{\"en\":1}", "/shortTitle", "by language tag", "")]
    public Task An_instrument_says_what_it_must(string members, string pointer, string said, string expected) =>
        IsInvalidAsync("POST", "/instruments", InstrumentStart + members + "}", pointer, said, expected);

    [Theory]
    [InlineData("\"order\":\"1\"", "/order", "not a whole number from -2147483648 to 2147483647", "")]
    [InlineData("\"order\":1.5", "/order", "not a whole number", "")]
    [InlineData("\"order\":99999999999", "/order", "not a whole number", "")]
    [InlineData("\"order\":null", "/order", "not a whole number", "")]
    [InlineData("\"derived\":\"yes\"", "/derived", "not true or false", "")]
    [InlineData("\"restated\":[]", "/restated", "not an object", "")]
    [InlineData("\"restated\":{\"kind\":\"past\"}", "/restated/kind", "one of: announced", "announced")]
    [InlineData("\"restated\":{\"order\":true}", "/restated/order", "not a whole number", "")]
    [InlineData("\"publicOn\":\"2021-02-30\"", "/publicOn", "not a day that exists, written YYYY-MM-DD", "")]
    [InlineData("\"publicOn\":20210230", "/publicOn", "not a day", "")]
    [InlineData("\"effects\":[null]", "/effects/0", "must not be null", "")]
    [InlineData("\"effects\":[\"lapse\"]", "/effects/0", "not an object", "")]
    [InlineData("\"effects\":[{\"obligationId\":\"a\"}]", "/effects/0", "Missing: kind, one of define, propose", "kind")]
    [InlineData("\"effects\":[{\"kind\":\"enacted\",\"obligationId\":\"a\"}]", "/effects/0/kind", "one of: define", "enact")]
    [InlineData("\"effects\":[{\"kind\":7,\"obligationId\":\"a\"}]", "/effects/0/kind", "one of: define", "define")]
    [InlineData("\"effects\":[{\"kind\":null,\"obligationId\":\"a\"}]", "/effects/0/kind", "one of: define", "define")]
    [InlineData("\"effects\":[{\"kind\":\"lapse\",\"obligationId\":\"a\",\"$type\":\"x\"}]", "/effects/0/$type", "is not a member", "")]
    [InlineData("\"effects\":[{\"kind\":\"lapse\",\"obligationId\":\"a\",\"$id\":\"x\"}]", "/effects/0/$id", "is not a member", "")]
    [InlineData("\"effects\":[{\"kind\":\"suspend\",\"obligationId\":\"a\"}]", "/effects/0", "Missing: order, from.", "order|from")]
    [InlineData("\"effects\":[{\"kind\":\"enact\",\"obligationId\":\"a\",\"frm\":\"2020-01-01\"}]", "/effects/0/frm", "Did you mean from?", "from")]
    [InlineData("\"effects\":[{\"obligationId\":\"a\",\"from\":5,\"kind\":\"enact\"}]", "/effects/0/from", "not a day", "")]
    [InlineData("\"effects\":[{\"kind\":\"revise\",\"obligationId\":\"a\",\"from\":\"2030-01-01\",\"duty\":{\"kind\":\"once\"}}]", "/effects/0/duty/kind", "one of: continuous", "continuous")]
    [InlineData("\"effects\":[{\"kind\":\"revise\",\"obligationId\":\"a\",\"from\":\"2030-01-01\",\"duty\":5}]", "/effects/0/duty", "not an object", "")]
    [InlineData("\"effects\":[{\"kind\":\"define\",\"obligationId\":\"a\",\"relativeStart\":{\"fact\":\"x\",\"offset\":\"6 months\"}}]", "/effects/0/relativeStart/offset", "ISO 8601 duration", "")]
    public Task A_development_says_what_it_must(string members, string pointer, string said, string expected) =>
        IsInvalidAsync("POST", Developments, $$"""{"id":"new","kind":"amended","date":"2020-01-01","source":"s","confidence":"text",{{members}}}""", pointer, said, expected);

    [Theory]
    [InlineData("""{"asOf":"2021-02-30"}""", "/asOf", "not a day", "")]
    [InlineData("""{"asOf":"1800-01-01"}""", "/asOf", "1900-01-01 to 2200-12-31", "1900-01-01 to 2200-12-31")]
    [InlineData("""{"status":["binding"]}""", "/status/0", "one of: applicable", "applicable")]
    [InlineData("""{"limit":0}""", "/limit", "1 to 1000", "1 to 1000")]
    [InlineData("""{"limit":"x"}""", "/limit", "whole number", "")]
    [InlineData("""{"cursor":"abc"}""", "/cursor", "begin again", "")]
    [InlineData("""{"position":-3}""", "/position", "reaches from 0", "")]
    [InlineData("""{"position":1.5}""", "/position", "64 bits", "")]
    [InlineData("""{"recordedAt":"today"}""", "/recordedAt", "RFC 3339", "")]
    [InlineData("""{"timeZone":"Mars"}""", "/timeZone", "IANA", "")]
    public Task A_what_if_says_what_it_must(string json, string pointer, string said, string expected) =>
        IsInvalidAsync("POST", "/applicability", json, pointer, said, expected);

    [Theory]
    [InlineData("PUT", Company, """{"name":"x","facts":{"is_cio":true}}""", "unknown-fact", "/facts/is_cio", "Did you mean is_ciio?")]
    [InlineData("PUT", Company, """{"name":"x","facts":{"is_ciio":1}}""", "fact-type-mismatch", "/facts/is_ciio", "true or false")]
    [InlineData("PUT", Company, """{"name":"x","facts":{"is_ciio":{}}}""", "fact-type-mismatch", "/facts/is_ciio", "null for unknown")]
    [InlineData("PUT", Company, """{"name":"x","facts":{"individuals_processed_cn":1e400}}""", "fact-type-mismatch", "/facts/individuals_processed_cn", "a number")]
    [InlineData("PUT", Company, """{"name":"x","facts":{"individuals_processed_cn":1.5}}""", "fact-type-mismatch", "/facts/individuals_processed_cn", "a whole number")]
    [InlineData("PUT", Company, """{"name":"x","facts":{"individuals_processed_cn":9223372036854775808}}""", "fact-type-mismatch", "/facts/individuals_processed_cn", "a whole number")]
    [InlineData("PUT", Company, """{"name":"x","facts":{"operates_in":["XX"]}}""", "unknown-fact-value", "/facts/operates_in", "ISO 3166")]
    [InlineData("POST", CarmakersFacts, """[{"fact":"is_ciio","value":true,"from":"2020-01-01","to":"2020-01-01"}]""", "window-ends-before-start", "/0", "lies after")]
    [InlineData("POST", CarmakersFacts, """[{"fact":"is_ciio","value":true,"from":"1800-01-01"}]""", "date-out-of-range", "/0", "1900-01-01")]
    [InlineData("POST", Developments, """{"id":"new","kind":"amended","date":"1899-12-31","source":"s","confidence":"text"}""", "date-out-of-range", "/date", "1900-01-01")]
    [InlineData("POST", Developments, """{"id":"new","kind":"corrected","date":"2020-01-01","source":"s","confidence":"text","corrects":"nothing"}""", "correction-of-nothing", "/corrects", "nothing")]
    [InlineData("POST", Developments, """{"id":"new","kind":"amended","date":"2020-01-01","source":"s","confidence":"text","effects":[{"kind":"lapse","obligationId":"eu-gdpr-art30"}]}""", "obligation-of-another-instrument", "/effects/0/obligationId", "eu-gdpr")]
    [InlineData("POST", "/instruments", """{"id":"new","jurisdiction":"UK","kind":"law","title":"x"}""", "invalid-body", "/jurisdiction", "ISO 3166")]
    [InlineData("PUT", "/facts/is_ciio", """{"type":"int","description":"x"}""", "fact-type-never-changes", "/type", "stays one")]
    public async Task What_cannot_be_is_refused_in_its_place(string method, string path, string json, string slug, string pointer, string said)
    {
        var problem = await Problem.OfAsync(seeded.Service, method, path, json);

        (problem.Status, problem.Slug, problem.Pointer).ShouldBe((422, slug, pointer));
        problem.Detail.ShouldContain(said);
    }

    [Fact]
    public async Task A_development_on_record_is_not_recorded_twice()
    {
        var problem = await Problem.OfAsync(
            seeded.Service, "POST", Developments, """{"id":"cn-pipl-2021-08-20-passed","kind":"passed","date":"2021-08-20","source":"s","confidence":"text"}""");

        (problem.Status, problem.Slug, problem.Pointer).ShouldBe((409, "development-already-recorded", "/id"));
    }

    [Theory]
    [InlineData("operates_in.covers(\"CN\") &&", 1, 28, "a value")]
    [InlineData("is_ciio\n  > 3", 2, 5, "a bool")]
    [InlineData("is_cio", 1, 1, "is_ciio")]
    [InlineData("is_ciio &&& is_ciio", 1, 11, "'&&'")]
    public async Task An_expression_is_refused_with_line_column_and_what_was_expected(string expression, int line, int column, string expected)
    {
        var json = new System.Text.Json.Nodes.JsonObject { ["expression"] = expression }.ToJsonString();
        var problem = await Problem.OfAsync(seeded.Service, "POST", "/applicability/evaluate", json);

        (problem.Status, problem.Slug, problem.Pointer).ShouldBe((422, "condition-invalid", "/expression"));
        ((int)problem.Body["line"]!, (int)problem.Body["column"]!).ShouldBe((line, column));
        problem.Expected.ShouldContain(expected);
    }

    [Theory]
    [InlineData("!", "", 1)]
    [InlineData("(is_ciio || is_ciio && ", ")", 1)]
    [InlineData("!(is_ciio || is_ciio && ", ")", 2)]
    [InlineData("(is_ciio ? is_ciio : is_ciio || is_ciio && ", ")", 2)]
    public async Task An_expression_as_deep_as_one_may_be_is_answered_with_every_step(string open, string close, int levels)
    {
        var times = ComplianceTracker.Domain.Conditions.ConditionSyntax.MaxDepth / levels;
        var expression = string.Concat(Enumerable.Repeat(open, times)) + "is_ciio" + string.Concat(Enumerable.Repeat(close, times));
        using var content = new StringContent($$"""{"expression":"{{expression}}"}""", Encoding.UTF8, "application/json");

        using var response = await seeded.Service.Client.PostAsync("/api/v1/applicability/evaluate", content, TestContext.Current.CancellationToken);

        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        using var answer = System.Text.Json.JsonDocument.Parse(text, new System.Text.Json.JsonDocumentOptions { MaxDepth = 1000 });
        answer.RootElement.GetProperty("result").GetString().ShouldBe("unknown");
    }

    [Theory]
    [InlineData("", "does not contain any JSON")]
    [InlineData("{\"name\":", "line 1, byte 9")]
    [InlineData("{\"name\":\"x\",}", "line 1, byte 13")]
    [InlineData("{/*x*/\"name\":\"x\"}", "line 1, byte 2")]
    [InlineData("{\"name\":\"x\",\"name\":\"y\",\"facts\":{}}", "'name' stands more than once")]
    [InlineData("{\"name\":\"x\",\"facts\":{\"is_ciio\":true,\"is_ciio\":false}}", "'is_ciio' stands more than once")]
    [InlineData("{\"name\":\"x\",\"facts\":{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "depth")]
    public async Task What_is_no_JSON_is_400(string text, string said)
    {
        var problem = await Problem.OfAsync(seeded.Service, "PUT", Company, text);

        (problem.Status, problem.Slug).ShouldBe((400, "malformed-body"));
        problem.Detail.ShouldContain(said);
    }

    [Theory]
    [InlineData("""{"name":"a\u0000b","facts":{}}""", "/name", "U+0000")]
    [InlineData("""{"name":"a\ud800b","facts":{}}""", "/name", "lone surrogate")]
    [InlineData("""{"name":"a\udc00\ud800","facts":{}}""", "/name", "lone surrogate")]
    [InlineData("""{"name":"a","facts":{"\ud800":1}}""", "/facts", "lone surrogate")]
    [InlineData("""{"name":"a","facts":{"operates_in":["CN","\u0000"]}}""", "/facts/operates_in/1", "U+0000")]
    public async Task What_is_no_text_is_refused(string json, string pointer, string said)
    {
        var problem = await Problem.OfAsync(seeded.Service, "PUT", Company, json);

        (problem.Status, problem.Slug, problem.Pointer).ShouldBe((422, "forbidden-text", pointer));
        problem.Detail.ShouldContain(said);
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF_8_are_refused()
    {
        using var content = new ByteArrayContent([.."{\"name\":\"a"u8, 0xED, 0xA0, 0x80, .."\",\"facts\":{}}"u8]);
        content.Headers.ContentType = new("application/json");

        var problem = await Problem.ReadAsync(seeded.Service, await seeded.Service.Client.PutAsync("/api/v1" + Company, content, TestContext.Current.CancellationToken));

        (problem.Status, problem.Slug).ShouldBe((422, "forbidden-text"));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    public async Task Another_media_type_is_415(string mediaType)
    {
        var problem = await Problem.OfAsync(seeded.Service, "PUT", Company, """{"name":"x","facts":{}}""", mediaType);

        (problem.Status, problem.Slug, problem.Parameter).ShouldBe((415, "unsupported-media-type", "Content-Type"));
        problem.Detail.ShouldContain("application/json");
    }

    [Fact]
    public async Task No_media_type_is_415()
    {
        using var content = new ByteArrayContent("{}"u8.ToArray());

        var response = await seeded.Service.Client.PostAsync("/api/v1/applicability", content, TestContext.Current.CancellationToken);

        (await Problem.ReadAsync(seeded.Service, response)).Status.ShouldBe(415);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8", "")]
    [InlineData("application/json;charset=\"UTF-8\"", "")]
    [InlineData("application/vnd.acme+json", "")]
    [InlineData("application/json", "\uFEFF")]
    public async Task JSON_however_it_is_declared_is_read(string mediaType, string mark)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(mark + "{}"));
        content.Headers.TryAddWithoutValidation("Content-Type", mediaType);

        using var response = await seeded.Service.Client.PostAsync("/api/v1/applicability", content, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(false, "PUT", "/api/v1/companies/new")]
    [InlineData(true, "PUT", "/api/v1/companies/new")]
    [InlineData(true, "POST", "/api/v1/instruments")]
    public async Task More_than_1_MB_is_413(bool chunked, string method, string path)
    {
        // By hand, because HttpClient does not read an answer that comes before it has sent everything.
        using var client = new TcpClient();
        var address = seeded.Service.Client.BaseAddress!;
        await client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        var length = 1024 * 1024 + 1;
        var framing = chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {length}";
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: {address.Authority}\r\nIdempotency-Key: large\r\nContent-Type: application/json\r\n{framing}\r\nConnection: close\r\n\r\n"),
            TestContext.Current.CancellationToken);
        if (chunked)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{length:x}\r\n"), TestContext.Current.CancellationToken);
            await stream.WriteAsync(Enumerable.Repeat((byte)' ', length).ToArray(), TestContext.Current.CancellationToken);
        }

        var answer = await new StreamReader(stream).ReadToEndAsync(TestContext.Current.CancellationToken);

        answer.ShouldStartWith("HTTP/1.1 413");
        answer.ShouldContain("Content-Type: application/problem+json");
        answer.ShouldContain("/problems/body-too-large");
    }

    private async Task IsInvalidAsync(string method, string path, string json, string pointer, string said, string expected)
    {
        var problem = await Problem.OfAsync(seeded.Service, method, path, json);

        (problem.Status, problem.Slug, problem.Pointer).ShouldBe((422, "invalid-body", pointer), problem.Detail);
        problem.Detail.ShouldContain(said);
        if (expected.Length > 0)
        {
            problem.Expected.Take(expected.Split('|').Length).ShouldBe(expected.Split('|'));
        }
    }
}
