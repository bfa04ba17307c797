using ComplianceTracker.Api.Tests.Support;
using static ComplianceTracker.Api.Tests.Support.Api;

namespace ComplianceTracker.Api.Tests.Clocks;

public sealed class The_three_clocks(Databases databases)
{
    private const string EveryStatus = "status=applicable,upcoming,suspended,undetermined,not-applicable,ended,lapsed,proposed";

    [Fact]
    public async Task Default_to_today_in_the_time_zone_of_the_query_else_the_profile_else_utc_and_are_echoed()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        await service.RegisterAsync("east", new { }, "Pacific/Kiritimati");
        var position = await service.RegisterAsync("utc", new { });

        foreach (var (company, query, zone) in new[]
        {
            ("east", "", "Pacific/Kiritimati"), ("east", "timeZone=Pacific/Pago_Pago&", "Pacific/Pago_Pago"), ("utc", "", "UTC"),
        })
        {
            // Kiritimati and Pago Pago are 25 hours apart: their days always differ.
            foreach (var path in new[] { $"minPosition={position}", $"position={position}" })
            {
                var before = Today(zone);
                var answer = await service.AskAsync($"/companies/{company}/obligations?{query}{path}", 200, ("Prefer", "wait=30"));
                answer["timeZone"]!.ToString().ShouldBe(zone);
                answer["asOf"]!.ToString().ShouldBeOneOf(before, Today(zone));
                answer["knownOn"]!.ToString().ShouldBe(answer["asOf"]!.ToString());
                answer["position"]!.GetValue<long>().ShouldBe(position);
            }
        }

        var then = await service.AskAsync("/companies/sc01-foreign-carmaker/obligations?recordedAt=2199-06-30T10:30:00Z&timeZone=Pacific/Kiritimati");
        then["asOf"]!.ToString().ShouldBe("2199-07-01");
        then["recordedAt"]!.GetValue<DateTimeOffset>().ShouldBe(DateTimeOffset.Parse("2199-06-30T10:30:00Z"));
        (await service.AskAsync("/companies/sc01-foreign-carmaker/obligations?recordedAt=2199-06-30T10:30:00Z&timeZone=Pacific/Pago_Pago"))["asOf"]!
            .ToString().ShouldBe("2199-06-29");

        static string Today(string zone) => $"{TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById(zone)):yyyy-MM-dd}";
    }

    [Fact]
    public async Task Are_refused_where_they_cannot_be()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        var before = await service.Store().HeadAsync(TestContext.Current.CancellationToken);
        await service.RegisterAsync("late", new { });
        foreach (var path in new[] { "/companies/late/obligations", "/companies/late", "/instruments/cn-pipl", "/companies/late/facts" })
        {
            foreach (var query in new[]
            {
                "recordedAt=2026-01-01T00:00:00Z&position=1", "recordedAt=2026-01-01T00:00:00", "recordedAt=2026-01-01", "recordedAt=T12:00Z",
                "recordedAt=1/2/2026T08:00Z", "recordedAt=2026-01-01T00:00:00+08:00", "position=-1", "position=999999999", "position=x",
                "asOf=2026-02-30", "asOf=1899-12-31", "timeZone=Mars/Olympus", "asOf=2026-01-01&asOf=2026-01-02",
            })
            {
                var problem = await service.AskAsync($"{path}?{query}", 400);
                problem["status"]!.GetValue<int>().ShouldBe(400);
            }
        }

        foreach (var path in new[] { "/companies/late/obligations", "/companies/late", "/companies/late/facts", "/companies/late/obligations/cn-pipl.art-38" })
        {
            (await service.AskAsync($"{path}?position={before}", 404))["detail"]!.ToString().ShouldContain("not yet registered");
            (await service.AskAsync($"{path}?recordedAt=2020-01-01T00:00:00Z", 404))["detail"]!.ToString().ShouldContain("not yet registered");
        }

        (await service.AskAsync("/companies/never/obligations", 404))["detail"]!.ToString().ShouldNotContain("yet");
    }

    [Fact]
    public async Task Show_a_correction_everywhere_but_at_an_earlier_position()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        await service.RegisterAsync("corrected", new { });
        var before = await service.LegislateAsync("cn-test", Development("made", "2020-01-01", [Define("cn-test.a"), Enact("cn-test.a", "2020-06-01")]));
        var after = (await service.DevelopAsync("cn-test", Development(
            "right", "2025-01-01", [Define("cn-test.a"), Enact("cn-test.a", "2021-06-01")], "corrected", corrects: "made")))["position"]!.GetValue<long>();

        foreach (var clocks in new[] { "asOf=2020-07-01", "asOf=2020-07-01&knownOn=2020-01-01", "asOf=2020-07-01&knownOn=2026-01-01" })
        {
            (await service.ItemAsync("corrected", "cn-test", "cn-test.a", clocks, after))!["status"]!.ToString().ShouldBe("upcoming", clocks);
            (await service.ItemAsync("corrected", "cn-test", "cn-test.a", $"{clocks}&position={after}"))!["from"]!.ToString().ShouldBe("2021-06-01");
            (await service.ItemAsync("corrected", "cn-test", "cn-test.a", $"{clocks}&position={before}"))!["status"]!.ToString().ShouldBe("applicable", clocks);
        }

        var history = await service.AskAsync("/instruments/cn-test/developments?knownOn=2020-01-01");
        history["items"]!.AsArray().Select(i => $"{i!["id"]} {i["correctedBy"]} {i["corrects"]}").ShouldBe(["made right ", "right  made"]);
        history["knownOn"]!.ToString().ShouldBe("2020-01-01");
        (await service.AskAsync("/instruments/cn-test/developments?knownOn=2019-12-31"))["items"]!.AsArray().ShouldBeEmpty();
        (await service.AskAsync($"/instruments/cn-test/developments?position={before}"))["items"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Of_what_was_corrected_more_than_once_name_for_each_record_the_one_that_counts()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        await service.LegislateAsync("cn-test", Development("a", "2020-01-01", []));
        await service.DevelopAsync("cn-test", Development("b", "2025-01-01", [], "corrected", corrects: "a"));
        await service.DevelopAsync("cn-test", Development("c", "2025-02-01", [], "corrected", corrects: "b"));
        var before = (await service.AskAsync("/instruments/cn-test/developments"))["position"]!;
        await service.DevelopAsync("cn-test", Development("d", "2025-03-01", [], "corrected", corrects: "a"));

        (await CorrectedByAsync($"?position={before}")).ShouldBe(["a c", "b c", "c "]);
        (await CorrectedByAsync("")).ShouldBe(["a d", "b d", "c d", "d "]);

        async Task<IEnumerable<string>> CorrectedByAsync(string query) =>
            (await service.AskAsync($"/instruments/cn-test/developments{query}"))["items"]!.AsArray().Select(i => $"{i!["id"]} {i["correctedBy"]}").ToList();
    }

    [Fact]
    public async Task Show_everything_so_far_by_an_instant_that_has_not_come_and_say_how_far_that_was()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        var head = await service.Store().HeadAsync(TestContext.Current.CancellationToken);

        var answer = await service.AskAsync("/companies/sc01-foreign-carmaker/obligations?recordedAt=2199-06-30T10:30:00Z&limit=1");

        answer["position"]!.GetValue<long>().ShouldBe(head);
        answer["recordedAt"]!.GetValue<DateTimeOffset>().ShouldBe(DateTimeOffset.Parse("2199-06-30T10:30:00Z"));
    }

    [Fact]
    public async Task Let_news_of_a_later_day_count_from_that_day_on_and_never_before()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        await service.RegisterAsync("awaiting", new Dictionary<string, object> { ["processes.personal_data"] = false });
        await service.LegislateAsync("cn-test", Development("made", "2020-01-01", [Define("cn-test.a", "processes.personal_data"), Enact("cn-test.a", "2020-06-01")]));
        await service.DevelopAsync("cn-test", Development(
            "widened",
            "2021-01-01",
            [new { kind = "revise", obligationId = "cn-test.a", from = "2021-01-01", condition = "true" }, Define("cn-test.b"), Enact("cn-test.b", "2021-01-01")],
            "amended",
            publicOn: "2100-01-01"));
        var position = (await service.DevelopAsync("cn-test", Development(
            "ended", "2021-01-01", [new { kind = "end", obligationId = "cn-test.a", to = "2150-01-01" }], "repealed", publicOn: "2100-01-02")))["position"]!.GetValue<long>();

        foreach (var pin in new[] { "", $"&position={position}" })
        {
            async Task<string> StatusAsync(string obligation, string clocks) =>
                (await service.ItemAsync("awaiting", "cn-test", obligation, clocks + pin, position))?["status"]!.ToString() ?? "not listed";
            (await StatusAsync("cn-test.a", "asOf=2026-01-01")).ShouldBe("not-applicable");
            (await StatusAsync("cn-test.b", "asOf=2026-01-01")).ShouldBe("not listed");
            (await StatusAsync("cn-test.a", "asOf=2026-01-01&knownOn=2099-12-31")).ShouldBe("not-applicable");
            (await StatusAsync("cn-test.a", "asOf=2026-01-01&knownOn=2100-01-01")).ShouldBe("applicable");
            (await StatusAsync("cn-test.b", "asOf=2026-01-01&knownOn=2100-01-01")).ShouldBe("applicable");
            (await StatusAsync("cn-test.a", "asOf=2020-12-31&knownOn=2100-01-01")).ShouldBe("not-applicable");
            (await StatusAsync("cn-test.a", "asOf=2150-01-01&knownOn=2100-01-01")).ShouldBe("applicable");
            (await StatusAsync("cn-test.a", "asOf=2150-01-01&knownOn=2100-01-02")).ShouldBe("ended");
        }
    }

    [Fact]
    public async Task Take_facts_by_the_legal_day_and_the_position_and_never_by_what_was_public()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        await service.LegislateAsync("cn-test", Development("made", "2020-01-01", [Define("cn-test.a", "processes.personal_data"), Enact("cn-test.a", "2020-06-01")]));
        var before = await service.RegisterAsync("moving", new { });
        var after = (await service.DoAsync(
            HttpMethod.Post,
            "/companies/moving/facts",
            new[] { new { fact = "processes.personal_data", value = (bool?)true, from = (string?)"2023-01-01", to = (string?)"2024-01-01" } },
            200))["position"]!.GetValue<long>();

        foreach (var known in new[] { "2020-01-01", "2023-06-01", "2026-01-01" })
        {
            async Task<string> StatusAsync(string clocks, long? position = null) =>
                (await service.ItemAsync("moving", "cn-test", "cn-test.a", $"{clocks}&knownOn={known}{(position is null ? "" : $"&position={position}")}", after))!["status"]!.ToString();
            (await StatusAsync("asOf=2022-12-31")).ShouldBe("undetermined");
            (await StatusAsync("asOf=2023-01-01")).ShouldBe("applicable");
            (await StatusAsync("asOf=2024-01-01")).ShouldBe("undetermined");
            (await StatusAsync("asOf=2023-01-01", before)).ShouldBe("undetermined");
            (await StatusAsync("asOf=2023-01-01", after)).ShouldBe("applicable");
        }
    }

    [Fact]
    public async Task Keep_a_value_added_later_unknown_to_a_set_declared_before()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        object Fact(params string[] values) => new { type = "string-set", description = new { en = "Colours" }, values = values.Select(value => new { value }) };
        await service.DoAsync(HttpMethod.Put, "/facts/test.colours", Fact("red", "blue"), 201);
        var facts = new Dictionary<string, object> { ["test.colours"] = new[] { "red" } };
        await service.RegisterAsync("painter", facts);
        await service.LegislateAsync("cn-test", Development(
            "made", "2020-01-01", [Define("cn-test.a", "\"blue\" in test.colours"), Enact("cn-test.a", "2020-06-01")]));
        await service.DoAsync(HttpMethod.Put, "/facts/test.colours", Fact("green"), 200);
        var added = (await service.DevelopAsync("cn-test", Development(
            "more", "2020-01-01", [Define("cn-test.b", "\"green\" in test.colours"), Enact("cn-test.b", "2020-06-01")])))["position"]!.GetValue<long>();

        var unknown = await service.ItemAsync("painter", "cn-test", "cn-test.b", "asOf=2022-01-01", added);
        unknown!["status"]!.ToString().ShouldBe("undetermined");
        unknown["missingFacts"]!.AsArray().Select(f => f!.ToString()).ShouldBe(["test.colours"]);
        (await service.ItemAsync("painter", "cn-test", "cn-test.a", "asOf=2022-01-01", added))!["status"]!.ToString().ShouldBe("not-applicable");

        var declared = (await service.DoAsync(HttpMethod.Put, "/companies/painter", new { name = "painter", facts }, 200, ("If-Match", "*")))["position"]!.GetValue<long>();
        declared.ShouldBeGreaterThan(added);
        (await service.ItemAsync("painter", "cn-test", "cn-test.b", "asOf=2022-01-01", declared))!["status"]!.ToString().ShouldBe("not-applicable");
        (await service.ItemAsync("painter", "cn-test", "cn-test.b", $"asOf=2022-01-01&position={added}"))!["status"]!.ToString().ShouldBe("undetermined");
    }

    [Fact]
    public async Task Stay_the_same_over_the_pages_of_an_answer_whatever_happens_meanwhile()
    {
        await using var service = await TestService.StartAsync(await databases.CopySeededAsync());
        var path = $"/companies/sc20-super-app/obligations?{EveryStatus}&recordedAt=2199-06-30T10:30:00Z";
        var whole = await service.AskAsync($"{path}&limit=1000");
        var ids = new List<string>();
        var cursor = "";
        for (var page = 0; page == 0 || cursor.Length > 0; page++)
        {
            var part = await service.AskAsync($"{path}&limit=60{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}");
            foreach (var member in new[] { "asOf", "knownOn", "position", "timeZone", "recordedAt" })
            {
                part[member]!.ToString().ShouldBe(whole[member]!.ToString(), member);
            }

            ids.AddRange(part["items"]!.AsArray().Select(i => i!["obligationId"]!.ToString()));
            cursor = part["next"]?.ToString() ?? "";
            if (page == 1)
            {
                await service.LegislateAsync("cn-zz-test", Development("made", "2020-01-01", [Define("zz.a"), Define("aa.a"), Enact("zz.a", "2020-06-01"), Enact("aa.a", "2020-06-01")]));
                await service.DoAsync(HttpMethod.Delete, "/companies/sc20-super-app", null, 200);
            }
        }

        ids.ShouldBe(whole["items"]!.AsArray().Select(i => i!["obligationId"]!.ToString()));
        foreach (var limit in new[] { "0", "1001", "x", "-1" })
        {
            await service.AskAsync($"/companies/sc01-foreign-carmaker/obligations?limit={limit}", 400);
        }
    }
}
