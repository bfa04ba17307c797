using System.Text.Json.Nodes;
using ComplianceTracker.Api.Tests.Support;
using static ComplianceTracker.Api.Tests.Support.Api;

namespace ComplianceTracker.Api.Tests.Companies;

public sealed class Company_writes(Databases databases)
{
    [Fact]
    public async Task Answer_with_version_position_and_place_and_add_nothing_when_nothing_changes()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        const string Body = """{ "name": "A", "facts": { "processes.personal_data": true, "operates_in": ["CN"] } }""";
        var (status, created, response) = await service.SendAsync(HttpMethod.Put, "/companies/acme", Body);
        status.ShouldBe(201);
        response.Headers.Location!.ToString().ShouldBe("/api/v1/companies/acme");
        response.Headers.ETag!.Tag.ShouldBe("\"1\"");

        (await service.SendAsync(HttpMethod.Put, "/companies/acme", Body)).Status.ShouldBe(428);
        (await service.SendAsync(HttpMethod.Put, "/companies/acme", Body, ("If-Match", "\"7\""))).Status.ShouldBe(412);
        (await service.SendAsync(HttpMethod.Put, "/companies/nobody", Body, ("If-Match", "*"))).Status.ShouldBe(412);
        var (again, same, _) = await service.SendAsync(HttpMethod.Put, "/companies/acme", Body, ("If-Match", "\"1\""));
        again.ShouldBe(200);
        same!.ToJsonString().ShouldBe(created!.ToJsonString());
        var (any, changed, _) = await service.SendAsync(HttpMethod.Put, "/companies/acme", Body.Replace("\"A\"", "\"B\""), ("If-Match", "*"));
        any.ShouldBe(200);
        changed!["version"]!.GetValue<long>().ShouldBe(2);
        (await service.SendAsync(HttpMethod.Post, "/companies/acme/facts", """[{ "fact": "processes.personal_data", "value": true }]""")).Body!["version"]!
            .GetValue<long>().ShouldBe(2);
        (await service.SendAsync(HttpMethod.Post, "/companies/acme/facts", "[]", ("If-Match", "\"1\""))).Status.ShouldBe(412);
    }

    [Fact]
    public async Task Are_refused_whole()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        await service.RegisterAsync("acme", new { });
        foreach (var wrong in new[]
        {
            """{ "fact": "no.such_fact", "value": true }""", """{ "fact": "processes.personal_data", "value": 3 }""",
            """{ "fact": "processes.personal_data", "value": true, "from": "2024-01-01", "to": "2024-01-01" }""",
            """{ "fact": "processes.personal_data", "value": true, "from": "1800-01-01" }""", """{ "fact": "operates_in", "value": ["Narnia"] }""",
        })
        {
            var (status, _, _) = await service.SendAsync(
                HttpMethod.Post, "/companies/acme/facts", $$"""[{ "fact": "processes.personal_data", "value": true }, {{wrong}}]""");
            status.ShouldBe(422, wrong);
        }

        var company = await service.AskAsync("/companies/acme");
        company["version"]!.GetValue<long>().ShouldBe(1);
        company["facts"]!.AsObject().ShouldBeEmpty();
        await service.DoAsync(HttpMethod.Post, "/companies/nobody/facts", new[] { new { fact = "processes.personal_data", value = true } }, 404);
    }

    [Fact]
    public async Task Declare_windows_that_override_what_they_overlap_and_null_for_unknown_again()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        await service.RegisterAsync("acme", new Dictionary<string, object> { ["processes.personal_data"] = true });
        await service.DoAsync(
            HttpMethod.Post,
            "/companies/acme/facts",
            new object[]
            {
                new { fact = "processes.personal_data", value = false, from = "2022-01-01", to = "2023-01-01" },
                new { fact = "processes.personal_data", value = (bool?)null, from = "2022-06-01", to = "2022-07-01" },
            },
            200);

        var facts = await service.AskAsync("/companies/acme/facts");
        facts["items"]!.AsArray().Select(f => $"{f!["from"]}..{f["to"]}={f["value"]?.ToString() ?? "unknown"}").ShouldBe(
            ["..2022-01-01=true", "2022-01-01..2022-06-01=false", "2022-06-01..2022-07-01=unknown", "2022-07-01..2023-01-01=false", "2023-01-01..=true"]);
        foreach (var (day, value) in new[] { ("2021-12-31", "true"), ("2022-01-01", "false"), ("2022-06-15", null), ("2023-01-01", "true") })
        {
            (await service.AskAsync($"/companies/acme?asOf={day}"))["facts"]!["processes.personal_data"]?.ToString().ShouldBe(value);
        }

        // A day may pass under the same version, so only a named day may be answered with "not modified".
        (await service.SendAsync(HttpMethod.Get, "/companies/acme", null, ("If-None-Match", "\"2\""))).Status.ShouldBe(200);
        (await service.SendAsync(HttpMethod.Get, "/companies/acme?asOf=2022-01-01", null, ("If-None-Match", "\"2\""))).Status.ShouldBe(304);
    }

    [Fact]
    public async Task Leave_an_archived_company_readable_at_earlier_positions_only()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        var before = await service.RegisterAsync("acme", new Dictionary<string, object> { ["processes.personal_data"] = true });
        await service.DoAsync(HttpMethod.Delete, "/companies/acme", null, 412, ("If-Match", "\"9\""));
        var archived = (await service.DoAsync(HttpMethod.Delete, "/companies/acme", null, 200))["position"]!.GetValue<long>();
        await service.DoAsync(HttpMethod.Delete, "/companies/nobody", null, 404);

        foreach (var path in new[] { "", "/facts", "/obligations", "/obligations/cn-pipl.art-38" })
        {
            await service.AskAsync($"/companies/acme{path}?minPosition={archived}", 410, ("Prefer", "wait=30"));
            await service.AskAsync($"/companies/acme{path}?position={archived}", 410);
        }

        await service.AskAsync($"/companies/acme?position={before}");
        (await service.AskAsync($"/companies/acme/obligations?position={before}"))["items"]!.AsArray().ShouldNotBeEmpty();
        await service.DoAsync(HttpMethod.Put, "/companies/acme", new { name = "Again", facts = new { } }, 410);
        await service.DoAsync(HttpMethod.Post, "/companies/acme/facts", new[] { new { fact = "processes.personal_data", value = true } }, 410);
        (await service.AskAsync("/companies?limit=1000"))["items"]!.AsArray().ShouldNotContain(c => c!["id"]!.ToString() == "acme");
    }

    [Fact]
    public async Task Of_thirty_two_at_once_are_all_kept()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        await service.RegisterAsync("acme", new { });
        var results = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => service.DoAsync(
            HttpMethod.Post,
            "/companies/acme/facts",
            new[] { new { fact = "processes.personal_data", value = true, from = $"{2000 + i}-01-01", to = $"{2000 + i}-02-01" } },
            200)));

        results.Select(r => r["version"]!.GetValue<long>()).Order().ShouldBe(Enumerable.Range(2, 32).Select(v => (long)v));
        (await service.AskAsync("/companies/acme/facts"))["items"]!.AsArray().Count.ShouldBe(32);
    }

    [Fact]
    public async Task Are_never_denied_once_acknowledged_also_while_an_older_writer_holds_up_the_log()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        Task<JsonNode>[] reads;
        Task<JsonNode>[] law;
        await using (await service.HoldLogAsync())
        {
            await service.DoAsync(HttpMethod.Put, "/facts/test.held", new { type = "bool", description = new { en = "Held" } }, 201);
            var position = await service.RegisterAsync("acme", new Dictionary<string, object> { ["test.held"] = true });
            await service.LegislateAsync("cn-test", Development("made", "2020-01-01", [Define("cn-test.a", "test.held"), Enact("cn-test.a", "2020-06-01")]));
            (await service.DevelopAsync("cn-test", Development("more", "2020-01-01", [Enact("cn-test.unknown", "2020-06-01")])))["unresolved"]!.AsArray().Count.ShouldBe(1);
            (await service.AskAsync("/companies/acme"))["facts"]!["test.held"]!.GetValue<bool>().ShouldBeTrue();
            await service.AskAsync($"/companies/acme/obligations?minPosition={position}", 503);
            reads =
            [
                service.AskAsync("/companies/acme/obligations"),
                service.AskAsync($"/companies/acme/obligations?position={position}"),
                service.DoAsync(HttpMethod.Post, "/applicability", new { companyId = "acme" }, 200),
            ];
            law = [service.AskAsync("/instruments/cn-test"), service.AskAsync("/instruments/cn-test/developments")];
        }

        foreach (var read in reads)
        {
            (await read)["companyId"]!.ToString().ShouldBe("acme");
        }

        (await law[0])["id"]!.ToString().ShouldBe("cn-test");
        (await law[1])["items"]!.AsArray().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Are_read_back_at_once_and_past_the_wait_a_problem_says_that_they_are_not_there()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        for (var i = 0; i < 20; i++)
        {
            var position = await service.RegisterAsync($"new-{i}", new Dictionary<string, object> { ["processes.personal_data"] = true });
            (await service.AskAsync($"/companies/new-{i}/obligations"))["items"]!.AsArray().ShouldNotBeEmpty();
            (await service.AskAsync($"/companies/new-{i}"))["position"]!.GetValue<long>().ShouldBeGreaterThanOrEqualTo(position);
            var waited = await service.AskAsync($"/companies/new-{i}/obligations?minPosition={position}", 200, ("Prefer", "wait=30"));
            waited["position"]!.GetValue<long>().ShouldBeGreaterThanOrEqualTo(position);
        }

        foreach (var path in new[] { "/companies/new-1/obligations", "/companies/new-1", "/companies/new-1/facts", "/companies", "/instruments", "/instruments/cn-pipl", "/facts", "/facts/is_ciio", "/conventions", "/events" })
        {
            await service.AskAsync($"{path}?minPosition=999999999", 503);
            await service.AskAsync($"{path}?minPosition=999999999", 503, ("Prefer", "wait=1"));
            await service.AskAsync($"{path}?minPosition=x", 400);
        }

        await service.DoAsync(HttpMethod.Post, "/applicability/evaluate?minPosition=999999999", new { expression = "is_ciio" }, 503);
    }

    [Fact]
    public async Task Move_nobody_from_a_page_of_the_list_to_another()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        await service.RegisterAsync("c-one", new { });
        var last = await service.RegisterAsync("d-two", new { });
        var staying = (await service.AskAsync($"/companies?limit=1000&minPosition={last}", 200, ("Prefer", "wait=30")))["items"]!.AsArray()
            .Select(c => c!["id"]!.ToString()).Where(c => c != "d-two").ToList();
        var listed = new List<string>();
        var cursor = "";
        for (var page = 0; page == 0 || cursor.Length > 0; page++)
        {
            var part = await service.AskAsync($"/companies?limit=5{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}", 200, ("Prefer", "wait=30"));
            listed.AddRange(part["items"]!.AsArray().Select(c => c!["id"]!.ToString()));
            cursor = part["next"]?.ToString() ?? "";
            if (page == 0)
            {
                await service.RegisterAsync("a-first", new { });
                await service.RegisterAsync("zz-last", new { });
                await service.DoAsync(HttpMethod.Delete, "/companies/d-two", null, 200);
            }
        }

        listed.Distinct().Count().ShouldBe(listed.Count);
        staying.Except(listed).ShouldBeEmpty();
        await service.AskAsync("/companies?cursor=bm9uc2Vuc2U", 400);
    }
}
