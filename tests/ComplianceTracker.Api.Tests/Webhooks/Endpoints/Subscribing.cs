using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;
using ComplianceTracker.Api.Tests.Webhooks.Support;
using ComplianceTracker.Api.Webhooks.Endpoints;
using ComplianceTracker.Api.Webhooks.Outbound;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ComplianceTracker.Api.Tests.Webhooks.Endpoints;

/// <summary>An endpoint's life over HTTP: registered, proved, changed, paused, rotated, deleted.</summary>
public sealed class Subscribing(SubscribedService subscribed) : IClassFixture<SubscribedService>
{
    private const string Endpoints = "/webhooks/endpoints";

    private TestService Service => subscribed.Service;

    private Receiver Receiver => subscribed.Receiver;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_registered_endpoint_is_shown_with_its_secret_once_and_without_the_values_of_its_headers()
    {
        var (status, created, response) = await Service.SendAsync(HttpMethod.Post, Endpoints, new JsonObject
        {
            ["url"] = $"{Receiver.Url}?tenant=7",
            ["description"] = "The desk, 合规",
            ["eventTypes"] = new JsonArray("obligation.*", "instrument.passed", "obligation.*"),
            ["companies"] = new JsonArray("acme", "not-yet-there"),
            ["jurisdictions"] = new JsonArray("CN", "US-CA"),
            ["topics"] = new JsonArray("personal-data"),
            ["instruments"] = new JsonArray("cn-pipl"),
            ["categories"] = new JsonArray("data-protection"),
            ["condition"] = "status == \"applicable\"",
            ["headers"] = new JsonObject { ["Authorization"] = "Bearer hush-hush", ["X-Team"] = "desk" },
            ["leadTimes"] = new JsonArray("P1W", "P7D", "P1Y"),
            ["rateLimit"] = 25,
            ["ordered"] = false,
        }.ToJsonString());

        status.ShouldBe(201);
        var id = (string)created!["id"]!;
        response.Headers.Location!.ToString().ShouldBe($"/api/v1/webhooks/endpoints/{id}");
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        ((string)created["secret"]!).ShouldStartWith("whsec_");
        ((string)created["state"]!).ShouldBe("active");
        created["eventTypes"]!.ToJsonString().ShouldBe("""["obligation.*","instrument.passed"]""");
        created["leadTimes"]!.ToJsonString().ShouldBe("""["P7D","P12M"]""");
        created["headerNames"]!.ToJsonString().ShouldBe("""["Authorization","X-Team"]""");
        ((string)created["url"]!).ShouldBe($"{Receiver.Url}?tenant=7");
        ((bool)created["ordered"]!).ShouldBeFalse();
        created["sincePosition"]!.GetValue<long>().ShouldBe(await Service.Store().HeadAsync(Token));

        var shown = await Service.GetAsync($"{Endpoints}/{id}");
        created.AsObject().Remove("secret").ShouldBeTrue();
        JsonNode.DeepEquals(shown, created).ShouldBeTrue($"{shown}\n{created}");
        var listed = await Service.GetAsync($"{Endpoints}?limit=1000");
        JsonNode.DeepEquals(listed["items"]!.AsArray().Single(e => (string)e!["id"]! == id), created).ShouldBeTrue();
        listed.ToJsonString().ShouldNotContain("hush-hush");

        var (again, _, same) = await Service.SendAsync(HttpMethod.Get, $"{Endpoints}/{id}", null, ("If-None-Match", response.Headers.ETag!.Tag));
        again.ShouldBe(304);
        same.Headers.ETag.ShouldBe(response.Headers.ETag);
    }

    [Fact]
    public async Task The_database_holds_neither_secret_nor_header_in_clear_and_another_node_reads_both()
    {
        var created = await CreateAsync(new { url = Receiver.Url, headers = new { Authorization = "Bearer in-the-clear" } }, ("Idempotency-Key", Guid.NewGuid().ToString()));
        var (id, secret) = ((string)created["id"]!, (string)created["secret"]!);

        var dump = await DumpAsync();
        dump.ShouldContain(id);
        dump.ShouldNotContain("in-the-clear");
        dump.ShouldNotContain(secret["whsec_".Length..]);

        // The other node has read its keys before; a key that is none of theirs is looked for again.
        var store = Service.Services.GetRequiredService<EndpointStore>();
        var elsewhere = new EndpointSecrets(Service.Services.GetRequiredService<NpgsqlDataSource>());
        var endpoint = (await store.FindAsync("default", id, Token))!;
        elsewhere.SecretsOf(endpoint).Single().Text.ShouldBe(secret);
        elsewhere.HeadersOf(endpoint)["authorization"].ShouldBe("Bearer in-the-clear");

        // What was protected for one endpoint is nothing for another.
        Should.Throw<System.Security.Cryptography.CryptographicException>(() => elsewhere.SecretsOf(endpoint with { Id = "ep_other" }));
    }

    [Fact]
    public async Task The_same_key_registers_once_and_rotates_once_with_the_same_answers()
    {
        var body = $$"""{ "url": "{{Receiver.Url}}" }""";
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var (_, first, _) = await Service.SendAsync(HttpMethod.Post, Endpoints, body, key);
        var (status, second, _) = await Service.SendAsync(HttpMethod.Post, Endpoints, body, key);

        status.ShouldBe(201);
        JsonNode.DeepEquals(first, second).ShouldBeTrue($"{first}\n{second}");

        key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var (_, rotated, _) = await Service.SendAsync(HttpMethod.Post, $"{Endpoints}/{first!["id"]}/rotate-secret", "{}", key);
        var (_, repeated, _) = await Service.SendAsync(HttpMethod.Post, $"{Endpoints}/{first["id"]}/rotate-secret", "{}", key);
        JsonNode.DeepEquals(rotated, repeated).ShouldBeTrue($"{rotated}\n{repeated}");
        ((string)rotated!["secret"]!).ShouldNotBe((string)first["secret"]!);
    }

    [Fact]
    public async Task A_change_merges_and_tells_of_stale_versions()
    {
        var created = await CreateAsync(new { url = Receiver.Url, description = "before", topics = new[] { "personal-data" }, headers = new { A = "1", B = "2" }, rateLimit = 5, ordered = false });
        var path = $"{Endpoints}/{created["id"]}";
        var version = created["version"]!.GetValue<long>();

        var changed = await Service.DoAsync(
            HttpMethod.Patch, path, new { description = (string?)null, topics = (string[]?)null, headers = new { b = (string?)null, C = "3" }, ordered = (bool?)null }, 200, ("If-Match", $"\"{version}\""));
        changed["description"].ShouldBeNull();
        changed["topics"]!.AsArray().ShouldBeEmpty();
        changed["headerNames"]!.ToJsonString().ShouldBe("""["A","C"]""");
        changed["rateLimit"]!.GetValue<int>().ShouldBe(5);
        ((bool)changed["ordered"]!).ShouldBeTrue();
        changed["version"]!.GetValue<long>().ShouldBe(version + 1);
        ((string)changed["state"]!).ShouldBe("active");

        // What changes nothing is no change.
        (await Service.DoAsync(HttpMethod.Patch, path, new { rateLimit = 5 }, 200))["version"]!.GetValue<long>().ShouldBe(version + 1);
        await Service.DoAsync(HttpMethod.Patch, path, new { rateLimit = 6 }, 412, ("If-Match", $"\"{version}\""));
        await Service.DoAsync(HttpMethod.Patch, path, new { url = (string?)null }, 422);
        await Service.DoAsync(HttpMethod.Patch, path, new { state = (string?)null }, 422);
    }

    [Fact]
    public async Task Pausing_and_resuming_are_changes_of_state_with_reasons_in_the_log()
    {
        var created = await CreateAsync(new { url = Receiver.Url });
        var path = $"{Endpoints}/{created["id"]}";

        ((string)(await Service.DoAsync(HttpMethod.Patch, path, new { state = "paused" }, 200))["state"]!).ShouldBe("paused");
        ((string)(await Service.DoAsync(HttpMethod.Patch, path, new { state = "active" }, 200))["state"]!).ShouldBe("active");
        var refused = await Service.DoAsync(HttpMethod.Patch, path, new { state = "failing" }, 422);
        refused["expected"]!.ToJsonString().ShouldBe("""["paused","active"]""");

        // What deliveries lead to, and enabling again.
        var store = Service.Services.GetRequiredService<EndpointStore>();
        (await store.MoveAsync("default", (string)created["id"]!, EndpointState.Disabled, "It said 410.", 99, null, Token)).ShouldBeFalse();
        (await store.MoveAsync("default", (string)created["id"]!, EndpointState.Disabled, "It said 410.", null, null, Token)).ShouldBeTrue();
        var disabled = await Service.GetAsync(path);
        ((string)disabled["state"]!, (string)disabled["stateReason"]!).ShouldBe(("disabled", "It said 410."));
        ((string)(await Service.DoAsync(HttpMethod.Patch, path, new { state = "active" }, 200))["state"]!).ShouldBe("active");

        var (seen, cursor) = (new List<string>(), "");
        do
        {
            var page = await Service.GetAsync($"{path}/log?limit=2{cursor}");
            seen.AddRange(page["items"]!.AsArray().Select(i => $"{i!["what"]} {i["actor"]} {i["detail"]!["state"]}".TrimEnd()));
            cursor = page["next"] is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0);
        seen.ShouldBe(["changed api active", "moved delivery disabled", "changed api active", "changed api paused", "verified api", "created api"]);
    }

    [Fact]
    public async Task Another_address_is_proved_again_and_until_then_nothing_is_delivered()
    {
        await using var other = await Receiver.StartAsync();
        other.AllowedOrigin = null;
        other.EchoesChallenges = false;
        var created = await CreateAsync(new { url = Receiver.Url });
        var path = $"{Endpoints}/{created["id"]}";

        var changed = await Service.DoAsync(HttpMethod.Patch, path, new { url = other.Url }, 200);
        ((string)changed["state"]!).ShouldBe("pending");
        changed["verifiedAt"].ShouldBeNull();
        ((string)changed["stateReason"]!).ShouldContain("no echo");
        (await Service.DoAsync(HttpMethod.Patch, path, new { state = "active" }, 409))["type"]!.ToString().ShouldEndWith("/endpoint-not-verified");

        // Not by pausing either: a test or a replay is allowed while paused.
        await Service.DoAsync(HttpMethod.Patch, path, new { state = "paused" }, 409);

        other.EchoesChallenges = true;
        var verified = await Service.DoAsync(HttpMethod.Post, $"{path}/verify", null, 200);
        ((bool)verified["verified"]!).ShouldBeTrue();
        ((string)verified["endpoint"]!["state"]!).ShouldBe("active");
        verified["endpoint"]!["sincePosition"]!.GetValue<long>().ShouldBe(created["sincePosition"]!.GetValue<long>());
    }

    [Fact]
    public async Task A_paused_endpoint_stays_paused_at_another_address_that_is_proved_with_its_new_headers()
    {
        await using var other = await Receiver.StartAsync();
        other.AllowedOrigin = null;
        var created = await CreateAsync(new { url = Receiver.Url, headers = new { Authorization = "Bearer old" } });
        var path = $"{Endpoints}/{created["id"]}";
        await Service.DoAsync(HttpMethod.Patch, path, new { state = "paused" }, 200);

        // What nobody may read is not sent elsewhere unless it is given again.
        var refused = await Service.DoAsync(HttpMethod.Patch, path, new { url = other.Url, headers = new { Other = "x" } }, 422);
        ((string)refused["errors"]?[0]?["pointer"]! ?? (string)refused["pointer"]!).ShouldBe("/headers");
        ((string)refused["detail"]!).ShouldContain("Authorization");
        other.Requests.ShouldBeEmpty();

        var changed = await Service.DoAsync(HttpMethod.Patch, path, new { url = other.Url, headers = new { Authorization = "Bearer new" } }, 200);

        ((string)changed["state"]!, (string)changed["url"]!).ShouldBe(("paused", other.Url.AbsoluteUri));
        other.Requests[^1].Headers["Authorization"].ShouldBe("Bearer new");

        // A forbidden address changes nothing.
        await Service.DoAsync(HttpMethod.Patch, path, new { url = "https://10.0.0.1/", description = "no" }, 422);
        (await Service.GetAsync(path))["version"]!.GetValue<long>().ShouldBe(changed["version"]!.GetValue<long>());
    }

    [Fact]
    public async Task A_deleted_endpoint_is_gone_with_its_secrets_and_its_log_stays()
    {
        // One that takes nothing, so that something waits.
        await using var closed = await Receiver.StartAsync();
        closed.Answers = _ => new ReceiverAnswer(503, "", ("Retry-After", "3600"));
        var created = await CreateAsync(new { url = closed.Url });
        var path = $"{Endpoints}/{created["id"]}";
        await Service.RecordAsync("de-law", 1);
        await closed.UntilDeliveredAsync(1);

        (await Service.SendAsync(HttpMethod.Delete, path, null, ("If-Match", "\"99\""))).Status.ShouldBe(412);
        (await WaitingAsync(created)).ShouldBe(1);
        var (status, body, _) = await Service.SendAsync(HttpMethod.Delete, path);
        (status, body).ShouldBe((204, null));
        foreach (var (method, at) in ((HttpMethod, string)[])[(HttpMethod.Get, path), (HttpMethod.Delete, path), (HttpMethod.Post, $"{path}/verify")])
        {
            (await Service.DoAsync(method, at, null, 404))["type"]!.ToString().ShouldEndWith("/endpoint-not-found");
        }

        await Service.DoAsync(HttpMethod.Patch, path, new { rateLimit = 1 }, 404);
        await Service.DoAsync(HttpMethod.Post, $"{path}/rotate-secret", new { }, 404);
        (await WaitingAsync(created)).ShouldBe(0);
        ((string)(await Service.GetAsync($"{path}/log"))["items"]![0]!["what"]!).ShouldBe("deleted");
        (await Service.Services.GetRequiredService<EndpointStore>().AllAsync(null, Token)).ShouldNotContain(e => e.Id == (string)created["id"]!);
        await Service.AskAsync($"{Endpoints}/ep_never/log", 404);
    }

    [Fact]
    public async Task Changes_are_announced_to_whoever_listens()
    {
        await using var listener = new NpgsqlConnection(subscribed.ConnectionString + ";Pooling=false");
        await listener.OpenAsync(Token);
        var heard = new List<string>();
        listener.Notification += (_, e) => heard.Add(e.Payload);
        await using (var listen = new NpgsqlCommand($"listen {EndpointStore.Channel}", listener))
        {
            await listen.ExecuteNonQueryAsync(Token);
        }

        var id = (string)(await CreateAsync(new { url = Receiver.Url }))["id"]!;
        while (!heard.Contains(id))
        {
            await listener.WaitAsync(Token);
        }
    }

    [Fact]
    public async Task Lists_are_paged_in_the_order_of_registration()
    {
        var mine = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            mine.Add((string)(await CreateAsync(new { url = Receiver.Url }))["id"]!);
        }

        var (seen, cursor) = (new List<string>(), "");
        do
        {
            var page = await Service.GetAsync($"{Endpoints}?limit=2{cursor}");
            seen.AddRange(page["items"]!.AsArray().Select(i => (string)i!["id"]!));
            cursor = page["next"] is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0);
        seen.ShouldBeUnique();
        seen.Where(mine.Contains).ShouldBe(mine);
    }

    [Fact]
    public async Task Both_secrets_sign_in_the_grace_period_and_the_new_one_alone_after_it()
    {
        var created = await CreateAsync(new { url = Receiver.Url });
        var (id, first) = ((string)created["id"]!, (string)created["secret"]!);
        var path = $"{Endpoints}/{id}/rotate-secret";

        (await SignaturesAsync(id)).ShouldBe([first]);
        var second = (string)(await Service.DoAsync(HttpMethod.Post, path, new { gracePeriod = "P7D" }, 200))["secret"]!;
        (await SignaturesAsync(id, first, second)).ShouldBe([second, first]);

        // No grace ends every old secret at once, those in an earlier grace too.
        var third = (string)(await Service.DoAsync(HttpMethod.Post, path, new { gracePeriod = "PT0S" }, 200))["secret"]!;
        (await SignaturesAsync(id, first, second, third)).ShouldBe([third]);

        foreach (var bad in (string[])["P8D", "PT169H", "P1M", "-PT1H", "24h", "PT", "P", "PT1.5H", ""])
        {
            var refused = await Service.DoAsync(HttpMethod.Post, path, new { gracePeriod = bad }, 422);
            ((string)refused["pointer"]!).ShouldBe("/gracePeriod");
        }

        // Never more than a header's worth of signatures.
        for (var i = 0; i < EndpointWriter.MostSecrets - 1; i++)
        {
            await Service.DoAsync(HttpMethod.Post, path, new { }, 200);
        }

        (await Service.DoAsync(HttpMethod.Post, path, new { }, 422))["type"]!.ToString().ShouldEndWith("/limit-exceeded");
    }

    [Fact]
    public async Task A_secret_whose_key_is_gone_can_be_replaced_and_headers_too()
    {
        var created = await CreateAsync(new { url = Receiver.Url, headers = new { A = "1" } });
        await using (var connection = new NpgsqlConnection(subscribed.ConnectionString + ";Pooling=false"))
        {
            await connection.OpenAsync(Token);
            await using var spoil = new NpgsqlCommand($"update ct_webhook_endpoint set secrets = 'spoilt', headers = 'spoilt' where id = '{created["id"]}'", connection);
            await spoil.ExecuteNonQueryAsync(Token);
        }

        var path = $"{Endpoints}/{created["id"]}";
        ((string)(await Service.DoAsync(HttpMethod.Post, $"{path}/verify", null, 200))["endpoint"]!["state"]!).ShouldBe("active");
        var secret = (string)(await Service.DoAsync(HttpMethod.Post, $"{path}/rotate-secret", new { }, 200))["secret"]!;
        (await Service.DoAsync(HttpMethod.Patch, path, new { headers = new { B = "2" } }, 200))["headerNames"]!.ToJsonString().ShouldBe("""["B"]""");
        (await SignaturesAsync((string)created["id"]!, secret)).ShouldBe([secret]);
    }

    // Which of the secrets signed a delivery, in the order of the signatures.
    private async Task<string[]> SignaturesAsync(string id, params string[] secrets)
    {
        var endpoint = (await Service.Services.GetRequiredService<EndpointStore>().FindAsync("default", id, Token))!;
        var message = new WebhookMessage($"m-{Guid.NewGuid():N}", "{}"u8.ToArray(), null);
        (await Service.Services.GetRequiredService<WebhookSender>().SendAsync(endpoint, message, TimeSpan.FromSeconds(30), Token)).Error.ShouldBeNull();
        var got = Receiver.Requests.Single(r => r.WebhookId == message.Id);
        var timestamp = long.Parse(got.Headers["webhook-timestamp"]);
        var known = secrets.Length > 0 ? secrets : [..Service.Services.GetRequiredService<EndpointSecrets>().SecretsOf(endpoint).Select(s => s.Text)];
        return [..got.Headers["webhook-signature"].Split(' ').Select(signature => known.Single(s => StandardWebhooks.Sign(s, message.Id, timestamp, got.Body) == signature))];
    }

    // How many deliveries to the endpoint wait.
    private async Task<long> WaitingAsync(JsonNode endpoint)
    {
        await using var command = Service.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(
            $"select count(*) from ct_webhook_delivery where endpoint = '{endpoint["id"]}' and state = 0");
        return (long)(await command.ExecuteScalarAsync(Token))!;
    }

    private Task<JsonNode> CreateAsync(object body, params (string, string)[] headers) => Service.DoAsync(HttpMethod.Post, Endpoints, body, 201, headers);

    // Everything of every table, as text.
    private async Task<string> DumpAsync()
    {
        await using var connection = new NpgsqlConnection(subscribed.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Token);
        var text = new System.Text.StringBuilder();
        foreach (var table in (string[])["ct_webhook_endpoint", "ct_webhook_log", "ct_idempotency"])
        {
            await using var command = new NpgsqlCommand($"select t::text, encode(convert_to(t::text, 'UTF8'), 'escape') from {table} t", connection);
            await using var reader = await command.ExecuteReaderAsync(Token);
            while (await reader.ReadAsync(Token))
            {
                text.AppendLine(reader.GetString(0));

                // Bytes are shown as hexadecimal digits: as text too.
                foreach (System.Text.RegularExpressions.Match hex in System.Text.RegularExpressions.Regex.Matches(reader.GetString(0), @"\\x([0-9a-f]+)"))
                {
                    text.AppendLine(System.Text.Encoding.Latin1.GetString(Convert.FromHexString(hex.Groups[1].Value)));
                }
            }
        }

        return text.ToString();
    }
}
