using System.Text;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;

namespace ComplianceTracker.Api.Tests.BulkImport;

public sealed class An_import(Databases databases) : IAsyncLifetime
{
    private readonly SeedFolder folder = new();
    private TestService service = null!;

    private HttpClient Client => service.Client;

    public async ValueTask InitializeAsync() => service = await Profiles.StartAsync(databases, folder);

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Of_JSON_lines_registers_what_is_new_and_leaves_what_is_the_same()
    {
        var lines = """
            {"id":"bulk-a","name":"Ä 名 \"q\"","timeZone":"Europe/Berlin","facts":{"handles_data":true,"staff":null,"activities":[]},"changes":[{"from":"2024-01-01","facts":{"handles_data":false}}]}

            {"id":"bulk-b","name":"B","facts":{}}
            """;
        var report = await Client.ImportAsync("\uFEFF" + lines.Replace("\n", "\r\n"), "application/x-ndjson; charset=utf-8");
        (report.Counts(), report["moreProblems"]!.GetValue<bool>()).ShouldBe(("2: 2 new, 0 replaced, 0 same, 0 refused", false));

        var company = await service.AskAsync("/companies/bulk-a?asOf=2023-12-31");
        (company["name"]!.ToString(), company["timeZone"]!.ToString(), company["version"]!.GetValue<long>()).ShouldBe(("Ä 名 \"q\"", "Europe/Berlin", 1));
        company["facts"]!.ToJsonString().ShouldBe("""{"activities":[],"handles_data":true}""");
        (await service.AskAsync("/companies/bulk-a?asOf=2024-01-01"))["facts"]!["handles_data"]!.GetValue<bool>().ShouldBeFalse();
        await service.AskAsync($"/companies/bulk-a/obligations?minPosition={report["position"]}", 200, ("Prefer", "wait=30"));

        var again = await Client.ImportAsync(lines);
        again.Counts().ShouldBe("2: 0 new, 0 replaced, 2 same, 0 refused");
        again["position"]!.GetValue<long>().ShouldBe(report["position"]!.GetValue<long>());
    }

    [Fact]
    public async Task Of_CSV_reads_every_type_of_fact_and_quoted_fields()
    {
        await service.DoAsync(HttpMethod.Put, "/facts/share", new { type = "double", description = new { en = "Share" } }, 201);
        await service.DoAsync(HttpMethod.Put, "/facts/founded", new { type = "date", description = new { en = "Founded" } }, 201);
        await service.DoAsync(HttpMethod.Put, "/facts/activities", new { type = "string-set", description = new { en = "A" }, values = new[] { new { value = "bank", label = new { en = "Bank" } } } }, 200);
        var report = await Client.ImportAsync(
            "id,name,handles_data,staff,activities,share,founded,timeZone\r\n"
            + "bulk-a,\"A, \"\"the\"\" firm\",TRUE,12,shop;bank,0.5,2020-02-29,Asia/Shanghai\r\n"
            + "\r\n"
            + "bulk-b,\"two\nlines\",,,,,,\n"
            + "bulk-c,stray \" quote,,,,,,\n"
            + "bulk-d,D,maybe,1,shop,,2021-02-30,\n"
            + "bulk-e,E,,1.5,,,,\n"
            + "bulk-f,F,true\n"
            + "bulk-g,G,,,shop;market,,,Mars/Base\n"
            + "bulk-h,H,,,shop;market,,,\n"
            + ",No id,,,,,,\n"
            + "bulk-i,,,,,,,\n"
            + "bulk-last,L,false,,,,,",
            Profiles.Csv);

        report.Counts().ShouldBe("11: 3 new, 0 replaced, 0 same, 8 refused");
        report.Problems().ShouldBe(
        [
            "6 - invalid-body", "7 bulk-d fact-type-mismatch /handles_data", "8 bulk-e fact-type-mismatch /staff", "9 - invalid-body", "10 bulk-g invalid-body /timeZone",
            "11 bulk-h unknown-fact-value /activities", "12  invalid-body /id", "13 bulk-i invalid-body /name",
        ]);
        var company = await service.AskAsync("/companies/bulk-a");
        company["name"]!.ToString().ShouldBe("A, \"the\" firm");
        company["facts"]!.ToJsonString().ShouldBe("""{"activities":["bank","shop"],"founded":"2020-02-29","handles_data":true,"share":0.5,"staff":12}""");
        (await service.AskAsync("/companies/bulk-b"))["name"]!.ToString().ShouldBe("two\nlines");
        (await service.AskAsync("/companies/bulk-b"))["facts"]!.AsObject().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("id,name,handles_dat\n", "unknown-fact", "handles_data")]
    [InlineData("id,Name\n", "unknown-fact", "name")]
    [InlineData("id,staff\n", "invalid-body", "name")]
    [InlineData("id,name,id\n", "invalid-body", null)]
    [InlineData("", "invalid-body", null)]
    public async Task Of_CSV_with_another_header_is_refused_before_anything_is_done(string header, string type, string? expected)
    {
        var (status, problem) = await Client.TryImportAsync(new StringContent(header + (header.Length > 0 ? "bulk-a,A,true\n" : "")), Profiles.Csv);

        (status, problem["type"]!.ToString().Split('/')[^1]).ShouldBe((422, type));
        problem["expected"]?[0]!.ToString().ShouldBe(expected);
        await service.AskAsync("/companies/bulk-a", 404);
    }

    [Fact]
    public async Task Reports_the_problem_of_each_line_and_goes_on()
    {
        await service.RegisterAsync("bulk-gone", new { });
        await service.DoAsync(HttpMethod.Delete, "/companies/bulk-gone", null, 200);
        var stream = new MemoryStream();
        void Add(string line, params byte[] end) => stream.Write([..Encoding.UTF8.GetBytes(line), ..end, (byte)'\n']);
        Add("{\"id\":");
        Add("""{"id":"bulk-a","facts":{}}""");
        Add("""{"id":"bulk-b","name":"B","facts":{"staf":1}}""");
        Add("""{"id":"bulk-c","name":"C","facts":{"staff":"many"}}""");
        Add("""{"id":"bulk-d","name":"\u0000","facts":{}}""");
        Add("""{"id":"bulk-e","name":"\ud800","facts":{}}""");
        Add("""{"id":"bulk-f","name":"F","facts":{}}""", 0xFF);
        Add("""{"id":"bulk-gone","name":"G","facts":{}}""");
        Add("""{"id":"bulk h","name":"H","facts":{}}""");
        Add("""{"id":"bulk-i","name":"I","facts":{},"changes":[{"from":"2021-02-30","facts":{}}]}""");
        Add("""{"id":"bulk-j","name":"J","facts":{},"fact":{}}""");
        Add($$$"""{"id":"bulk-k","name":"{{{new string('x', 1024 * 1024)}}}","facts":{}}""");
        Add("[1]");
        Add("""{"id":"bulk-z","name":"Z","facts":{"staff":1}}""");
        Add("""{"id":"bulk-z","name":"Z","facts":{"staff":2}}""");
        Add("""{"id":"bulk-z","name":"Z","facts":{"staff":1}}""");
        stream.Position = 0;
        var (status, report) = await Client.TryImportAsync(new StreamContent(stream));

        status.ShouldBe(200, report.ToJsonString());
        report.Problems().ShouldBe(
        [
            "1 - malformed-body", "2 - invalid-body", "3 bulk-b unknown-fact /facts/staf", "4 bulk-c fact-type-mismatch /facts/staff", "5 - forbidden-text /name",
            "6 - forbidden-text /name", "7 - forbidden-text", "8 bulk-gone company-archived", "9 bulk h invalid-body /id", "10 - invalid-body /changes/0/from", "11 - invalid-body /fact",
            "12 - body-too-large", "13 - invalid-body", "15 bulk-z company-already-registered",
        ]);
        report.Counts().ShouldBe("16: 1 new, 0 replaced, 1 same, 14 refused");
        var problem = report["problems"]![2]!["problem"]!;
        (problem["status"]!.GetValue<int>(), problem["expected"]![0]!.ToString(), problem["instance"]!.ToString()).ShouldBe((422, "staff", "/api/v1/companies/import"));
        (await service.AskAsync("/companies?limit=1000&minPosition=" + report["position"], 200, ("Prefer", "wait=30")))["items"]!.AsArray()
            .Select(c => c!["id"]!.ToString()).Where(id => id.StartsWith("bulk")).ShouldBe(["bulk-z"]);
    }

    [Fact]
    public async Task Replaces_what_is_there_only_where_it_is_told_to()
    {
        await Client.ImportAsync(Profiles.Many(0, 4));
        var changed = Profiles.Many(0, 2) + Profiles.Line(2).Replace("Company", "Firm") + "\n" + Profiles.Line(3).Replace("\"staff\":3,", "") + "\n" + Profiles.Line(4);
        (await Client.ImportAsync(changed)).Counts().ShouldBe("5: 1 new, 0 replaced, 2 same, 2 refused");
        (await Client.ImportAsync(changed, query: "?existing=replace")).Counts().ShouldBe("5: 0 new, 2 replaced, 3 same, 0 refused");

        (await service.AskAsync("/companies/bulk-3"))["facts"]!.AsObject().ShouldNotContainKey("staff");
        (await service.AskAsync("/companies/bulk-2"))["version"]!.GetValue<long>().ShouldBe(2);
        (await Client.TryImportAsync(new StringContent(""), query: "?existing=keep")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Leaves_a_profile_alone_that_says_the_same_under_a_newer_vocabulary()
    {
        await Client.ImportAsync(Profiles.Line(1));
        await service.DoAsync(HttpMethod.Put, "/facts/activities", new { type = "string-set", description = new { en = "A" }, values = new[] { new { value = "bank", label = new { en = "Bank" } } } }, 200);

        (await Client.ImportAsync(Profiles.Line(1))).Counts().ShouldBe("1: 0 new, 0 replaced, 1 same, 0 refused");
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/csv; charset=iso-8859-1")]
    [InlineData("nonsense/x")]
    public async Task Takes_no_other_media_type(string mediaType)
    {
        var (status, problem) = await Client.TryImportAsync(new StringContent(""), mediaType);

        (status, problem["detail"]!.ToString()).ShouldSatisfyAllConditions(p => p.status.ShouldBe(415), p => p.Item2.ShouldContain("application/jsonl"));
    }

    [Fact]
    public async Task Shows_the_first_thousand_problems_and_that_there_are_more()
    {
        var report = await Client.ImportAsync(string.Concat(Enumerable.Repeat("{}\n", 1200)), key: "k");
        (report["problems"]!.AsArray().Count, report["moreProblems"]!.GetValue<bool>(), report["refused"]!.GetValue<long>()).ShouldBe((1000, true, 1200));

        var again = await Client.ImportAsync(string.Concat(Enumerable.Repeat("{}\n", 1200)), key: "k");
        JsonNode.DeepEquals(again, report).ShouldBeTrue();
    }

    [Fact]
    public async Task Of_ten_thousand_lines_meets_other_writers_and_leaves_nothing_half_done()
    {
        const int Count = 10_000;
        var import = Client.ImportAsync(Profiles.Many(0, Count));
        var writers = Enumerable.Range(0, 4).Select(w => Task.Run(async () =>
        {
            for (var n = Count - 1 - w; n > 0 && !import.IsCompleted; n -= 97)
            {
                (await service.SendAsync(HttpMethod.Put, $"/companies/bulk-{n}", Other(n))).Status.ShouldBeOneOf(201, 428);
            }
        }));
        await Task.WhenAll(writers);
        var report = await import;

        var refused = report["refused"]!.GetValue<long>();
        (report["lines"]!.GetValue<long>(), report["registered"]!.GetValue<long>()).ShouldBe((Count, Count - refused));
        report["problems"]!.AsArray().ShouldAllBe(p => p!["problem"]!["type"]!.ToString().EndsWith("company-already-registered"));
        var record = await Profiles.RecordAsync(service.Store().DataSource);
        record.Count.ShouldBe(Count);
        record.Count(r => r.Contains("\"Other\"")).ShouldBe((int)refused);

        static string Other(int n) => """{ "name": "Other", "facts": {} }""";
    }
}
