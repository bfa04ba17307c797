using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Api.Tests.Webhooks.Support;
using ComplianceTracker.Api.Webhooks.Endpoints;

namespace ComplianceTracker.Api.Tests.Webhooks.Endpoints;

/// <summary>What cannot be registered is refused with the place and what would be right.</summary>
public sealed class Bad_endpoints(SubscribedService subscribed) : IClassFixture<SubscribedService>
{
    public static TheoryData<string, string, string, string> Members => new()
    {
        { "url", "\"nonsense\"", "/url", "invalid-body" },
        { "url", "\"/hook\"", "/url", "invalid-body" },
        { "url", "\"ftp://127.0.0.1/\"", "/url", "invalid-body" },
        { "url", "\"https://\"", "/url", "invalid-body" },
        { "url", "\"https://a b.example/\"", "/url", "invalid-body" },
        { "url", "\"https:\\\\\\\\127.0.0.1\\\\\"", "/url", "invalid-body" },
        { "url", "\"http://127.0.0.1:0/\"", "/url", "invalid-body" },
        { "url", "\"http://127.0.0.1:99999/\"", "/url", "invalid-body" },
        { "url", "\"http://user:secret@127.0.0.1/\"", "/url", "invalid-body" },
        { "url", "\"http://@127.0.0.1/\"", "/url", "invalid-body" },
        { "url", "\"http://127.0.0.1/#part\"", "/url", "invalid-body" },
        { "url", "\"http://127.0.0.1/\\u0000\"", "/url", "forbidden-text" },
        { "url", "7", "/url", "invalid-body" },
        { "url", "null", "/url", "invalid-body" },
        { "description", "\"\\u0000\"", "/description", "forbidden-text" },
        { "eventTypes", "[\"obligation.aplicable\"]", "/eventTypes/0", "invalid-body" },
        { "eventTypes", "[\"obligations.*\"]", "/eventTypes/0", "invalid-body" },
        { "eventTypes", "[\"company.registered\"]", "/eventTypes/0", "invalid-body" },
        { "eventTypes", "[\"instrument.registered\"]", "/eventTypes/0", "invalid-body" },
        { "eventTypes", "[\"obligation.app*\"]", "/eventTypes/0", "invalid-body" },
        { "eventTypes", "[\"*\", \"\"]", "/eventTypes/1", "invalid-body" },
        { "eventTypes", "[null]", "/eventTypes/0", "invalid-body" },
        { "eventTypes", "\"obligation.*\"", "/eventTypes", "invalid-body" },
        { "companies", "[\"acme\", \"Acme\"]", "/companies/1", "invalid-body" },
        { "instruments", "[\"cn pipl\"]", "/instruments/0", "invalid-body" },
        { "topics", "[\"\"]", "/topics/0", "invalid-body" },
        { "categories", "[\"\"]", "/categories/0", "invalid-body" },
        { "jurisdictions", "[\"UK\"]", "/jurisdictions/0", "invalid-body" },
        { "leadTimes", "[\"PT1H\"]", "/leadTimes/0", "invalid-body" },
        { "leadTimes", "[\"P0D\"]", "/leadTimes/0", "invalid-body" },
        { "leadTimes", "[\"P9999M\"]", "/leadTimes/0", "invalid-body" },
        { "leadTimes", "[\"30 days\"]", "/leadTimes/0", "invalid-body" },
        { "rateLimit", "0", "/rateLimit", "invalid-body" },
        { "rateLimit", "10001", "/rateLimit", "invalid-body" },
        { "rateLimit", "1.5", "/rateLimit", "invalid-body" },
        { "ordered", "\"yes\"", "/ordered", "invalid-body" },
        { "headers", "{ \"Webhook-Id\": \"x\" }", "/headers/Webhook-Id", "invalid-body" },
        { "headers", "{ \"content-type\": \"x\" }", "/headers/content-type", "invalid-body" },
        { "headers", "{ \"HOST\": \"x\" }", "/headers/HOST", "invalid-body" },
        { "headers", "{ \"Transfer-Encoding\": \"chunked\" }", "/headers/Transfer-Encoding", "invalid-body" },
        { "headers", "{ \"X\": \"a\\r\\nY: b\" }", "/headers/X", "invalid-body" },
        { "headers", "{ \"X\": \"\" }", "/headers/X", "invalid-body" },
        { "headers", "{ \"X\": \"é\" }", "/headers/X", "invalid-body" },
        { "headers", "{ \"X Y\": \"a\" }", "/headers/X Y", "invalid-body" },
        { "headers", "{ \"X\": null }", "/headers/X", "invalid-body" },
        { "headers", "{ \"X\": \"a\", \"x\": \"b\" }", "/headers/x", "invalid-body" },
        { "headers", "{ \"X\": \"\\u0000\" }", "/headers/X", "forbidden-text" },
        { "condition", "\"\"", "/condition", "condition-invalid" },
        { "condition", "\"status = 1\"", "/condition", "condition-invalid" },
        { "condition", "\"operates_in.covers(\\\"CN\\\")\"", "/condition", "condition-invalid" },
        { "secret", "\"whsec_mine\"", "/secret", "invalid-body" },
        { "eventtypes", "[]", "/eventtypes", "invalid-body" },
    };

    [Theory]
    [MemberData(nameof(Members))]
    public async Task A_bad_member_is_a_problem_that_points_at_it(string member, string value, string pointer, string type)
    {
        var body = member == "url" ? $$"""{ "url": {{value}} }""" : $$"""{ "url": "{{subscribed.Receiver.Url}}", "{{member}}": {{value}} }""";
        var (status, problem, _) = await subscribed.Service.SendAsync(HttpMethod.Post, "/webhooks/endpoints", body);

        status.ShouldBe(422, problem!.ToJsonString());
        ((string)problem["type"]!).ShouldEndWith("/" + type);
        ((string)problem["pointer"]!).ShouldBe(pointer);
    }

    [Fact]
    public async Task Limits_are_stated_and_hold()
    {
        await TooMuchAsync("url", $"http://127.0.0.1/{new string('a', EndpointChecks.UrlLength)}");
        await TooMuchAsync("description", new string('a', 2001));
        foreach (var list in (string[])["companies", "instruments", "topics", "categories"])
        {
            await TooMuchAsync(list, Enumerable.Range(0, 1001).Select(i => $"a{i}"));
        }

        await TooMuchAsync("leadTimes", Enumerable.Range(1, 21).Select(i => $"P{i}D"));
        await TooMuchAsync("headers", Enumerable.Range(0, 51).ToDictionary(i => $"X-{i}", _ => "a"));
        await TooMuchAsync("headers", new Dictionary<string, string> { ["X"] = new('a', 4001) });
        await TooMuchAsync("headers", Enumerable.Range(0, 5).ToDictionary(i => $"X-{i}", _ => new string('a', 4000)));
    }

    [Fact]
    public async Task A_condition_is_refused_with_line_and_column_and_what_was_expected_there()
    {
        var problem = await RefusedAsync(new { url = subscribed.Receiver.Url, condition = "type == \"obligation.ended\" &&\n  stats == \"ended\"" });

        ((int)problem["line"]!, (int)problem["column"]!).ShouldBe((2, 3));
        problem["expected"]!.ToJsonString().ShouldContain("status");
    }

    [Fact]
    public async Task A_mistyped_event_type_is_answered_with_the_nearest()
    {
        var problem = await RefusedAsync(new { url = subscribed.Receiver.Url, eventTypes = new[] { "obligation.aplicable" } });

        problem["expected"]!.ToJsonString().ShouldBe("""["obligation.applicable"]""");
        ((string)problem["detail"]!).ShouldContain("Did you mean obligation.applicable?");
    }

    [Fact]
    public async Task A_destination_that_no_delivery_may_reach_is_refused_with_the_address_the_rule_and_the_setting()
    {
        var problem = await RefusedAsync(new { url = "https://10.1.2.3/hook" });
        ((string)problem["type"]!).ShouldEndWith("/destination-forbidden");
        ((string)problem["detail"]!).ShouldBe("'10.1.2.3' has the address 10.1.2.3, which lies in 10.0.0.0/8 (private network). The operator can allow private networks with the setting Webhooks:AllowedNetworks.");

        ((string)(await RefusedAsync(new { url = "http://8.8.8.8/" }))["detail"]!).ShouldContain("use https");
        ((string)(await RefusedAsync(new { url = "https://8.8.8.8:22/" }))["detail"]!).ShouldContain("The port 22 is not allowed; allowed are 443, 8443");
    }

    [Fact]
    public async Task A_tenant_has_at_most_a_thousand()
    {
        using var seeds = new SeedFolder();
        await using var other = new Npgsql.NpgsqlConnection(subscribed.ConnectionString + ";Pooling=false");
        await other.OpenAsync(TestContext.Current.CancellationToken);
        var created = await subscribed.Service.DoAsync(HttpMethod.Post, "/webhooks/endpoints", new { url = subscribed.Receiver.Url }, 201);
        await using (var fill = new Npgsql.NpgsqlCommand(
            $"""
            insert into ct_webhook_endpoint select (jsonb_populate_record(e, jsonb_build_object('id', 'ep_copy' || n))).*
            from ct_webhook_endpoint e, generate_series(1, {EndpointStore.MostOfATenant}) n where e.id = '{created["id"]}'
            """, other))
        {
            await fill.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        ((string)(await RefusedAsync(new { url = subscribed.Receiver.Url }))["type"]!).ShouldEndWith("/limit-exceeded");
        await using var clear = new Npgsql.NpgsqlCommand("delete from ct_webhook_endpoint", other);
        await clear.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private async Task TooMuchAsync(string member, object value)
    {
        var body = new Dictionary<string, object> { ["url"] = subscribed.Receiver.Url, [member] = value };
        var problem = await RefusedAsync(body);
        ((string)problem["type"]!).ShouldEndWith("/limit-exceeded", Case.Sensitive, JsonSerializer.Serialize(body)[..100]);
        ((string)problem["detail"]!).ShouldMatch("[0-9]");
    }

    private Task<JsonNode> RefusedAsync(object body) => subscribed.Service.DoAsync(HttpMethod.Post, "/webhooks/endpoints", body, 422);
}
