using System.Text.Json.Nodes;
using ComplianceTracker.Api.Obligations;
using ComplianceTracker.Api.Tests.Support;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Operations;

/// <summary>An event that cannot be read stops its company and nothing else, until somebody mends it or leaves it out.</summary>
public sealed class Parked_events(Databases databases) : IAsyncLifetime
{
    private const string Profile = """{ "name": "Sound", "timeZone": null, "facts": { "operates_in": ["CN"], "processes.personal_data": true } }""";

    private TestService service = null!;
    private NpgsqlConnection database = null!;

    public async ValueTask InitializeAsync()
    {
        var connectionString = await databases.CopySeededAsync();
        service = await TestService.StartAsync(connectionString);
        database = new NpgsqlConnection(connectionString + ";Pooling=false");
        await database.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        await service.DisposeAsync();
    }

    [Fact]
    public async Task A_company_with_an_unreadable_event_waits_while_others_go_on_and_is_right_after_mending_and_retry()
    {
        await PutAsync("broken");
        var poison = await AppendRawAsync("broken", "company.facts-declared.v1", """{ "facts": 7 }""");
        var later = await DeclareRawAsync("broken", "processes.personal_data", "bool", "false");
        var other = await PutAsync("sound");

        // The other company is served from the projection, and the service stays ready.
        await ThereAsync(other);
        (await service.GetAsync($"/companies/sound/obligations?minPosition={other}&limit=1"))["position"]!.GetValue<long>().ShouldBeGreaterThanOrEqualTo(other);
        var health = await ReadyAsync();
        Register(health)["parked"]!.GetValue<long>().ShouldBe(2);
        Register(health)["lag"]!.GetValue<long>().ShouldBe(0);

        var parked = (await service.GetAsync("/operations/parked?subscription=Register"))["items"]!.AsArray();
        parked.Select(p => (p!["position"]!.GetValue<long>(), p["state"]!.GetValue<string>(), p["streamId"]!.GetValue<string>()))
            .ShouldBe([(poison, "failed", "company-default-broken"), (later, "waiting", "company-default-broken")]);
        parked[0]!["reason"]!.GetValue<string>().ShouldContain("JsonException");
        parked[0]!["attempts"]!.GetValue<int>().ShouldBe(3);
        (await CompanyAsync("broken")).Version.ShouldBe(1);

        // Retrying before it is mended tells why, and changes nothing but the count.
        var (status, body, _) = await service.SendAsync(HttpMethod.Post, $"/operations/parked/Register/{poison}/retry");
        status.ShouldBe(200);
        body!["failing"]!["position"]!.GetValue<long>().ShouldBe(poison);
        (await CompanyAsync("broken")).Version.ShouldBe(1);

        await ExecuteAsync($"update mt_events set data = {Literal(Declared("individuals_processed_cn", "int", "5000000"))}::jsonb where seq_id = {poison}");
        (status, body, _) = await service.SendAsync(HttpMethod.Post, $"/operations/parked/Register/{poison}/retry");
        (status, body!["handled"]!.GetValue<int>(), body["failing"]).ShouldBe((200, 2, null));

        (await service.GetAsync("/operations/parked?subscription=Register"))["items"]!.AsArray().ShouldBeEmpty();
        Register(await ReadyAsync())["parked"]!.GetValue<long>().ShouldBe(0);
        var mended = await CompanyAsync("broken");
        mended.Version.ShouldBe(3);
        mended.Facts.ShouldContain("individuals_processed_cn");

        // The projection answers as the stream alone does: the first is the register, the second recomputes from the log.
        var head = health["head"]!.GetValue<long>();
        var projected = await service.GetAsync("/companies/broken/obligations?asOf=2026-01-01&knownOn=2026-01-01&limit=1000");
        var recomputed = await service.GetAsync($"/companies/broken/obligations?asOf=2026-01-01&knownOn=2026-01-01&limit=1000&position={head}");
        JsonNode.DeepEquals(projected["items"], recomputed["items"]).ShouldBeTrue();
        (await service.GetAsync("/operations/parked/log?subscription=Register"))["items"]!.AsArray().Select(e => e!["action"]!.GetValue<string>())
            .ShouldBe(["handled", "handled", "failed", "parked"]);
    }

    [Fact]
    public async Task A_skipped_event_is_left_out_and_the_log_says_why()
    {
        await PutAsync("broken");
        var poison = await AppendRawAsync("broken", "company.facts-declared.v1", """{ "facts": 7 }""");
        var later = await DeclareRawAsync("broken", "processes.personal_data", "bool", "false");
        await ThereAsync(later);

        await RefusedAsync($"/operations/parked/Register/{later}/skip", """{ "reason": "first things first" }""", 409, "parked-event-waits");
        await RefusedAsync($"/operations/parked/Register/{poison}/skip", """{ "reason": " " }""", 422, "invalid-body");
        await RefusedAsync($"/operations/parked/Register/{poison}/skip", "{}", 422, "invalid-body");
        var (status, body, _) = await service.SendAsync(
            HttpMethod.Post, $"/operations/parked/Register/{poison}/skip", """{ "reason": "Written by a broken script." }""");
        (status, body!["handled"]!.GetValue<int>()).ShouldBe((200, 1));

        (await CompanyAsync("broken")).Version.ShouldBe(3);
        var log = (await service.GetAsync("/operations/parked/log?subscription=Register"))["items"]!.AsArray();
        log.Select(e => (e!["action"]!.GetValue<string>(), e["position"]!.GetValue<long>()))
            .ShouldBe([("handled", later), ("skipped", poison), ("parked", poison)]);
        (log[1]!["reason"]!.GetValue<string>(), log[1]!["actor"]!.GetValue<string>()).ShouldBe(("Written by a broken script.", "api"));
        await RefusedAsync($"/operations/parked/Register/{poison}/retry", null, 404, "parked-event-not-found");
    }

    [Fact]
    public async Task What_is_not_parked_is_a_404_and_lists_are_paged()
    {
        await RefusedAsync("/operations/parked/Register/1/retry", null, 404, "parked-event-not-found");
        await RefusedAsync("/operations/parked/Nobody/1/retry", null, 404, "parked-event-not-found");
        await RefusedAsync("/operations/parked/Register/one/retry", null, 404, "parked-event-not-found");
        await RefusedAsync("/operations/parked/Register/1/skip", """{ "reason": "no" }""", 404, "parked-event-not-found");

        await PutAsync("broken");
        var last = 0L;
        for (var i = 0; i < 3; i++)
        {
            last = await AppendRawAsync("broken", "company.facts-declared.v1", """{ "facts": 7 }""");
        }

        await ThereAsync(last);
        var (seen, cursor) = (new List<long>(), "");
        do
        {
            var page = await service.GetAsync($"/operations/parked?subscription=Register&limit=1{cursor}");
            seen.AddRange(page["items"]!.AsArray().Select(i => i!["position"]!.GetValue<long>()));
            cursor = page["next"] is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0);
        seen.ShouldBe([last - 2, last - 1, last]);
    }

    [Fact]
    public async Task An_unknown_event_type_stops_the_projection_visibly_and_parks_nothing()
    {
        await PutAsync("newer");
        await AppendRawAsync("newer", "company.merged.v7", "{}");
        var response = await service.UntilAsync("/health/ready", r => (int)r.StatusCode == 503);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        problem["type"]!.GetValue<string>().ShouldEndWith("/problems/not-ready");
        problem["detail"]!.GetValue<string>().ShouldContain("company.merged.v7");
        (await service.GetAsync("/operations/parked?subscription=Register"))["items"]!.AsArray().ShouldBeEmpty();
    }

    private static JsonNode Register(JsonNode health) => health["projections"]!.AsArray().Single(p => p!["name"]!.GetValue<string>() == "Register")!;

    private static string Declared(string fact, string type, string value) =>
        $$"""{ "facts": [{ "fact": "{{fact}}", "value": { "type": "{{type}}", "value": {{value}} }, "days": { "from": null, "to": null } }] }""";

    private static string Literal(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    private async Task<long> PutAsync(string id)
    {
        var (status, body, _) = await service.SendAsync(HttpMethod.Put, $"/companies/{id}", Profile);
        status.ShouldBe(201);
        return body!["position"]!.GetValue<long>();
    }

    // Through the database, because the service refuses to decide on a stream that it cannot read.
    private Task<long> DeclareRawAsync(string id, string fact, string type, string value) =>
        AppendRawAsync(id, "company.facts-declared.v1", Declared(fact, type, value));

    private async Task<long> AppendRawAsync(string id, string type, string json) => (long)(await ExecuteAsync($"""
        with stream as (
            update mt_streams set version = version + 1 where id = 'company-default-{id}' returning version
        )
        insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp)
        select nextval('mt_events_sequence'), gen_random_uuid(), 'company-default-{id}', version, {Literal(json)}::jsonb, '{type}', now() from stream
        returning seq_id
        """))!;

    private async Task<object?> ExecuteAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, database);
        return await command.ExecuteScalarAsync();
    }

    private async Task<(long Version, string Facts)> CompanyAsync(string id) => (
        (long)(await ExecuteAsync($"select version from ct_company where id = '{id}'"))!,
        string.Join(' ', StoredFacts.Read((byte[])(await ExecuteAsync($"select facts from ct_company where id = '{id}'"))!).Keys));

    private async Task<JsonNode> ReadyAsync()
    {
        var response = await service.UntilAsync("/health/ready", r => r.IsSuccessStatusCode);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }

    private async Task ThereAsync(long position) => await service.UntilAsync(
        $"/api/v1/companies?limit=1&minPosition={position}", r => r.IsSuccessStatusCode);

    private async Task RefusedAsync(string path, string? body, int status, string type)
    {
        var (answered, problem, _) = await service.SendAsync(HttpMethod.Post, path, body);
        (answered, problem!["type"]!.GetValue<string>()).ShouldSatisfyAllConditions(
            a => a.answered.ShouldBe(status), a => a.Item2.ShouldEndWith("/problems/" + type));
    }
}
